-- Whether the groups of a queue wait for their dead letters. An invalid setting keeps the order, too.
local function blocks(base)
  local value = redis.call('HGET', base .. 'settings', 'onDeadLetter')
  return value and value ~= '' and value ~= 'continue'
end

local requeued = {} -- id -> true: dead letters that this script makes ready again

-- Whether a group waits for this message, its head: it exists, and is no dead letter unless the queue blocks.
local function is_awaited(base, head)
  if not head or redis.call('EXISTS', base .. 'message:' .. head) == 0 then
    return false
  end
  if requeued[head] or not redis.call('ZSCORE', base .. 'dead', head) then
    return true
  end
  -- A message that was sent later with the id of a letter without a message is no letter.
  local gone = string.find(redis.call('HGET', base .. 'errors', head) or '', '"gone":true', 1, true)
  return gone or blocks(base)
end
