-- Commits transactions in one phase: acknowledges the messages that each transaction consumed and publishes those that
-- it sent. Each transaction is all or nothing: if one of its messages is not held, it changes nothing. A transaction
-- may consist of sends alone. An error applies to the whole call: no transaction has changed anything.
--
-- With q = number of queues, t = number of transactions, n = number of messages consumed, m = number of messages sent;
-- the messages of all transactions are grouped by queue:
-- KEYS[1]                       lane, see lane.lua
-- KEYS, for each queue:         processing ZSET, failures HASH, abandoned HASH, expiry ZSET, ready LIST
-- KEYS                          n messages consumed, m messages sent  STRING
-- Also read and written, next to the others of a queue: scheduled ZSET, the keys of groups.lua, and
--   forwarded:<envelope>  STRING  '1': the queue got the message that this envelope of an outbox held; expires after a
--                                 week, or sooner if the sender shortens its life. A message whose envelope has such a
--                                 key is not sent again, and is not reported
-- ARGV[1], ARGV[2]              see lane.lua
-- ARGV[3 .. 6]                  q, t, n, m
-- ARGV, for each queue:         number of messages consumed, number of messages sent
-- ARGV                          n times '<id> <token>'; m ids; m times to live in ms (0 = none), each followed by a
--                               space and the options of the message if it has any, see options.lua; m values
--       for each transaction:   number of messages consumed, number of messages sent,
--                               which of the n messages it consumed, which of the m messages it sent (from 1);
--                               omitted for all transactions if each consumed one message, in this order, and sent none
--
-- Report, for each transaction that was not executed, or only in part:
--   { its number, { each '<id> <token>' that is not held }, { the numbers of its sent messages whose ids are in use } }
-- followed, if another message has the deduplication key of a sent message, by
--   { { number of a message that was dropped, id of the message that has its key }, ... },
--   { the same for messages because of which the transaction was not executed; '' = a prepared branch reserves the key }
--@include lane
local q, t, n, m = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if not (q and t and n and m) or #KEYS ~= 1 + 5 * q + n + m or #ARGV < 6 + 2 * q + n + 3 * m then
  error('the number of keys or arguments is wrong', 0)
end
local consumed_keys, sent_keys = 1 + 5 * q, 1 + 5 * q + n
local members = 6 + 2 * q
local ids, ttls, values = members + n, members + n + m, members + n + 2 * m
local listed = #ARGV > values + m -- whether the messages of each transaction are listed
if not listed and (t ~= n or m > 0) then
  error('the messages of the transactions are not listed', 0)
end

-- The usual case: every message is held, none has failed, every sent message is new, the queues have no deadlines, and
-- consumed messages that belong to groups are the heads of them. This case needs few commands and none of the bookkeeping
-- of the general case below.
local usual, scores = n + m > 0 and n + m <= 1000, {}
local steps = {} -- for messages that belong to groups: commands, and those that undo them
if usual then
  local seen, member, id = {}, members, ids
  for i = 1, q do
    local a, s = tonumber(ARGV[5 + 2 * i]), tonumber(ARGV[6 + 2 * i])
    if not a or not s or a < 0 or s < 0 or member + a > ids or id + s > ttls then
      error('the number of messages of a queue is wrong', 0)
    end
    if a > 0 then
      local key, first = 5 * i - 3, consumed_keys + member - members
      local found = redis.call('ZMSCORE', KEYS[key], unpack(ARGV, member + 1, member + a))
      for j = 1, a do
        local score, message = found[j], KEYS[first + j]
        if not score or score == 'inf' or seen[message] then -- inf: belongs to a prepared branch
          usual = false
        end
        local length = (string.find(ARGV[member + j], ' ', 1, true) or 1) - 1
        if string.sub(message, -length) ~= string.sub(ARGV[member + j], 1, length) then
          usual = false
        end
        seen[message] = true
      end
      scores[i] = found
      local base = string.sub(KEYS[key + 4], 1, -6)
      local attributes = base .. 'attributes'
      local marks = usual and redis.call('EXISTS', KEYS[key + 1], KEYS[key + 2], KEYS[key + 3], attributes) or 0
      if marks > 0 then
        usual = marks == 1 and s == 0 and KEYS[key + 4] == base .. 'ready' and redis.call('EXISTS', attributes) == 1
      end
      if marks > 0 and usual then
