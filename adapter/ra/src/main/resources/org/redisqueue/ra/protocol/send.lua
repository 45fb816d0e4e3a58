-- Stores messages of one queue and makes their ids ready, all of them or, on an error, none.
-- A message whose id is in use already stays as it is and is not pushed again.
--
-- KEYS[1]      ready      LIST
-- KEYS[1 + i]  message i  STRING
-- ARGV[3i - 2 .. 3i]      id, time to live in ms (0 = none), value of message i
--
-- Result: for each message 1 = sent, 0 = its id was in use
local ready = KEYS[1]
redis.call('LLEN', ready) -- refuses a key of another type before anything is written

local result = {}
for i = 1, #KEYS - 1 do
  local id, ttl, value = ARGV[3 * i - 2], tonumber(ARGV[3 * i - 1]), ARGV[3 * i]
  local stored
  if ttl > 0 then
    stored = redis.call('SET', KEYS[1 + i], value, 'NX', 'PX', ttl)
  else
    stored = redis.call('SET', KEYS[1 + i], value, 'NX')
  end
  if stored then
    redis.call('LPUSH', ready, id)
    result[i] = 1
  else
    result[i] = 0
  end
end
return result
