-- Ends transactions in one phase: each completes the messages that it consumed and publishes those that it sent. A
-- transaction is all or nothing: if one of its messages is not held, it changes nothing. A transaction may only send.
-- An error concerns the whole call: none of the transactions has changed anything.
--
-- With q = number of queues, t = number of transactions, those that send first:
-- KEYS[1]                      lane, see lane.lua
-- KEYS, for each queue:        processing ZSET, failures HASH, abandoned HASH, expiry ZSET, ready LIST
--       for each transaction:  the messages consumed, the messages sent  STRING
-- ARGV[1 .. 3]                 see lane.lua
-- ARGV[4], ARGV[5]             q, t
--       for each transaction:  number of messages consumed, number of messages sent
--                              for each consumed:  number of its queue, '<id> <token>'
--                              for each sent:      number of its queue, id, time to live in ms (0 = none), value
--
-- Report, for each transaction that is not simply done:
--   { its number, { those '<id> <token>' that are not held }, { numbers of those sent whose id was in use } }
--@include lane
local q, t = integer(ARGV[4], 0, 100000), integer(ARGV[5], 1, 100000)
local TIME_TO_LIVE = 315360000000

local queues = {}
for i = 1, q do
  local first = 5 * i - 3
  queues[i] = {
    processing = given(KEYS[first]),
    failures = given(KEYS[first + 1]),
    abandoned = given(KEYS[first + 2]),
    expiry = given(KEYS[first + 3]),
    ready = given(KEYS[first + 4]),
    asked = {}, -- members of processing
    scores = {},
    removed = {},
    unlinked = {},
    pushed = {},
    expiring = {},
    kept = {}, -- ids that are ready and get a message that does not expire
  }
end

