-- Shifts the ends of leases after the clock of the server has jumped, for example because it was set, or because a replica
-- with a different clock has become the master. Otherwise, leases that were granted before the jump would all end at once
-- or last too long. Scheduled messages and redeliveries are not changed.
--
-- KEYS[1]  processing  ZSET  '<id> <token>' -> due time, ms
-- ARGV[1]  the jump, ms; negative = back; 0 = only the time is read
-- ARGV[2]  lease, ms, 1 to 3,600,000
--
-- After a jump forward, leases end later by the jump, but no later than one lease from now. This includes some that were
-- granted after the jump. After a jump back that is longer than a lease, those that end later than one lease from now end
-- earlier by the jump. A shorter jump back changes nothing, because leases from before and after it look alike.
--
-- Result: { the Redis time, ms, number of leases that were shifted }
--@include arguments
local processing, jump, lease = KEYS[1], number(1, -2 ^ 53, 2 ^ 53), number(2, 1, 3600000)
local chunk = 2000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if -lease <= jump and jump <= 0 then
  return { now, 0 }
end

local latest = now + lease
local first, last = string.format('(%.0f', latest), '(+inf' -- of the due times that are wrong
if jump > 0 then
  first, last = string.format('(%.0f', now - jump), string.format('%.0f', latest)
end
local entries = redis.call('ZRANGE', processing, first, last, 'BYSCORE', 'WITHSCORES')
local shifted = {}
for i = 1, #entries, 2 do
  if string.sub(entries[i], -2) ~= ' -' then -- else it waits for its redelivery
    local due = math.max(now, math.min(latest, tonumber(entries[i + 1]) + jump))
    shifted[#shifted + 1] = string.format('%.0f', due)
    shifted[#shifted + 1] = entries[i]
  end
end
if #shifted > 0 then
  redis.call('ZREM', processing, '') -- a write that uses no memory; after it, Redis refuses no write for lack of memory
end
for i = 1, #shifted, chunk do
  redis.call('ZADD', processing, 'XX', unpack(shifted, i, math.min(#shifted, i + chunk - 1)))
end
return { now, #shifted / 2 }
