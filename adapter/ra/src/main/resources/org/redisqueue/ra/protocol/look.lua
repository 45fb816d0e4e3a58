-- Looks which queues may have messages to claim: ready ones, including wake-ups without a message, those in processing that
-- are due, and scheduled ones that are due. Changes nothing. For a single server only: in a cluster, the queues are on
-- different servers.
--
-- KEYS  ready  LIST  of each queue, at most 500
-- Also read, next to each: arrived, prioritized, processing, scheduled
--
-- Result: { the Redis time, ms, number of a queue that may have messages, from 1, ... }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_due(key)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return first[2] and tonumber(first[2]) <= now
end

local found = { now }
for i = 1, math.min(#KEYS, 500) do
  local base = string.sub(KEYS[i], 1, -6)
  if
    redis.call('EXISTS', KEYS[i], base .. 'arrived', base .. 'prioritized') > 0
    or is_due(base .. 'processing')
    or is_due(base .. 'scheduled')
  then
    found[#found + 1] = i
  end
end
return found
