-- Drops a prepared branch that nobody will end any more. What it held is given up for an operator to look at:
-- neither completed nor delivered again, and not lost.
--
-- KEYS[1]  prepared  HASH  of the branch's home queue
-- ARGV[1]  branch
-- ARGV[2]  key prefix
--
-- Result: 1 = done now, 0 = no such branch is prepared
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
  return 0
end
record = cjson.decode(record)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function key(queue, name)
  return ARGV[2] .. ':{' .. queue .. '}:' .. name
end

local function bury(queue, id, deliveries)
  redis.call('ZADD', key(queue, 'dead'), now, id)
  local reason = 'Its transaction branch ' .. ARGV[1] .. ' was in doubt and forgotten'
  redis.call('HSET', key(queue, 'errors'), id, cjson.encode({ reason = reason, deliveries = deliveries }))
end

for _, messages in ipairs({ record.consumed, record.sent }) do
  for _, message in ipairs(messages) do -- keys of another type are refused before anything is written
    redis.call('ZCARD', key(message[1], 'processing'))
    redis.call('ZCARD', key(message[1], 'dead'))
    for _, hash in ipairs({ 'errors', 'failures', 'abandoned' }) do
      redis.call('HLEN', key(message[1], hash))
    end
  end
end
-- First a write that takes no memory: at maxmemory, Redis refuses a script only until that was done.
redis.call('HDEL', KEYS[1], ARGV[1])
for _, message in ipairs(record.consumed) do
  local queue, id, token = message[1], message[2], message[3]
  redis.call('ZREM', key(queue, 'processing'), id .. ' ' .. token)
  local failures = tonumber(redis.call('HGET', key(queue, 'failures'), id) or 0)
  local abandoned = tonumber(redis.call('HGET', key(queue, 'abandoned'), id) or 0)
  bury(queue, id, failures + abandoned + 1)
  redis.call('HDEL', key(queue, 'failures'), id)
  redis.call('HDEL', key(queue, 'abandoned'), id)
end
for _, message in ipairs(record.sent) do
  local queue, id = message[1], message[2]
  local staged = key(queue, 'staged:' .. ARGV[1] .. ':' .. id)
  if redis.call('EXISTS', staged) == 1 then -- else its time to live has ended
    if redis.call('RENAMENX', staged, key(queue, 'message:' .. id)) == 1 then
      bury(queue, id, 0)
    else
      redis.call('UNLINK', staged) -- meanwhile somebody has sent a message of this id
    end
  end
end
return 1
