-- Finds out what became of a call that was not answered; one that was not executed can never be from now on.
--
-- KEYS[1]  lane  STRING  as in lane.lua
-- ARGV[1]  number of the call
-- ARGV[2]  nonce of the call
-- ARGV[3]  time of Redis until which its receipt is certainly kept, ms
--
-- Result: { code, time of Redis in ms, report } with a code of lane.lua: 1, 2, 3 or 4; or 6 = not known, as its receipt
--   may have expired
local lane, nonce, kept = KEYS[1], ARGV[2], tonumber(ARGV[3])
local number = tonumber(ARGV[1])
if not number or not kept or not nonce or not string.find(ARGV[1], '^%d+$') then
  return redis.error_reply('ERR the call to settle is malformed')
end
redis.call('PEXPIRE', lane, 3600000) -- a write that takes no memory: Redis does not refuse the next one
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last, by, packed = string.match(redis.call('GET', lane) or '0 FENCED', '^(%d+) (%w+) ?(.*)$')
last = tonumber(last)
if not last then
  return redis.error_reply('ERR the lane holds no receipt')
elseif last > number then
  return { 4, now, {} }
elseif last == number then
  if by == nonce then
    return { 1, now, packed == '' and {} or cmsgpack.unpack(packed) }
  end
  return { by == 'FENCED' and 2 or 3, now, {} }
elseif now > kept then
  return { 6, now, {} }
end
redis.call('SET', lane, ARGV[1] .. ' FENCED', 'PX', 3600000)
return { 2, now, {} }
