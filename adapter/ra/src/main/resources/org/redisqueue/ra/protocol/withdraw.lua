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
  end
end

-- Removes a message from its group and from where it is ready, scheduled or waiting. The new message may be pushed to
-- ready afterwards.
local function evict(base, id)
  local scheduled = base .. 'scheduled'
  local due = redis.call('ZSCORE', scheduled, id)
  local own = not due and redis.call('HGET', base .. 'attributes', id)
  local sequence, group = nil, nil
  if own then
    sequence, group = parse_attributes(own)
  end
  local waits = sequence and redis.call('ZSCORE', base .. 'waiting', group .. ' ' .. sequence .. ' ' .. id)
  for _, list in ipairs((due or waits) and {} or { base .. 'ready', base .. 'arrived' }) do -- searched only if needed
    if redis.call('LPOS', list, id) then
      withdraw(list, id)
    end
  end
  if due then
    write(nil, 'ZADD', scheduled, due, id) -- no change; tests whether Redis would refuse the undo
    write({ 'ZADD', scheduled, due, id }, 'ZREM', scheduled, id)
  end
  leave(base, { id })
end
