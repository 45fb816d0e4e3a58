-- Functions for scripts that change ready messages. Requires undo.

-- Number of wake-ups at the right end of ready, where all of them are. More than 100 count as 100.
local function wake_ups(ready)
  local ids = redis.call('LRANGE', ready, -100, -1)
  local first = #ids
  while ids[first] == '' do
    first = first - 1
  end
  return #ids - first
end

-- Up to n ids of ready messages, in the order of delivery, of which the first `skip` are skipped. An empty string is a
-- wake-up without a message.
local function ready_ids(arrived, ready, skip, n)
  local ids, moved = {}, redis.call('LRANGE', arrived, 0, -1)
  for i = #moved, 1, -1 do
    if moved[i] ~= '' and skip > 0 then
      skip = skip - 1
    elseif moved[i] ~= '' and #ids < n then
      ids[#ids + 1] = moved[i]
    end
  end
  if #ids < n then
    skip = skip + wake_ups(ready)
    local first, last = string.format('%.0f', -skip - n + #ids), string.format('%.0f', -skip - 1)
    local rest = redis.call('LRANGE', ready, first, last)
    for i = #rest, 1, -1 do
      ids[#ids + 1] = rest[i]
    end
  end
  return ids
end

-- Puts the messages in arrived back to the right end of ready, where the rest of the script finds all ready messages,
-- and removes wake-ups. This wakes waiting consumers; one that had been woken before finds its message in ready.
-- Starts with writes that use no memory: at maxmemory, Redis refuses commands that use memory only until the script has
-- written.
local function gather(arrived, ready)
  local moved, ids = redis.call('LRANGE', arrived, 0, -1), {}
  local waking, removed = wake_ups(ready), false
  for _, id in ipairs(moved) do
    ids[#ids + 1] = id ~= '' and id or nil
  end
  if #moved > 0 or waking > 0 then
    write(nil, 'LTRIM', arrived, 0, -1)
  end
  undo[#undo + 1] = function() -- after the messages on its right have been removed again
    for _ = 1, removed and waking or 0 do
      redis.pcall('RPUSH', ready, '')
    end
  end
  for from = 1, #ids, 1000 do
    local to = math.min(from + 999, #ids)
    write(function()
      redis.pcall('LTRIM', ready, 0, from - to - 2)
    end, 'RPUSH', ready, unpack(ids, from, to))
  end
  if waking > 0 then
    redis.call('LREM', ready, -waking, '')
    removed = true
  end
  if #moved > 0 then
    write(function()
      for from = 1, #moved, 1000 do
        redis.pcall('RPUSH', arrived, unpack(moved, from, math.min(from + 999, #moved)))
      end
    end, 'LTRIM', arrived, 1, 0)
  end
end
