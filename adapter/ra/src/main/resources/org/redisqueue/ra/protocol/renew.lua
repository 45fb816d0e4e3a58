-- Extends the leases of messages that a live consumer still holds. The lease of a prepared message does not end: the
-- message counts as held and is not changed.
--
-- KEYS[1]  processing  ZSET
-- ARGV[1]  lease, ms, 1 to 3,600,000
-- ARGV[i]  '<id> <token>'
--
-- Result: those of ARGV[2 ...] that are no longer held
--@include arguments
local processing, lease = KEYS[1], number(1, 1, 3600000)
local time = redis.call('TIME')
local due = time[1] * 1000 + math.floor(time[2] / 1000) + lease

local lost, held = {}, {}
for i = 2, #ARGV do
  local score = redis.call('ZSCORE', processing, ARGV[i])
  if not score then
    lost[#lost + 1] = ARGV[i]
  elseif score ~= 'inf' then
    held[#held + 1] = due
    held[#held + 1] = ARGV[i]
  end
end
-- Start with a write that uses no memory: at maxmemory, Redis refuses commands that use memory only until the script
-- has written.
redis.call('ZREM', processing, '')
local chunk = 2000
for i = 1, #held, chunk do
  redis.call('ZADD', processing, 'XX', unpack(held, i, math.min(#held, i + chunk - 1)))
end
return lost
