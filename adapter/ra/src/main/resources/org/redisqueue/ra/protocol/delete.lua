-- Deletes a message that is ready, scheduled or waiting, or a dead letter. If many messages are ready, the message keeps
-- its place among them but loses its body, like an expired message; a claim drops it, and a message that is sent with
-- its id replaces it. If a message was sent with the id of a dead letter whose own message is gone, only the letter is
-- deleted.
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
-- Also read and written, next to KEYS[2]: scheduled ZSET and the keys of groups.lua
-- ARGV[1]  id
-- ARGV[2]  number of ready messages, 0 to 1,000,000, up to which the message is removed from among them
-- ARGV[3]  number of ready messages to skip if there are more, counted from the next one, before looking for the id
-- ARGV[4]  how many to examine then, 1 to 10,000
--
-- Result: 1 = deleted, 0 = there is no such message, -1 = it is neither ready, scheduled, waiting nor a dead letter,
--         -2 = many messages are ready, and it is not among those that were examined
--@include arguments
--@include undo
--@include letter
--@include gather
--@include groups
local message, ready, processing, dead, errors, failures, abandoned, expiry, arrived = unpack(KEYS)
local id, most, skip, examined = ARGV[1], number(2, 0, 1000000), number(3, 0, 2 ^ 53), number(4, 1, 10000)
local tombstone = 'RQ/expired'
local base = string.sub(ready, 1, -6)
local scheduled, waiting = base .. 'scheduled', base .. 'waiting'
if string.sub(ready, 1, -6) .. 'message:' .. id ~= message then
  error('a key does not belong to its arguments')
end

-- Everything is read before anything is written, which also refuses keys of the wrong type.
local died = redis.call('ZSCORE', dead, id)
local reason = redis.call('HGET', errors, id)
local failed, left = redis.call('HGET', failures, id), redis.call('HGET', abandoned, id)
local deadline = redis.call('ZSCORE', expiry, id)
local length = redis.call('LLEN', ready) + redis.call('LLEN', arrived)
local exists = redis.call('EXISTS', message) == 1
local due = redis.call('ZSCORE', scheduled, id)
local redelivered = redis.call('ZSCORE', processing, id .. ' -')
local grouped = check_groups(base)
local own = grouped and redis.call('HGET', base .. 'attributes', id)
local sequence, group = nil, nil
if own then
  sequence, group = parse_attributes(own)
end
local member = sequence and group and group .. ' ' .. sequence .. ' ' .. id
local waits = member and redis.call('ZSCORE', waiting, member)
local rank = redis.call('ZSCORE', base .. 'prioritized', id)
local _, _, gone = letter(reason)

local function is_ready()
  return redis.call('LPOS', arrived, id) or redis.call('LPOS', ready, id)
end

gone = died and (gone or redelivered or due or waits or rank or exists and length <= most and is_ready())

local function removed(command, key, value, restore)
  if value then
    write(function()
      redis.pcall(restore, key, unpack(restore == 'ZADD' and { value, id } or { id, value }))
    end, command, key, id)
  end
end

local function forgotten()
  leave(base, { id })
  removed('HDEL', failures, failed, 'HSET')
  removed('HDEL', abandoned, left, 'HSET')
  removed('ZREM', expiry, deadline, 'ZADD')
end

local result = 1
local failure = all_or_nothing(function()
  if own and not gone then
    begin_leaving(base, { id })
  end
  if died then
    removed('ZREM', dead, died, 'ZADD')
    removed('HDEL', errors, reason, 'HSET')
    if not gone then
      forgotten()
      redis.call('UNLINK', message) -- last, because it cannot be undone
    end
  elseif due or waits or rank then
    removed('ZREM', scheduled, due, 'ZADD')
    removed('ZREM', base .. 'prioritized', rank, 'ZADD')
    forgotten() -- also removes it from its group
    redis.call('UNLINK', message) -- last, because it cannot be undone
  elseif length <= most then
    if not is_ready() then
      result = exists and -1 or 0
      return
    end
    gather(arrived, ready)
    local position = redis.call('LPOS', ready, id)
    local successor = redis.call('LINDEX', ready, position + 1)
    write(function()
      redis.pcall(unpack(successor and { 'LINSERT', ready, 'BEFORE', successor, id } or { 'RPUSH', ready, id }))
    end, 'LREM', ready, 0, id)
    forgotten()
    redis.call('UNLINK', message)
  else
    local first, last = string.format('%.0f', -skip - examined), string.format('%.0f', -skip - 1)
    local place = redis.call('LPOS', arrived, id)
    for _, each in ipairs(redis.call('LRANGE', ready, first, last)) do
      place = place or each == id
    end
    if not place or not exists then
      result = exists and -2 or 0
      return
    end
    write(function()
      if deadline then
        redis.pcall('ZADD', expiry, deadline, id)
      else
        redis.pcall('ZREM', expiry, id)
      end
    end, 'ZADD', expiry, 0, id)
    redis.call('SET', message, tombstone) -- last, because it cannot be undone
  end
end)
if not failure then
  wake_prioritized(base)
end
return failure or result
