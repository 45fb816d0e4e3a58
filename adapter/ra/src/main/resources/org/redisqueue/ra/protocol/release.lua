-- Gives messages back that were claimed and never handed to a listener: they are the next to be delivered,
-- in the order in which they were claimed. No count changes.
--
-- KEYS[1]  processing  ZSET
-- KEYS[2]  ready       LIST
-- ARGV[2i - 1, 2i]     id, token of message i, in the order of the claim
--
-- Result: how many were given back; the others were not held
local processing, ready = KEYS[1], KEYS[2]
redis.call('LLEN', ready) -- refuses a key of another type before anything is written

local released = 0
for i = #ARGV - 1, 1, -2 do
  local member = ARGV[i] .. ' ' .. ARGV[i + 1]
  local score = redis.call('ZSCORE', processing, member)
  if score and score ~= 'inf' then
    redis.call('ZREM', processing, member)
    redis.call('RPUSH', ready, ARGV[i])
    released = released + 1
  end
end
return released
