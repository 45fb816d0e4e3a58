-- One step of deleting a queue: removes claimed and waiting messages, and at the end everything that the queue consists
-- of besides messages. The ready messages and the dead letters have been deleted before.
--
-- KEYS[1]  job         HASH
-- KEYS[2]  processing  ZSET
-- KEYS[3]  prepared    HASH
-- KEYS     all other keys of the queue that are not messages
-- ARGV[1]  maximum number of messages to remove, 1 to 1,000
--
-- Result: { number of messages removed, 1 if there are more, else 0 }; or the error RQPREPARED if the queue has prepared
--         branches
--@include arguments
--@include jobs
local job, processing, prepared = KEYS[1], KEYS[2], KEYS[3]
local limit = number(1, 1, 1000)
local prefix = string.sub(prepared, 1, -9) .. 'message:'
if redis.call('HLEN', prepared) > 0 then
  return redis.error_reply('RQPREPARED The queue has prepared branches')
end
local members = redis.call('ZRANGE', processing, 0, limit - 1)
if #members > 0 then
  local keys = {}
  for i, member in ipairs(members) do
    keys[i] = prefix .. (string.match(member, '^(.*) %S+$') or member)
  end
  redis.call('UNLINK', unpack(keys))
  redis.call('ZREM', processing, unpack(members))
  progress(job, milliseconds(), 0, #members)
  return { #members, 1 }
end
redis.call('UNLINK', unpack(KEYS, 4))
return { 0, 0 }