-- Everything is read first, so that nothing is written if an argument or a key is wrong.
local key, arg = 1 + 5 * q, 5
local transactions, sent_keys, sends = {}, {}, false
for i = 1, t do
  local transaction = { consumed = {}, sent = {} }
  local a, s = integer(ARGV[arg + 1], 0, 1000000), integer(ARGV[arg + 2], 0, 1000000)
  arg = arg + 2
  for j = 1, a do
    local queue, member = given(queues[tonumber(ARGV[arg + 1])]), given(ARGV[arg + 2])
    transaction.consumed[j] = { queue = queue, member = member, message = given(KEYS[key + 1]) }
    queue.asked[#queue.asked + 1] = member
    key, arg = key + 1, arg + 2
  end
  for j = 1, s do
    local queue, id, value = given(queues[tonumber(ARGV[arg + 1])]), given(ARGV[arg + 2]), given(ARGV[arg + 4])
    if #id == 0 or #id > 200 or string.find(id, '[^\33-\126]') then
      error('an id is not 1 to 200 printable ASCII characters without a space', 0)
    end
    local message = { queue = queue, id = id, value = value, message = given(KEYS[key + 1]) }
    message.ttl = integer(ARGV[arg + 3], 0, TIME_TO_LIVE)
    transaction.sent[j] = message
    sent_keys[#sent_keys + 1] = message.message
    queue.sent = true
    queue.expires = queue.expires or message.ttl > 0
    sends = true
    key, arg = key + 1, arg + 4
  end
  transactions[i] = transaction
end

for _, queue in ipairs(queues) do
  if #queue.asked > 0 then
    chunks(queue.asked, function(from, to)
      local found = redis.call('ZMSCORE', queue.processing, unpack(queue.asked, from, to))
      for i = from, to do
        queue.scores[queue.asked[i]] = found[i - from + 1] ~= 'inf' and found[i - from + 1] -- inf: of a prepared branch
      end
    end)
    queue.counted = redis.call('EXISTS', queue.failures, queue.abandoned, queue.expiry) > 0
    if queue.counted then
      redis.call('HLEN', queue.failures)
      redis.call('HLEN', queue.abandoned)
    end
  end
  if queue.sent then
    redis.call('LLEN', queue.ready)
  end
  if queue.counted or queue.expires then
    redis.call('ZCARD', queue.expiry)
  end
end

local in_use = 0
chunks(sent_keys, function(from, to)
  in_use = in_use + redis.call('EXISTS', unpack(sent_keys, from, to))
end)

-- Whether an id cannot be sent. A message that has expired and is still ready gives its place to the new one.
local taken = {}
local function is_taken(sent)
  if taken[sent.message] then
    return true
  elseif in_use == 0 or redis.call('EXISTS', sent.message) == 0 then
    return false
  end
  local deadline = tonumber(redis.call('ZSCORE', sent.queue.expiry, sent.id) or -1)
  sent.replaces = deadline >= 0 and deadline <= now
  return not sent.replaces
end

local report, values = {}, {}
for i, transaction in ipairs(transactions) do
  local lost, duplicates = {}, {}
  for _, consumed in ipairs(transaction.consumed) do
    if not consumed.queue.scores[consumed.member] then
      lost[#lost + 1] = consumed.member
    end
  end
  if #lost == 0 then
    for j, sent in ipairs(transaction.sent) do
      if is_taken(sent) then
        duplicates[#duplicates + 1] = j
      else
        taken[sent.message] = true
        local queue = sent.queue
        values[#values + 1] = sent
        if not sent.replaces then
          queue.pushed[#queue.pushed + 1] = sent.id
        end
        if sent.ttl > 0 then
          queue.expiring[#queue.expiring + 1] = sent
        elseif sent.replaces then
          queue.kept[#queue.kept + 1] = sent.id
        end
      end
    end
    for _, consumed in ipairs(transaction.consumed) do
      local queue, score = consumed.queue, consumed.queue.scores[consumed.member]
      if score then -- false: named twice
        queue.scores[consumed.member] = false
        queue.removed[#queue.removed + 1] = { member = consumed.member, score = score }
        queue.unlinked[#queue.unlinked + 1] = consumed.message
      end
    end
  end
  if #lost > 0 or #duplicates > 0 then
    report[#report + 1] = { i, lost, duplicates }
  end
end

local function store(from, to)
  local pairs_to_store, undo, replaced = { 'MSET' }, { 'UNLINK' }, { 'MSET' }
  for i = from, to do
    local sent = values[i]
    pairs_to_store[#pairs_to_store + 1] = sent.message
    pairs_to_store[#pairs_to_store + 1] = sent.value
    if sent.replaces then
      replaced[#replaced + 1] = sent.message
      replaced[#replaced + 1] = 'RQ/expired'
    else
      undo[#undo + 1] = sent.message
    end
  end
  write(#undo > 1 and undo or nil, unpack(pairs_to_store))
  if #replaced > 1 then
    journal[#journal + 1] = replaced
  end
end

local function publish(queue)
  chunks(queue.pushed, function(from, to)
    write({ 'LTRIM', queue.ready, to - from + 1, -1 }, 'LPUSH', queue.ready, unpack(queue.pushed, from, to))
  end)
  chunks(queue.expiring, function(from, to)
    local deadlines, ids = { 'ZADD', queue.expiry }, { 'ZREM', queue.expiry }
    for i = from, to do
      deadlines[#deadlines + 1] = now + queue.expiring[i].ttl
      deadlines[#deadlines + 1] = queue.expiring[i].id
      ids[#ids + 1] = queue.expiring[i].id
    end
    write(ids, unpack(deadlines))
  end)
  chunks(queue.kept, function(from, to)
    write(nil, 'ZREM', queue.expiry, unpack(queue.kept, from, to))
  end)
end

local function complete(queue)
  chunks(queue.removed, function(from, to)
    local members, undo = { 'ZREM', queue.processing }, { 'ZADD', queue.processing }
    for i = from, to do
      members[#members + 1] = queue.removed[i].member
      undo[#undo + 1] = queue.removed[i].score
      undo[#undo + 1] = queue.removed[i].member
    end
    write(undo, unpack(members))
  end)
  if queue.counted and #queue.removed > 0 then -- whether Redis would refuse what `clean` does
    write(nil, 'HDEL', queue.failures, '')
    write(nil, 'HDEL', queue.abandoned, '')
    write(nil, 'ZREM', queue.expiry, '')
  end
end

local function clean(queue)
  chunks(queue.unlinked, function(from, to)
    write(nil, 'UNLINK', unpack(queue.unlinked, from, to))
  end)
  if queue.counted then
    chunks(queue.removed, function(from, to)
      local ids = {}
      for i = from, to do
        ids[#ids + 1] = string.match(queue.removed[i].member, '^(.*) %S+$') or queue.removed[i].member
      end
      write(nil, 'HDEL', queue.failures, unpack(ids))
      write(nil, 'HDEL', queue.abandoned, unpack(ids))
      write(nil, 'ZREM', queue.expiry, unpack(ids))
    end)
  end
end

return execute(report, sends, function()
  chunks(values, store)
  for _, queue in ipairs(queues) do
    publish(queue)
  end
  for _, queue in ipairs(queues) do
    complete(queue)
  end
  for _, queue in ipairs(queues) do
    clean(queue)
  end
end)
