-- The second phase of two, forward: completes what the branch consumed, pushes what it sent.
--
-- KEYS[1]  prepared  HASH  of the branch's home queue
-- ARGV[1]  branch
-- ARGV[2]  key prefix
--
-- Result: 1 = done now, 0 = no such branch is prepared: it was ended before
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
  return 0
end
record = cjson.decode(record)

local function key(queue, name)
  return ARGV[2] .. ':{' .. queue .. '}:' .. name
end

for _, message in ipairs(record.consumed) do -- keys of another type are refused before anything is written
  redis.call('ZCARD', key(message[1], 'processing'))
  redis.call('HLEN', key(message[1], 'failures'))
  redis.call('HLEN', key(message[1], 'abandoned'))
end
for _, message in ipairs(record.sent) do
  redis.call('LLEN', key(message[1], 'ready'))
end
-- First a write that takes no memory: at maxmemory, Redis refuses a script only until that was done.
redis.call('HDEL', KEYS[1], ARGV[1])
for _, message in ipairs(record.consumed) do
  local queue, id, token = message[1], message[2], message[3]
  redis.call('ZREM', key(queue, 'processing'), id .. ' ' .. token)
  redis.call('UNLINK', key(queue, 'message:' .. id))
  redis.call('HDEL', key(queue, 'failures'), id)
  redis.call('HDEL', key(queue, 'abandoned'), id)
end
for _, message in ipairs(record.sent) do
  local queue, id = message[1], message[2]
  local staged = key(queue, 'staged:' .. ARGV[1] .. ':' .. id)
  if redis.call('EXISTS', staged) == 1 then -- else its time to live has ended
    if redis.call('RENAMENX', staged, key(queue, 'message:' .. id)) == 1 then
      redis.call('LPUSH', key(queue, 'ready'), id)
    else
      redis.call('UNLINK', staged) -- meanwhile somebody has sent a message of this id
    end
  end
end
return 1
