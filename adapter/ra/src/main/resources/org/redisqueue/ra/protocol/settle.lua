-- Determines the outcome of a call that was not answered, and fences the call if it was not executed, so that it never
-- will be.
--
-- KEYS[1]  lane  STRING  as in lane.lua
-- ARGV[1]  number and nonce of the call, as in lane.lua
-- ARGV[2]  Redis time until which the receipt of the call is certainly kept, seconds, 10 digits
--
-- Result: { code, Redis time in seconds, report if there is one }, where code is 1, 2, 3 or 4 as in lane.lua, or
--         6 = unknown, because the receipt may have expired
local lane, signature, kept = KEYS[1], ARGV[1], ARGV[2]
local digits = string.sub(signature, 1, 16)
if #signature < 19 or #kept ~= 10 then
  return redis.error_reply('ERR The call to settle is malformed')
end
redis.call('PEXPIRE', lane, '3600000') -- uses no memory; after it, Redis does not refuse the next write
local now = redis.call('TIME')[1]
local receipt = redis.call('GET', lane) or ''
local last = string.sub(receipt, 1, 16)
if last > digits then
  return { 4, now }
elseif last == digits then
  if string.sub(receipt, 1, #signature) == signature then
    return { 1, now, #receipt > #signature and cmsgpack.unpack(string.sub(receipt, #signature + 1)) or nil }
  end
  return { string.sub(receipt, 18) == 'FENCED ' and 2 or 3, now }
elseif now >= kept then
  return { 6, now }
end
redis.call('PSETEX', lane, '3600000', digits .. ' FENCED ')
return { 2, now }
