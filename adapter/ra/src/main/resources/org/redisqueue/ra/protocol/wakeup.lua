-- Wakes one consumer that waits for messages. If ready is not empty, no consumer waits. The script must have written
-- before: Redis then does not refuse this write for lack of memory.
local function wake(ready)
  if redis.pcall('EXISTS', ready) == 0 then
    redis.pcall('LPUSH', ready, '')
  end
end
