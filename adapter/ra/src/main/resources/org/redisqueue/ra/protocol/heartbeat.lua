-- Records that a server is alive, and what has changed since its last heartbeat. Writes nothing if the heartbeat contains
-- only changes but the record that they apply to is missing; the next heartbeat must then be complete.
-- If Redis refuses one of the writes, those before it remain. This does no harm, because the next heartbeat is complete.
--
-- KEYS[1]  servers  ZSET  server -> time of its last heartbeat, ms
-- KEYS[2]  server   HASH  'info' and 'listener:<number>' -> JSON objects
-- ARGV[1]  server, 1 to 64 characters
-- ARGV[2]  how long the record is kept after the last heartbeat, ms, 1 to 604,800,000
-- ARGV[3]  1 = complete, 0 = only changes
-- ARGV[4]  number of fields to remove, 0 to 1,000,000
-- then     field to remove ...
-- then     field, value ...
--
-- Result: { 1 if the heartbeat was recorded, else 0 }
--@include arguments
local servers, server = KEYS[1], KEYS[2]
local id, kept, complete, removed = ARGV[1], number(2, 1, 604800000), number(3, 0, 1), number(4, 0, 1000000)
if #id == 0 or #id > 64 then
  error('argument 1 must have 1 to 64 characters')
end
local pairs_at = 5 + removed
if #ARGV < pairs_at - 1 or (#ARGV - pairs_at + 1) % 2 ~= 0 then
  error('the arguments must end with fields and their values')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if complete == 0 and redis.call('HEXISTS', server, 'info') == 0 then
  return { 0 }
end
-- Arguments of one command, because Lua cannot pass more than some thousands.
local batch = 1000
if complete == 1 then
  redis.call('UNLINK', server)
end
for i = 5, pairs_at - 1, batch do
  redis.call('HDEL', server, unpack(ARGV, i, math.min(i + batch, pairs_at) - 1))
end
for i = pairs_at, #ARGV, batch do
  redis.call('HSET', server, unpack(ARGV, i, math.min(i + batch - 1, #ARGV)))
end
redis.call('PEXPIRE', server, string.format('%.0f', kept))
redis.call('ZADD', servers, string.format('%.0f', now), id)
-- Servers that died long ago. If this is refused, it can wait.
local ended = redis.pcall('ZRANGE', servers, '-inf', string.format('%.0f', now - kept), 'BYSCORE', 'LIMIT', 0, 100)
if not ended.err and #ended > 0 then
  redis.pcall('ZREM', servers, unpack(ended))
end
return { 1 }
