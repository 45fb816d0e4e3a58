-- Lists the prepared branches of several queues. A queue that cannot be read does not affect the others. Changes
-- nothing.
--
-- KEYS[1]      queues SET or, in a cluster, prepared HASH of the only queue: determines the server that is asked
-- ARGV[1]      key prefix
-- ARGV[1 + i]  name of queue i
-- Read for each queue:  prepared HASH; whether ready, arrived, scheduled, waiting, prioritized, processing, dead and
--                      paused exist
--
-- Result, for each queue: its branches, or an error that applies to this queue alone, or 1 = it has no keys.
-- Any other error applies to the whole call.
local prefix = ARGV[1]

local function concerns_one_queue(text) -- wrong type or denied keys, as different Redis versions word it
  for _, part in ipairs({ 'WRONGTYPE', "can't access at least one of the keys", 'permissions to access' }) do
    if string.find(text, part, 1, true) then
      return true
    end
  end
  return false
end

local results = {}
for i = 2, #ARGV do
  local base = prefix .. ':{' .. ARGV[i] .. '}:'
  local prepared = base .. 'prepared'
  local found = redis.pcall('HDEL', prepared, '') -- a write, so that a replica refuses: it may not know all branches
  if type(found) == 'number' then
    found = redis.pcall('HKEYS', prepared)
  end
  if found.err then
    if not concerns_one_queue(found.err) then
      return found
    end
    found = found.err
  elseif #found == 0 then
    local ready, processing, dead, paused = base .. 'ready', base .. 'processing', base .. 'dead', base .. 'paused'
    local arrived, scheduled = base .. 'arrived', base .. 'scheduled'
    local waiting, prioritized = base .. 'waiting', base .. 'prioritized'
    local places = { ready, arrived, scheduled, waiting, prioritized, processing, dead }
    local keys = redis.pcall('EXISTS', prepared, paused, unpack(places))
    if keys == 0 then
      found = 1
    end
  end
  results[i - 1] = found
end
return results
