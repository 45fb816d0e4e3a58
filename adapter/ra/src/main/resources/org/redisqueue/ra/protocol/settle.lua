-- Finds out what became of a call that was not answered; one that was not executed can never be from now on.
--
-- KEYS[1]  lane  STRING  as in lane.lua
-- ARGV[1]  number and nonce of the call, as in lane.lua
-- ARGV[2]  time of Redis until which its receipt is certainly kept, ms
--
-- Result: { code, time of Redis in ms, report if there is one } with a code of lane.lua: 1, 2, 3 or 4; or 6 = not known, as its receipt
--   may have expired
local lane, signature, kept = KEYS[1], ARGV[1], tonumber(ARGV[2])
local digits = string.sub(signature, 1, 16)
local number = tonumber(digits)
if not number or not kept or #signature < 19 then
  return redis.error_reply('ERR the call to settle is malformed')
end
redis.call('PEXPIRE', lane, '3600000') -- a write that takes no memory: Redis does not refuse the next one
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local receipt = redis.call('GET', lane) or '0000000000000000 FENCED '
local last = tonumber(string.sub(receipt, 1, 16))
if not last then
  return redis.error_reply('ERR the lane holds no receipt')
elseif last > number then
  return { 4, now }
elseif last == number then
  if string.sub(receipt, 1, #signature) == signature then
    return { 1, now, #receipt > #signature and cmsgpack.unpack(string.sub(receipt, #signature + 1)) or nil }
  end
  return { string.sub(receipt, 18) == 'FENCED ' and 2 or 3, now }
elseif now > kept then
  return { 6, now }
end
redis.call('PSETEX', lane, '3600000', digits .. ' FENCED ')
return { 2, now }
