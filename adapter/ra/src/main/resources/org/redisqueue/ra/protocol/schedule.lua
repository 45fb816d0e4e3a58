-- Functions that schedule messages. Must be included after write.lua and withdraw.lua.
--@include watching
--@include wakeup
local waking = {}

-- Whether a server asks again when a message is due, or before.
local function is_watched(base, due)
  for _, entry in ipairs(watching(base .. 'watchers')) do
    if is_informed(entry, due, now) then
      return true
    end
  end
  return false
end

-- Schedules messages of one queue: a list of { id, due time in ms, whether it replaces an expired message, which is then
-- removed from the ready messages }.
local function schedule(base, messages)
  if #messages == 0 then
    return
  end
  local scheduled, ready, first = base .. 'scheduled', base .. 'ready', math.huge
  local earliest = tonumber(redis.call('ZRANGE', scheduled, 0, 0, 'WITHSCORES')[2] or math.huge)
  write(nil, 'ZREM', scheduled, '') -- no change; tests whether Redis would refuse the undo
  chunks(messages, function(from, to)
    local added, new, former = { 'ZADD', scheduled }, { 'ZREM', scheduled }, { 'ZADD', scheduled }
    for i = from, to do
      local id, due = unpack(messages[i])
      added[#added + 1], added[#added + 2] = string.format('%.0f', due), id
      local score = redis.call('ZSCORE', scheduled, id)
      if score then -- of a message that has expired, or whose body was deleted
        former[#former + 1], former[#former + 2] = score, id
      else
        new[#new + 1] = id
      end
    end
    write(#new > 2 and new or nil, unpack(added))
    if #former > 2 then
      journal[#journal + 1] = former
    end
  end)
  for _, message in ipairs(messages) do
    local id, due, replaces = unpack(message)
    first = math.min(first, due)
    if replaces then -- the expired message is still in one of these lists, or was scheduled, too
      for _, list in ipairs({ ready, base .. 'arrived' }) do
        withdraw(list, id)
      end
    end
  end
  if first < now + soon and (first < earliest or not is_watched(base, first)) then
    waking[ready] = true
  end
end

-- Must be called after all other writes, because it cannot be undone: removes expired messages that were replaced from
-- the ready ones, and wakes consumers that must set a timer.
local function scheduled_all()
  withdraw_all()
  for ready in pairs(waking) do
    wake(ready)
  end
end