--@include succession
        local heads = {}
        for j = 1, a do
          heads[j] = string.sub(ARGV[member + j], 1, (string.find(ARGV[member + j], ' ', 1, true) or 1) - 1)
        end
        for _, step in ipairs(succession(base, heads) or { false }) do
          usual = usual and step ~= false
          steps[#steps + 1] = step or nil
        end
      end
    end
    if s > 0 and usual then
      local first = sent_keys + id - ids
      usual = redis.call('EXISTS', KEYS[5 * i - 1], unpack(KEYS, first + 1, first + s)) == 0
    end
    member, id = member + a, id + s
  end
  for i = 1, m do
    local sent, message = ARGV[ids + i], KEYS[sent_keys + i]
    if ARGV[ttls + i] ~= '0' or seen[message] or #sent > 200 or not string.find(sent, '^[\33-\126]+$') then
      usual = false
    end
    usual = usual and string.sub(message, -#sent) == sent
    seen[message] = true
  end
  usual = usual and member == ids and id == ttls
end

if usual then
  local sends, packed = m > 0, ''
--@include receipt
  local reply
  local failure, pushed, stored, regrouped, removed = false, 0, false, 0, 0
  local id, member = ids, members
  for i = 1, m > 0 and q or 0 do
    local s = tonumber(ARGV[6 + 2 * i])
    reply = s == 0 or redis.pcall('LPUSH', KEYS[5 * i + 1], unpack(ARGV, id + 1, id + s))
    if type(reply) == 'table' then
      failure = reply
      break
    end
    id, pushed = id + s, i
  end
  if not failure and m > 0 then
    if m == 1 then
      reply = redis.pcall('SET', KEYS[sent_keys + 1], ARGV[values + 1])
    else
      local pairs_of = {}
      for i = 1, m do
        pairs_of[2 * i - 1] = KEYS[sent_keys + i]
        pairs_of[2 * i] = ARGV[values + i]
      end
      reply = redis.pcall('MSET', unpack(pairs_of))
    end
    failure = reply.err and reply
    stored = not failure
  end
  for i = 1, failure and 0 or #steps do
    reply = redis.pcall(unpack(steps[i][1]))
    if type(reply) == 'table' then
      failure = reply
      break
    end
    regrouped = i
  end
  for i = 1, (failure or n == 0) and 0 or q do
    local a = tonumber(ARGV[5 + 2 * i])
    reply = a == 0 or redis.pcall('ZREM', KEYS[5 * i - 3], unpack(ARGV, member + 1, member + a))
    if type(reply) == 'table' then
      failure = reply
      break
    end
    member, removed = member + a, i
  end
  if not failure and n > 0 then
    reply = redis.pcall('UNLINK', unpack(KEYS, consumed_keys + 1, consumed_keys + n))
    failure = type(reply) == 'table' and reply
  end
  if not failure then
    return executed
  end
  -- Redis has refused a write; the writes before it are undone.
  for i = removed, 1, -1 do
    for j = tonumber(ARGV[5 + 2 * i]), 1, -1 do
      redis.pcall('ZADD', KEYS[5 * i - 3], scores[i][j], ARGV[member])
      member = member - 1
    end
  end
  for i = regrouped, 1, -1 do
    redis.pcall(unpack(steps[i][2]))
  end
  for i = 1, stored and m or 0 do
    redis.pcall('PEXPIRE', KEYS[sent_keys + i], -1) -- not UNLINK, which may be the command that was refused
  end
  for i = pushed, 1, -1 do
    redis.pcall('LTRIM', KEYS[5 * i + 1], ARGV[6 + 2 * i], -1)
  end
--@include fence
  return failure
end

-- The general case
--@include write
--@include reading
--@include readoptions
--@include groups
--@include withdraw
--@include schedule
--@include deduplication
integer(q, 0, 100000)
integer(t, 1, 100000)
integer(n, 0, 1000000)
integer(m, 0, 1000000)

local queues, consumed, sent = {}, {}, {}
for i = 1, q do
  local key = 5 * i - 3
  local queue = {
    processing = KEYS[key],
    failures = KEYS[key + 1],
    abandoned = KEYS[key + 2],
    expiry = KEYS[key + 3],
    ready = KEYS[key + 4],
    removed = {},
    pushed = {}, -- ids; messages of groups, until it is known which of them are ready
    expiring = {},
    former = {}, -- sent messages that do not expire, but whose ids have deadlines of earlier messages
    base = string.sub(named(KEYS[key + 4], ':ready'), 1, -6),
    scheduled = {}, -- sent messages that are not due yet, see schedule.lua
    keyed = {}, -- sent messages with a deduplication key
    marks = {}, -- sent messages from the envelopes of an outbox
    joins = false, -- whether there are messages of groups in pushed
    planned = {}, -- sent messages that belong to groups and are not due yet
    evicted = {}, -- ids of expired messages that new messages replace
  }
  queue.grouped = redis.call('EXISTS', queue.base .. 'attributes') == 1 and check_groups(queue.base)
  local first = #consumed
  for _ = 1, integer(ARGV[5 + 2 * i], 0, n - #consumed) do
    local number = #consumed + 1
    local member = ARGV[members + number]
    local id = string.match(member, '^(.*) %S+$') or member
    local message = named(KEYS[consumed_keys + number], ':message:' .. id)
    consumed[number] = { queue = queue, member = member, id = id, message = message }
  end
  for from = first + 1, #consumed, 1000 do
    local to = math.min(from + 999, #consumed)
    local found = redis.call('ZMSCORE', queue.processing, unpack(ARGV, members + from, members + to))
    for j = from, to do
      consumed[j].score = found[j - from + 1] ~= 'inf' and found[j - from + 1] -- inf: belongs to a prepared branch
    end
  end
  for _ = 1, integer(ARGV[6 + 2 * i], 0, m - #sent) do
    local number = #sent + 1
    local id = ARGV[ids + number]
    if #id == 0 or #id > 200 or string.find(id, '[^\33-\126]') then
      error('an id must be 1 to 200 printable ASCII characters without spaces', 0)
    end
    local ttl, options = read_options(ARGV[ttls + number])
    local due = due_time(options, now)
    if due then
      redis.call('ZCARD', queue.base .. 'scheduled')
    end
    local message = named(KEYS[sent_keys + number], ':message:' .. id)
    sent[number] = { queue = queue, id = id, ttl = ttl, due = due, value = ARGV[values + number], message = message }
    if options and options.key then
      sent[number].dedup, sent[number].options = dedup_entry(queue.base, options.key), options
    end
    if options and options.forwarded then
      sent[number].mark = dedup_entry(queue.base, options.forwarded, 'forwarded:')
    end
    if options and (options.group or options.priority) then
      sent[number].group, sent[number].priority = options.group, options.priority
      sent[number].joins = true
      queue.checked = queue.checked or check_groups(queue.base) or true
    end
    redis.call('LLEN', queue.ready)
    queue.deadlines = redis.call('ZCARD', queue.expiry) > 0
  end
  queue.counted = #consumed > first and redis.call('EXISTS', queue.failures, queue.abandoned, queue.expiry) > 0
  if queue.counted then
    redis.call('HLEN', queue.failures)
    redis.call('HLEN', queue.abandoned)
    redis.call('ZCARD', queue.expiry)
  end
  queues[i] = queue
end
if #consumed ~= n or #sent ~= m then
  error('the number of messages of a queue is wrong', 0)
end

local function deadline_of(message) -- deadline of an earlier message with this id, or false
  return message.queue.deadlines and redis.call('ZSCORE', message.queue.expiry, message.id)
end

-- Whether an id cannot be sent. A new message replaces an expired message that is still ready.
local used, completed = {}, {}
local function is_used(message)
  if used[message.message] then
    return true
  elseif redis.call('EXISTS', message.message) == 0 then
    return false
  end
  local deadline = tonumber(deadline_of(message) or -1)
  if deadline < 0 or deadline > now then
    return true
  end
  local old = redis.pcall('GET', message.message) -- for the undo; a value of a different type is undeliverable
  message.replaces = { value = type(old) == 'string' and old or 'RQ/expired' }
  return false
end

local report, stored = {}, {}
local function publish(message)
  local queue = message.queue
  used[message.message] = true
  stored[#stored + 1] = message
  local evicts = message.replaces and message.joins
    or queue.grouped and redis.call('HEXISTS', queue.base .. 'attributes', message.id) == 1
  if evicts then
    queue.evicted[#queue.evicted + 1] = message.id
  end
  local in_place = message.replaces and not evicts -- takes the place of the message that it replaces
  if message.due then
    queue.scheduled[#queue.scheduled + 1] = { message.id, message.due, in_place }
    queue.planned[#queue.planned + 1] = message.joins and message or nil
  elseif message.joins then
    queue.joins = true
    queue.pushed[#queue.pushed + 1] = message
  elseif not in_place then
    queue.pushed[#queue.pushed + 1] = message.id
  end
  if message.dedup then
    message.dedup.kept = message.id
    queue.keyed[#queue.keyed + 1] = message
  end
  message.former = deadline_of(message)
  if message.ttl > 0 then
    queue.expiring[#queue.expiring + 1] = message
  elseif message.former then
    queue.former[#queue.former + 1] = message
  end
end

local function was_forwarded(message) -- from the same envelope, by an earlier call
  local mark = message.mark
  if mark and not mark.kept then
    mark.kept = message.id
    message.queue.marks[#message.queue.marks + 1] = message
    return false
  end
  return mark ~= nil
end

local arg = values + m
for i = 1, t do
  local a, s = 1, 0
  if listed then
    a, s = integer(ARGV[arg + 1], 0, n), integer(ARGV[arg + 2], 0, m)
  end
  local lost, duplicates, own = {}, {}, {}
  local dropped, refused = {}, {}
  for j = 1, a do
    local number = i
    if listed then
      number = tonumber(ARGV[arg + 2 + j])
    end
    local message = given(consumed[number])
    if not message.score or completed[message.queue.processing .. message.member] then
      lost[#lost + 1] = message.member
    end
    own[j] = message
  end
  for j = 1, #lost == 0 and s or 0 do
    local message = given(sent[tonumber(ARGV[arg + 2 + a + j])])
    if message.dedup and message.options.rollback == 1 and (message.dedup.kept or is_reserved(message.dedup)) then
      refused[#refused + 1] = { j, message.dedup.kept or '' }
    end
  end
  if #lost == 0 and #refused == 0 then
    for j = 1, s do
      local message = given(sent[tonumber(ARGV[arg + 2 + a + j])])
      if not was_forwarded(message) then
        if message.dedup and message.dedup.kept then
          dropped[#dropped + 1] = { j, message.dedup.kept }
        elseif is_used(message) then
          duplicates[#duplicates + 1] = j
        else
          publish(message)
        end
      end
    end
    for _, message in ipairs(own) do
      local queue = message.queue
      if not completed[queue.processing .. message.member] then -- else it is listed twice
        completed[queue.processing .. message.member] = true
        queue.removed[#queue.removed + 1] = message
      end
    end
  end
  if #dropped > 0 or #refused > 0 then
    report[#report + 1] = { i, lost, duplicates, dropped, refused }
  elseif #lost > 0 or #duplicates > 0 then
    report[#report + 1] = { i, lost, duplicates }
  end
  arg = arg + 2 + a + s
end

local function store(from, to)
  local new, undo, replaced = { 'MSET' }, { 'UNLINK' }, { 'MSET' }
  for i = from, to do
    local message = stored[i]
    new[#new + 1] = message.message
    new[#new + 1] = message.value
    if message.replaces then
      replaced[#replaced + 1] = message.message
      replaced[#replaced + 1] = message.replaces.value
    else
      undo[#undo + 1] = message.message
    end
  end
  write(#undo > 1 and undo or nil, unpack(new))
  if #replaced > 1 then
    journal[#journal + 1] = replaced
  end
end

-- Ends the consumed and the replaced messages in their groups, then adds the sent messages to theirs.
local function regroup(queue)
  local ids_of = {}
  for i, message in ipairs(queue.grouped and queue.removed or {}) do
    ids_of[i] = message.id
  end
  leave(queue.base, ids_of)
  for _, id in ipairs(queue.evicted) do
    evict(queue.base, id)
  end
  for _, message in ipairs(queue.planned) do
    plan(queue.base, message.id, message.group, message.priority)
  end
  if queue.joins then
    local sending = queue.pushed
    queue.pushed = {}
    for _, each in ipairs(sending) do
      local id = type(each) == 'string' and each or nil
      queue.pushed[#queue.pushed + 1] = id or join(queue.base, each.id, each.group, each.priority)
    end
  end
end

local function push(queue)
  for _, message in ipairs(queue.marks) do
    write(dedup_undo(message.mark), 'SET', message.mark.name, '1', 'PX', '604800000')
  end
  for _, message in ipairs(queue.keyed) do
    local entry, window = message.dedup, string.format('%.0f', message.options.window)
    write(dedup_undo(entry), 'SET', entry.name, message.id, 'PX', window)
  end
  schedule(queue.base, queue.scheduled)
  if queue.joins then
    make_ready(queue.base, queue.pushed)
  else
    chunks(queue.pushed, function(from, to)
      write({ 'LTRIM', queue.ready, to - from + 1, -1 }, 'LPUSH', queue.ready, unpack(queue.pushed, from, to))
    end)
  end
  chunks(queue.expiring, function(from, to)
    local deadlines, undo, replaced = { 'ZADD', queue.expiry }, { 'ZREM', queue.expiry }, { 'ZADD', queue.expiry }
    for i = from, to do
      local message = queue.expiring[i]
      deadlines[#deadlines + 1] = (message.due or now) + message.ttl
      deadlines[#deadlines + 1] = message.id
      undo[#undo + 1] = message.id
      if message.former then
        replaced[#replaced + 1] = message.former
        replaced[#replaced + 1] = message.id
      end
    end
    -- no-op that tests whether Redis would refuse the undo
    write(#replaced > 2 and replaced or nil, 'ZREM', queue.expiry, '')
    write(undo, unpack(deadlines))
  end)
  chunks(queue.former, function(from, to)
    local ids_of, undo = { 'ZREM', queue.expiry }, { 'ZADD', queue.expiry }
    for i = from, to do
      ids_of[#ids_of + 1] = queue.former[i].id
      undo[#undo + 1] = queue.former[i].former
      undo[#undo + 1] = queue.former[i].id
    end
    write(nil, unpack(undo)) -- no change; tests whether Redis would refuse the next undo
    write(undo, unpack(ids_of))
  end)
end

local function complete(queue)
  chunks(queue.removed, function(from, to)
    local removal, undo = { 'ZREM', queue.processing }, { 'ZADD', queue.processing }
    for i = from, to do
      removal[#removal + 1] = queue.removed[i].member
      undo[#undo + 1] = queue.removed[i].score
      undo[#undo + 1] = queue.removed[i].member
    end
    write(undo, unpack(removal))
  end)
  if queue.counted and #queue.removed > 0 then -- no-ops that test whether Redis would refuse the writes of `clean`
    write(nil, 'HDEL', queue.failures, '')
    write(nil, 'HDEL', queue.abandoned, '')
    write(nil, 'ZREM', queue.expiry, '')
  end
end

local function clean(queue)
  local unlinked, ended, cleaned = {}, {}, {}
  for i, message in ipairs(queue.removed) do
    cleaned[i] = message.id
    if not used[message.message] then -- else its key was gone and now holds a new message with its own deadline
      unlinked[#unlinked + 1] = message.message
      ended[#ended + 1] = message.id
    end
  end
  chunks(unlinked, function(from, to)
    write(nil, 'UNLINK', unpack(unlinked, from, to))
  end)
  if queue.counted then
    chunks(cleaned, function(from, to)
      write(nil, 'HDEL', queue.failures, unpack(cleaned, from, to))
      write(nil, 'HDEL', queue.abandoned, unpack(cleaned, from, to))
    end)
    chunks(ended, function(from, to)
      write(nil, 'ZREM', queue.expiry, unpack(ended, from, to))
    end)
  end
end

return execute(report, m > 0, function()
  chunks(stored, store)
  for _, queue in ipairs(queues) do
    regroup(queue)
    push(queue)
  end
  for _, queue in ipairs(queues) do
    complete(queue)
  end
  for _, queue in ipairs(queues) do
    clean(queue)
  end
  scheduled_all()
  wake_prioritized()
end)
