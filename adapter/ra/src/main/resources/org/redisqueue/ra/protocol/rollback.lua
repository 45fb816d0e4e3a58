-- The second phase of two, backward: what the branch consumed has a lease again, what it sent is gone.
--
-- KEYS[1]  prepared  HASH  of the branch's home queue
-- KEYS[2]  queues    SET   names of the queues, where recovery looks; only if ARGV[4] is given, and absent in a cluster
-- ARGV[1]  branch
-- ARGV[2]  key prefix
-- ARGV[3]  lease of what it consumed, ms; 0 = due at once, for a branch whose consumer is gone
-- ARGV[4]  name of the home queue, if the preparation may still be under way: an empty record is left then, which
--          it finds in its place and recovery ends some day
--
-- Result: 1 = done now, 0 = no such branch is prepared: it was ended before
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then
  if ARGV[4] then
    if KEYS[2] then
      redis.call('SADD', KEYS[2], ARGV[4])
    end
    redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ consumed = {}, sent = {} }))
  end
  return 0
end
record = cjson.decode(record)
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3])

local function key(queue, name)
  return ARGV[2] .. ':{' .. queue .. '}:' .. name
end

for _, message in ipairs(record.consumed) do
  redis.call('ZCARD', key(message[1], 'processing')) -- refuses a key of another type before anything is written
end
-- First a write that takes no memory: at maxmemory, Redis refuses a script only until that was done.
redis.call('HDEL', KEYS[1], ARGV[1])
for _, message in ipairs(record.consumed) do
  redis.call('ZADD', key(message[1], 'processing'), 'XX', due, message[2] .. ' ' .. message[3])
end
for _, message in ipairs(record.sent) do
  redis.call('UNLINK', key(message[1], 'staged:' .. ARGV[1] .. ':' .. message[2]))
end
return 1
