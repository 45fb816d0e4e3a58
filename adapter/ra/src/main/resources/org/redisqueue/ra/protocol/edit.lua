-- Replaces the value of a dead letter, if it has not changed in the meantime.
--
-- KEYS[1]  the message  STRING
-- KEYS[2]  dead         ZSET
-- KEYS[3]  errors       HASH
-- ARGV[1]  id
-- ARGV[2]  SHA-1 of the value to replace
-- ARGV[3]  the new value
--
-- Result: 1 = replaced, 0 = the value has changed, -1 = it is not a dead letter, -2 = the message does not exist
--@include letter
local message, dead, errors = unpack(KEYS)
local id, digest, value = ARGV[1], ARGV[2], ARGV[3]
if string.sub(dead, 1, -5) .. 'message:' .. id ~= message then
  error('a key does not belong to its arguments')
elseif not redis.call('ZSCORE', dead, id) then
  return -1
end
local old = redis.call('GET', message)
local _, _, gone = letter(redis.call('HGET', errors, id))
if not old or gone then -- a message that was sent later with its id is not the letter's
  return -2
elseif redis.sha1hex(old) ~= digest then
  return 0
end
redis.call('SET', message, value, 'KEEPTTL')
return 1
