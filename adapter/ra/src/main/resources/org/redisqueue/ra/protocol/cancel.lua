-- Removes a scheduled message that has not been published yet.
--
-- KEYS[1]           lane, see lane.lua
-- KEYS[2]           the message  STRING
-- KEYS[3]           scheduled    ZSET
-- KEYS[4]           expiry       ZSET
-- Also read and written, next to these: attributes HASH
-- ARGV[1], ARGV[2]  see lane.lua
-- ARGV[3]           id
--
-- Report, if the message was removed: { 1 }; otherwise, no message with this id is scheduled
--@include lane
--@include write
--@include reading
local message, scheduled, expiry, id = given(KEYS[2]), named(KEYS[3], ':scheduled'), given(KEYS[4]), given(ARGV[3])
local base = string.sub(scheduled, 1, -#'scheduled' - 1)
if base .. 'message:' .. id ~= message or base .. 'expiry' ~= expiry then
  error('a key does not belong to its arguments', 0)
end

-- Everything is read before anything is written, which also refuses keys of the wrong type.
local due, deadline = redis.call('ZSCORE', scheduled, id), redis.call('ZSCORE', expiry, id)
local attributes = base .. 'attributes'
local own = redis.call('HGET', attributes, id)
return execute(due and { 1 } or {}, false, function()
  if due then
    write({ 'ZADD', scheduled, due, id }, 'ZREM', scheduled, id)
    if deadline then
      write({ 'ZADD', expiry, deadline, id }, 'ZREM', expiry, id)
    end
    if own then
      write(nil, 'HSET', attributes, id, own) -- no change; tests whether Redis would refuse the undo
      write({ 'HSET', attributes, id, own }, 'HDEL', attributes, id)
    end
    write(nil, 'UNLINK', message) -- last, because it cannot be undone
  end
end)
