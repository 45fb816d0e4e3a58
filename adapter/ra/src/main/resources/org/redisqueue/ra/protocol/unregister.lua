-- Drops names of queues that hold nothing. For a single server only: in a cluster, the set is on another server than the
-- queues, and a branch could be prepared in between.
--
-- KEYS[1]      queues  SET
-- ARGV[1]      key prefix
-- ARGV[1 + i]  name of queue i
-- Read for each queue:  whether prepared, ready, processing, dead and paused exist
--
-- Result: how many were dropped
local queues, prefix = KEYS[1], ARGV[1]
local dropped = 0
if queues ~= prefix .. ':queues' then
  error('the prefix does not belong to the key')
end
for i = 2, #ARGV do
  local base = prefix .. ':{' .. ARGV[i] .. '}:'
  local keys = redis.call('EXISTS', base .. 'prepared', base .. 'ready', base .. 'processing', base .. 'dead', base .. 'paused')
  if keys == 0 then
    dropped = dropped + redis.call('SREM', queues, ARGV[i])
  end
end
return dropped
