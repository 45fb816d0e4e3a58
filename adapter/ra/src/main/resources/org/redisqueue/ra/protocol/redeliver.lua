-- Counts failures of messages, and schedules their redelivery in processing or dead-letters them. An error applies to
-- the whole call: nothing has changed.
--
-- With q = number of queues, n = number of messages:
-- KEYS[1]                   lane, see lane.lua
-- Also read and written, next to those of a queue: the keys of groups.lua
-- KEYS, for each queue:     processing ZSET, dead ZSET, failures HASH, abandoned HASH, errors HASH, expiry ZSET
--       for each message:   the message  STRING
-- ARGV[1], ARGV[2]          see lane.lua
-- ARGV[3], ARGV[4]          q, n
--       for each message:   number of its queue, id, token, redelivery delay in ms,
--                           number of failures after which it is dead-lettered (0 = now), reason for the failure
--
-- Report, for each message that does not simply wait for its redelivery:
--   { its number, -1 = the lease is lost, nothing was done; 0 = it is a dead letter }
--@include lane
--@include write
--@include reading
--@include count
--@include groups
local q, n = integer(ARGV[3], 1, 100000), integer(ARGV[4], 1, 100000)
local LONGEST_REASON = 4000

-- Everything is read first, so that nothing is written if an argument or a key is invalid.
local queues = {}
for i = 1, q do
  local first = 6 * i - 4
  local queue = {
    processing = given(KEYS[first]),
    dead = given(KEYS[first + 1]),
    failures = given(KEYS[first + 2]),
    abandoned = given(KEYS[first + 3]),
    errors = given(KEYS[first + 4]),
    expiry = given(KEYS[first + 5]),
  }
  redis.call('ZCARD', queue.dead)
  redis.call('ZCARD', queue.expiry)
  redis.call('HLEN', queue.failures)
  redis.call('HLEN', queue.abandoned)
  redis.call('HLEN', queue.errors)
  queues[i] = queue
end
local key, arg = 1 + 6 * q, 4
local messages, report, settled = {}, {}, {}
for i = 1, n do
  local queue, id, token = given(queues[tonumber(ARGV[arg + 1])]), given(ARGV[arg + 2]), given(ARGV[arg + 3])
  local message = { queue = queue, id = id, key = named(KEYS[key + 1], ':message:' .. id), member = id .. ' ' .. token }
  message.due = now + integer(ARGV[arg + 4], 0, 31536000000)
  local max = integer(ARGV[arg + 5], 0, 2147483647)
  message.reason = string.sub(given(ARGV[arg + 6]), 1, LONGEST_REASON)
  message.score = redis.call('ZSCORE', queue.processing, message.member)
  if not message.score or message.score == 'inf' or settled[queue.processing .. message.member] then
    report[#report + 1] = { i, -1 }
  else
    settled[queue.processing .. message.member] = true
    message.failed = redis.call('HGET', queue.failures, id)
    message.failures = count(message.failed) + 1
    if message.failures >= max then
      message.abandoned = redis.call('HGET', queue.abandoned, id)
      message.error = redis.call('HGET', queue.errors, id)
      message.deadline = redis.call('ZSCORE', queue.expiry, id)
      message.ttl = redis.call('PTTL', message.key)
      message.dead = true
      message.base = string.sub(named(queue.processing, ':processing'), 1, -#'processing' - 1)
      message.grouped = redis.call('EXISTS', message.base .. 'attributes') == 1 and check_groups(message.base)
      report[#report + 1] = { i, 0 }
    end
    messages[#messages + 1] = message
  end
  key, arg = key + 1, arg + 6
end

local function field(key_of_hash, id, value) -- the command that restores a field
  return value and { 'HSET', key_of_hash, id, value } or { 'HDEL', key_of_hash, id }
end

local function dead_letter(message)
  local queue, id = message.queue, message.id
  local deliveries = message.failures + count(message.abandoned)
  local why = cjson.encode({ reason = message.reason, deliveries = deliveries, gone = message.ttl == -2 or nil })
  write({ 'ZREM', queue.dead, id }, 'ZADD', queue.dead, now, id)
  write(field(queue.errors, id, message.error), 'HSET', queue.errors, id, why)
  write(field(queue.failures, id, message.failed), 'HDEL', queue.failures, id)
  write(field(queue.abandoned, id, message.abandoned), 'HDEL', queue.abandoned, id)
  if message.deadline then
    write({ 'ZADD', queue.expiry, message.deadline, id }, 'ZREM', queue.expiry, id)
  end
  if message.ttl > 0 then -- set by a producer on the key: a dead letter keeps its body
    write({ 'PEXPIRE', message.key, message.ttl }, 'PERSIST', message.key)
  end
end

return execute(report, false, function()
  write(nil, 'ZREM', queues[1].processing, '') -- no-ops that test whether Redis would refuse to undo what follows
  write(nil, 'HDEL', queues[1].failures, '')
  for _, message in ipairs(messages) do
    local queue = message.queue
    if message.dead then
      dead_letter(message)
    else
      write(field(queue.failures, message.id, message.failed), 'HSET', queue.failures, message.id, message.failures)
      write({ 'ZREM', queue.processing, message.id .. ' -' }, 'ZADD', queue.processing, message.due, message.id .. ' -')
    end
    write({ 'ZADD', queue.processing, message.score, message.member }, 'ZREM', queue.processing, message.member)
    if message.grouped then
      local expired = message.deadline and math.abs(message.deadline) <= now
      leave(message.base, { message.id }, { [message.id] = message.ttl ~= -2 and (expired and 'expired' or true) })
    end
  end
  wake_prioritized()
end)
