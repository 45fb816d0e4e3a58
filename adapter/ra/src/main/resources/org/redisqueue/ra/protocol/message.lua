-- Reads one message. Changes nothing.
--
-- KEYS[1]  the message  STRING
-- KEYS[2]  ready        LIST
-- KEYS[3]  processing   ZSET
-- KEYS[4]  dead         ZSET
-- KEYS[5]  errors       HASH
-- KEYS[6]  failures     HASH
-- KEYS[7]  abandoned    HASH
-- KEYS[8]  expiry       ZSET
-- KEYS[9]  arrived      LIST
-- Also read, next to KEYS[2]: scheduled and waiting, both ZSET; attributes and heads, both HASH
-- ARGV[1]  id
-- ARGV[2]  maximum number of bytes of the value to return, 1 to 2^30
-- ARGV[3]  number of ready messages, 0 to 1,000,000, up to which the id is looked for among them
--
-- Result: an empty list if neither the message nor a dead letter exists, else
--         { size in bytes, the beginning of the value, SHA-1 of the whole value (empty if it is larger than ARGV[2]),
--           place: 'dead', 'scheduled', 'waiting', 'redelivering', 'ready' or '' = in none of these, or not looked for,
--           score in ms (0 if none), deliveries, why it is a dead letter or waits (else empty), deadline in ms (0 if none),
--           attributes as in groups.lua (at most 300 bytes, empty if none) }
--@include arguments
--@include count
--@include letter
local message, ready, processing, dead, errors, failures, abandoned, expiry, arrived = unpack(KEYS)
local id, bytes, most = ARGV[1], number(2, 1, 2 ^ 30), number(3, 0, 1000000)
if string.sub(ready, 1, -6) .. 'message:' .. id ~= message then
  error('a key does not belong to its arguments')
end
local size = redis.pcall('STRLEN', message)
if type(size) == 'table' then
  size = 0
end
local died = redis.call('ZSCORE', dead, id)
if size == 0 and not died and redis.call('EXISTS', message) == 0 then
  return {}
end
local value = size > 0 and redis.call('GETRANGE', message, 0, bytes - 1) or ''
if value == 'RQ/expired' and not died then -- expired or deleted, but still ready
  return {}
end
local place, score, reason, deliveries = '', died, '', 0
local base = string.sub(ready, 1, -6)
local attributes = redis.call('HGET', base .. 'attributes', id) or ''
if died then
  place = 'dead'
  reason, deliveries = letter(redis.call('HGET', errors, id))
else
  deliveries = count(redis.call('HGET', failures, id)) + count(redis.call('HGET', abandoned, id))
  local due = redis.call('ZSCORE', base .. 'scheduled', id)
  score = due or redis.call('ZSCORE', processing, id .. ' -')
  local sequence, group = string.match(attributes, '^(%x+) (%S+)')
  if due then
    place = 'scheduled'
  elseif sequence and redis.call('ZSCORE', base .. 'waiting', group .. ' ' .. sequence .. ' ' .. id) then
    place, score = 'waiting', 0
    local head = redis.call('HGET', base .. 'heads', group)
    if head then
      local is_dead = redis.call('ZSCORE', base .. 'dead', head)
      reason = 'It waits for ' .. (is_dead and 'the dead letter ' or '') .. string.sub(head, 1, 200) .. ' of its group'
    end
  elseif score then
    place = 'redelivering'
  elseif redis.call('ZSCORE', base .. 'prioritized', id) then
    place = 'ready'
  elseif redis.call('LPOS', arrived, id) or redis.call('LLEN', ready) <= most and redis.call('LPOS', ready, id) then
    place = 'ready'
  end
end
local deadline = redis.call('ZSCORE', expiry, id)
return {
  size,
  value,
  size <= bytes and redis.sha1hex(value) or '',
  place,
  math.floor(math.max(0, math.min(2 ^ 53, tonumber(score or 0)))),
  deliveries,
  reason,
  deadline and math.floor(math.min(2 ^ 53, math.abs(tonumber(deadline)))) or 0,
  string.sub(attributes, 1, 300),
}
