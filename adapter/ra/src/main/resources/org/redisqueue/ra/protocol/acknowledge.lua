-- Ends transactions in one phase: each completes the messages that it consumed, and publishes those that it sent.
-- Each for itself is all or nothing: when one of its messages is not held any more, it changes nothing. An error is
-- one of the whole call, and then none of them has changed anything.
--
-- With q = number of queues consumed from, t = number of transactions, those that send first:
-- KEYS, for each queue:        processing ZSET, failures HASH, abandoned HASH
--       for each transaction:  for each consumed:  message STRING
--                              for each sent:      ready LIST, message STRING
-- Beside processing, read:     lost:<id> <token>  STRING, as claim writes it
-- ARGV[1], ARGV[2]             q, t
--       for each transaction:  number of messages consumed, number of messages sent
--                              for each consumed:  number of its queue, '<id> <token>'
--                              for each sent:      id, time to live in ms (0 = none), value
--
-- Result, for each transaction:
--   { those '<id> <token>' that are not held (then nothing was done),
--     { for each sent 1, or 0 = its id was in use },
--     how many of the messages that are not held are there all the same: nobody has completed them,
--     how many of those that are not held were taken over by another consumer, as far as it is still told }
local q, t = tonumber(ARGV[1]), tonumber(ARGV[2])

-- All is read first, which refuses keys of another type before anything is written.
local queues = {}
for i = 1, q do
  local processing, failures, abandoned = KEYS[3 * i - 2], KEYS[3 * i - 1], KEYS[3 * i]
  queues[i] = {
    processing = processing,
    counts = { failures, abandoned },
    counted = redis.call('HLEN', failures) + redis.call('HLEN', abandoned) > 0,
    done = {},
    unlinked = {},
  }
end
local key, arg = 3 * q, 2
local checked, completed, transactions, results = {}, {}, {}, {}
for i = 1, t do
  local a, s = tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  arg = arg + 2
  local transaction = { consumed = a, key = key, arg = arg, sends = s }
  local lost, there, taken = {}, 0, 0
  for _ = 1, a do
    local queue, member = queues[tonumber(ARGV[arg + 1])], ARGV[arg + 2]
    local score = redis.call('ZSCORE', queue.processing, member)
    if not score or score == 'inf' or completed[queue.processing .. member] then
      -- taken over, or part of a prepared branch, or completed by this very call
      lost[#lost + 1] = member
      there = there + redis.call('EXISTS', KEYS[key + 1])
      taken = taken + redis.call('EXISTS', string.sub(queue.processing, 1, -#'processing' - 1) .. 'lost:' .. member)
    end
    key, arg = key + 1, arg + 2
  end
  for _ = 1, s do
    local ready = KEYS[key + 1]
    if not checked[ready] then
      redis.call('LLEN', ready)
      checked[ready] = true
    end
    key, arg = key + 2, arg + 3
  end
  results[i] = { lost, {}, there, taken }
  if #lost == 0 then
    transactions[#transactions + 1] = transaction
    transaction.sent = results[i][2]
    for j = 1, a do
      completed[queues[tonumber(ARGV[transaction.arg + 2 * j - 1])].processing .. ARGV[transaction.arg + 2 * j]] = true
    end
  end
end

local function complete() -- what was consumed so far, with few commands
  for _, queue in ipairs(queues) do
    if #queue.done > 0 then
      redis.call('ZREM', queue.processing, unpack(queue.done))
      redis.call('UNLINK', unpack(queue.unlinked))
      if queue.counted then
        local ids = {}
        for i, member in ipairs(queue.done) do
          ids[i] = string.match(member, '^(.*) %S+$')
        end
        for _, counts in ipairs(queue.counts) do
          redis.call('HDEL', counts, unpack(ids))
        end
      end
      queue.done, queue.unlinked = {}, {}
    end
  end
end

for _, transaction in ipairs(transactions) do
  key, arg = transaction.key + transaction.consumed, transaction.arg + 2 * transaction.consumed
  for i = 1, transaction.sends do -- first: at maxmemory Redis refuses them as long as nothing was written
    local ready, message = KEYS[key + 1], KEYS[key + 2]
    local id, ttl, value = ARGV[arg + 1], tonumber(ARGV[arg + 2]), ARGV[arg + 3]
    local stored
    if ttl > 0 then
      stored = redis.call('SET', message, value, 'NX', 'PX', ttl)
    else
      stored = redis.call('SET', message, value, 'NX')
    end
    if stored then
      redis.call('LPUSH', ready, id)
      transaction.sent[i] = 1
    else
      transaction.sent[i] = 0
    end
    key, arg = key + 2, arg + 3
  end
  for i = 1, transaction.consumed do
    local queue = queues[tonumber(ARGV[transaction.arg + 2 * i - 1])]
    queue.done[#queue.done + 1] = ARGV[transaction.arg + 2 * i]
    queue.unlinked[#queue.unlinked + 1] = KEYS[transaction.key + i]
    if #queue.done == 1000 then
      complete() -- Lua passes no more than some thousand arguments
    end
  end
  if transaction.sends > 0 then
    complete() -- the next one may send what this one has consumed
  end
end
complete()
return results
