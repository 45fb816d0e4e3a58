-- After a rollback: counts the failure, then has the message wait in processing until it is due again,
-- or gives it up.
--
-- KEYS[1]  processing  ZSET
-- KEYS[2]  dead        ZSET
-- KEYS[3]  failures    HASH
-- KEYS[4]  abandoned   HASH
-- KEYS[5]  errors      HASH
-- ARGV[1]  id
-- ARGV[2]  token
-- ARGV[3]  ms until it is due again
-- ARGV[4]  how often it may be delivered; 0 = give it up now
-- ARGV[5]  why it failed
--
-- Result: -1 = not held (nothing was done), 0 = dead now, n > 0 = failed n times, will be delivered again
local processing, dead, failures, abandoned, errors = unpack(KEYS)
local id, token, delay, max, reason = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local member = id .. ' ' .. token

local score = redis.call('ZSCORE', processing, member)
if not score or score == 'inf' then
  return -1
end
redis.call('ZCARD', dead) -- keys of another type are refused before anything is written
for _, hash in ipairs({ failures, abandoned, errors }) do
  redis.call('HLEN', hash)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('ZREM', processing, member)
local count = redis.call('HINCRBY', failures, id, 1)
if count >= max then
  local deliveries = count + tonumber(redis.call('HGET', abandoned, id) or 0)
  redis.call('ZADD', dead, now, id)
  redis.call('HSET', errors, id, cjson.encode({ reason = reason, deliveries = deliveries }))
  redis.call('HDEL', failures, id)
  redis.call('HDEL', abandoned, id)
  return 0
end
redis.call('ZADD', processing, now + delay, id .. ' -')
return count
