-- Functions that take expired messages away from where they are ready, because new messages with their ids replace them.
-- Must be included after write.lua and groups.lua.
local withdrawn = {}

-- Lets `withdraw_all` remove a message from a list of ready messages.
local function withdraw(list, id)
  write(nil, 'LTRIM', list, 0, -1) -- no-ops that test whether Redis would refuse the LREM; the second key never exists
  write(nil, 'LREM', list .. ' ', -1, id)
  withdrawn[#withdrawn + 1] = { list, id }
end

-- Must be called after all other writes, because it cannot be undone.
local function withdraw_all()
  for _, each in ipairs(withdrawn) do
    write(nil, 'LREM', each[1], -1, each[2]) -- from the right, where old messages are
    local base = string.match(each[1], '^.*:')
    if redis.pcall('EXISTS', base .. 'prioritized') == 1 then
      waking_prioritized[base .. 'ready'] = true
    end
  end
end

-- Removes a message from its group and from where it is ready, scheduled or waiting. The new message may be made ready
-- afterwards.
local function evict(base, id)
  local scheduled, prioritized = base .. 'scheduled', base .. 'prioritized'
  local due = redis.call('ZSCORE', scheduled, id)
  local own = not due and redis.call('HGET', base .. 'attributes', id)
  local sequence, group, priority = nil, nil, 0
  if own then
    sequence, group, priority = parse_attributes(own)
  end
  local rank = priority ~= 0 and redis.call('ZSCORE', prioritized, id)
  local waits = sequence and group and redis.call('ZSCORE', base .. 'waiting', group .. ' ' .. sequence .. ' ' .. id)
  local lists = { base .. 'ready', base .. 'arrived' } -- searched only if needed
  for _, list in ipairs((due or rank or waits) and {} or lists) do
    if redis.call('LPOS', list, id) then
      withdraw(list, id)
    end
  end
  for set, score in pairs({ [scheduled] = due or nil, [prioritized] = rank or nil }) do
    write(nil, 'ZADD', set, score, id) -- no change; tests whether Redis would refuse the undo
    write({ 'ZADD', set, score, id }, 'ZREM', set, id)
  end
  leave(base, { id })
end
