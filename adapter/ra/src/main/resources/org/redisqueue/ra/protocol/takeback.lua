-- Takes back failures that were counted during an outage, and makes the messages due. An error applies to the whole
-- call: nothing has changed.
--
-- With n = number of messages:
-- KEYS[1]                   lane, see lane.lua
-- KEYS[2], KEYS[3], KEYS[4] processing ZSET, failures HASH, ready LIST
-- ARGV[1], ARGV[2]          see lane.lua
-- ARGV[3]                   n
--       for each message:   id; token, or '-' = the message waits for its redelivery;
--                           expected number of failures, number of failures afterwards
--
-- A message that waits for its redelivery is left alone if its number of failures is not the expected one. A message
-- that is held by the token ends its delivery, which does not count; its number of failures changes only if it is the
-- expected one. If messages have become due, one consumer is woken: the listener of this call does not claim them.
--
-- Report, for each message that was left alone: { its number }
--@include lane
--@include write
--@include reading
--@include count
--@include wakeup
local n = integer(ARGV[3], 1, 100000)
local processing, failures, ready = given(KEYS[2]), given(KEYS[3]), given(KEYS[4])
redis.call('HLEN', failures)
local report, messages, settled = {}, {}, {}
for i = 1, n do
  local arg = 4 * i
  local id, token = given(ARGV[arg]), given(ARGV[arg + 1])
  local expected, left = integer(ARGV[arg + 2], 0, 2147483647), integer(ARGV[arg + 3], 0, 2147483647)
  local message = { id = id, member = id .. ' ' .. token, left = left }
  message.score = redis.call('ZSCORE', processing, message.member)
  message.failed = redis.call('HGET', failures, id)
  message.changes = expected ~= left and count(message.failed) == expected
  if not message.score or message.score == 'inf' or settled[id] or token == '-' and not message.changes then
    report[#report + 1] = { i }
  else
    settled[id] = true
    message.waiting = redis.call('ZSCORE', processing, id .. ' -')
    messages[#messages + 1] = message
  end
end

return execute(report, false, function()
  write(nil, 'ZREM', processing, '') -- no-ops that test whether Redis would refuse to undo what follows
  write(nil, 'HDEL', failures, '')
  for _, message in ipairs(messages) do
    local id, waits = message.id, message.id .. ' -'
    if message.changes then
      local before = message.failed and { 'HSET', failures, id, message.failed } or { 'HDEL', failures, id }
      if message.failed then
        write(nil, 'HSET', failures, id, message.failed) -- tests whether Redis would refuse to undo what follows
      end
      if message.left > 0 then
        write(before, 'HSET', failures, id, message.left)
      else
        write(before, 'HDEL', failures, id)
      end
    end
    local earlier = message.waiting and { 'ZADD', processing, message.waiting, waits } or { 'ZREM', processing, waits }
    write(earlier, 'ZADD', processing, now, waits)
    if message.member ~= waits then
      write({ 'ZADD', processing, message.score, message.member }, 'ZREM', processing, message.member)
    end
  end
  if #messages > 0 then
    wake(ready)
  end
end)
