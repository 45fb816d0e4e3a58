-- Sends messages that do not expire to one queue. A message whose id is in use is not sent. An error applies to the
-- whole call: no message was sent.
--
-- KEYS[1]             lane, see lane.lua
-- KEYS[2], KEYS[3]    ready LIST, expiry ZSET
-- KEYS[3 + i]         message i  STRING
-- Also read and written, next to KEYS[2], if a message replaces an expired one: scheduled ZSET and the keys of groups.lua
-- ARGV[1], ARGV[2]    see lane.lua
-- ARGV[2 + i]         id of message i
-- ARGV[2 + m + i]     value of message i, where m = number of messages
--
-- Report, for each message that was not sent because its id is in use: { its number }
--@include lane
local ready, m = KEYS[2], #KEYS - 3
if m < 1 or #ARGV ~= 2 + 2 * m then
  error('the number of keys or arguments is wrong', 0)
end

local function fits(id, message)
  return #id <= 200 and string.find(id, '^[\33-\126]+$') and string.sub(message, -#id) == id
end

if m == 1 and fits(ARGV[3], KEYS[4]) then
  local stored = redis.pcall('SET', KEYS[4], ARGV[4], 'NX')
  if stored then -- else its id is in use
    local reply = stored.err and stored or redis.pcall('LPUSH', ready, ARGV[3])
    if type(reply) == 'table' then
      if not stored.err then
        redis.pcall('UNLINK', KEYS[4])
      end
      return reply
    end
    reply = numbered and redis.pcall('PSETEX', lane, '3600000', signature) or {}
    if not reply.err then
      return executed
    end
    redis.pcall('LTRIM', ready, 1, -1)
    redis.pcall('UNLINK', KEYS[4])
    return reply
  end
end

local values, seen, distinct = {}, {}, true
for i = 1, m do
  local id, message = ARGV[2 + i], KEYS[3 + i]
  if not fits(id, message) then
    error('an id must be 1 to 200 printable ASCII characters without spaces, and match its key', 0)
  end
  distinct = distinct and not seen[message]
  seen[message] = true
  values[2 * i - 1] = message
  values[2 * i] = ARGV[2 + m + i]
end
if m <= 1000 and distinct and redis.call('EXISTS', unpack(KEYS, 3, 3 + m)) == 0 then -- KEYS[3]: no deadlines
  local sends, packed = true, ''
--@include receipt
  local reply
  local pushed = redis.pcall('LPUSH', ready, unpack(ARGV, 3, 2 + m))
  if type(pushed) == 'table' then
    reply = pushed
  else
    reply = redis.pcall('MSET', unpack(values))
    if not reply.err then
      return executed
    end
    redis.pcall('LTRIM', ready, m, -1)
  end
--@include fence
  return reply
end

-- The general case: some ids are in use, there are deadlines, or there are many messages.
--@include write
--@include reading
--@include groups
--@include withdraw
redis.call('LLEN', ready)
local base = string.sub(ready, 1, -6)
local grouped = redis.call('EXISTS', base .. 'attributes') == 1 and check_groups(base)
local evicted = {} -- ids of expired messages with attributes, which new messages replace
local expiring = redis.call('ZCARD', KEYS[3]) > 0
local sending, pushed, report = {}, {}, {}
local deadlines, bodies, replaces = {}, {}, {} -- of earlier messages with these ids, for the undo
seen = {}
local in_use = 0
for from = 4, 3 + m, 1000 do
  in_use = in_use + redis.call('EXISTS', unpack(KEYS, from, math.min(from + 999, 3 + m)))
end
for i = 1, m do
  local id, message = ARGV[2 + i], KEYS[3 + i]
  local free, expired = not seen[message], false
  -- The deadline of an earlier message with this id, which a deleted message may have left behind
  local former = free and expiring and redis.call('ZSCORE', KEYS[3], id)
  if free and in_use > 0 and redis.call('EXISTS', message) == 1 then
    -- An expired message that is still ready is replaced by the new one.
    local deadline = tonumber(former or -1)
    expired = deadline >= 0 and deadline <= now
    free = expired
    if expired then -- a value of a different type is undeliverable
      local old = redis.pcall('GET', message)
      bodies[#bodies + 1] = message
      bodies[#bodies + 1] = type(old) == 'string' and old or 'RQ/expired'
      replaces[i] = true
    end
  end
  if free then
    seen[message] = true
    sending[#sending + 1] = i
    if former then
      deadlines[#deadlines + 1] = former
      deadlines[#deadlines + 1] = id
    end
    local evicts = grouped and redis.call('HEXISTS', base .. 'attributes', id) == 1
    if evicts then
      evicted[#evicted + 1] = id
    end
    if not expired or evicts then
      pushed[#pushed + 1] = id
    end
  else
    report[#report + 1] = { i }
  end
end

return execute(report, true, function()
  for _, id in ipairs(evicted) do
    evict(base, id)
  end
  chunks(pushed, function(from, to)
    write({ 'LTRIM', ready, to - from + 1, -1 }, 'LPUSH', ready, unpack(pushed, from, to))
  end)
  chunks(deadlines, function(from, to)
    local ids = { 'ZREM', KEYS[3] }
    for i = from + 1, to, 2 do
      ids[#ids + 1] = deadlines[i]
    end
    local undo = { 'ZADD', KEYS[3], unpack(deadlines, from, to) }
    write(nil, unpack(undo)) -- no change; tests whether Redis would refuse the next undo
    write(undo, unpack(ids))
  end)
  chunks(bodies, function(from, to)
    local undo = { 'MSET', unpack(bodies, from, to) }
    write(undo, unpack(undo)) -- no change; tests whether Redis would refuse this undo
  end)
  chunks(sending, function(from, to)
    local stored, undo = { 'MSET' }, { 'UNLINK' }
    for i = from, to do
      stored[#stored + 1] = KEYS[3 + sending[i]]
      stored[#stored + 1] = ARGV[2 + m + sending[i]]
      undo[#undo + 1] = not replaces[sending[i]] and KEYS[3 + sending[i]] or nil
    end
    write(#undo > 1 and undo or nil, unpack(stored))
  end)
  withdraw_all()
  wake_prioritized()
end)
