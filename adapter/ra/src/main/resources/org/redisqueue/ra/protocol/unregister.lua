-- Removes the names of queues that have no keys. For a single server only: in a cluster, the set and the queues are on
-- different servers, and a branch could be prepared between the check and the removal.
--
-- KEYS[1]      queues  SET
-- ARGV[1]      key prefix
-- ARGV[1 + i]  name of queue i
-- Read for each queue:  whether prepared, ready, arrived, scheduled, waiting, prioritized, processing, dead and
--                      paused exist
--
-- Result: number of names that were removed
local queues, prefix = KEYS[1], ARGV[1]
local dropped = 0
if queues ~= prefix .. ':queues' then
  error('the prefix does not belong to the key')
end
for i = 2, #ARGV do
  local base = prefix .. ':{' .. ARGV[i] .. '}:'
  local ready, processing, dead, paused = base .. 'ready', base .. 'processing', base .. 'dead', base .. 'paused'
  local arrived, scheduled = base .. 'arrived', base .. 'scheduled'
  local waiting, prioritized = base .. 'waiting', base .. 'prioritized'
  local places = redis.call('EXISTS', ready, arrived, scheduled, waiting, prioritized, processing, dead)
  local keys = places + redis.call('EXISTS', base .. 'prepared', paused)
  if keys == 0 then
    dropped = dropped + redis.call('SREM', queues, ARGV[i])
  end
end
return dropped
