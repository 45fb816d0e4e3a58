-- Takes messages for one consumer: those in processing that are due again first, then ready ones.
-- What cannot be delivered is set aside here, so that it never stops the queue.
--
-- KEYS[1]  ready       LIST
-- KEYS[2]  processing  ZSET  '<id> <token>' -> due, ms
-- KEYS[3]  dead        ZSET  id -> when it was given up, ms
-- KEYS[4]  failures    HASH  id -> count
-- KEYS[5]  abandoned   HASH  id -> count
-- KEYS[6]  errors      HASH  id -> why it is dead, JSON
-- KEYS[7]  paused      STRING
-- Beside processing:  lost:<id> <token>  STRING  tells a consumer for an hour that another one has the message now
-- ARGV[1]  how many at most
-- ARGV[2]  token of this claim
-- ARGV[3]  lease, ms
-- ARGV[4]  what a message's key begins with, before its id
-- ARGV[5]  how often a message may be abandoned
-- ARGV[6]  how long a message may be, bytes
--
-- Result: { paused (1 or 0),
--           ms until the next entry of processing is due, 0 = at once, -1 = none,
--           { id, value, failures, abandoned, ... },
--           { id of a message that was not there any more, ... },
--           { id of a message that is dead now, reason, ... } }
local ready, processing, dead, failures, abandoned, errors, paused = unpack(KEYS)
local batch, token, lease = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local prefix, max_abandoned, max_bytes = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local lost_prefix = string.sub(processing, 1, -#'processing' - 1) .. 'lost:'
local lost_ttl = 3600000

if redis.call('EXISTS', paused) == 1 then
  return { 1, -1, {}, {}, {} }
end
-- Keys of another type are refused before anything is written.
redis.call('LLEN', ready)
redis.call('ZCARD', dead)
for _, hash in ipairs({ failures, abandoned, errors }) do
  redis.call('HLEN', hash)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local claimed, gone, buried = {}, {}, {}

local function bury(id, reason, deliveries)
  redis.call('ZADD', dead, now, id)
  redis.call('HSET', errors, id, cjson.encode({ reason = reason, deliveries = deliveries }))
  redis.call('HDEL', failures, id)
  redis.call('HDEL', abandoned, id)
  buried[#buried + 1] = id
  buried[#buried + 1] = reason
end

local ids, seen = {}, {}
for _, member in ipairs(redis.call('ZRANGE', processing, '-inf', now, 'BYSCORE', 'LIMIT', 0, batch)) do
  local id, holder = string.match(member, '^(.*) (%S+)$')
  redis.call('EXISTS', lost_prefix .. member) -- a user without a right to it is refused before anything is written
  redis.call('ZREM', processing, member)
  if not id then
    bury(member, 'It stood in processing without a token', 0)
  else
    if holder ~= '-' then -- its consumer died, or was too slow
      redis.call('HINCRBY', abandoned, id, 1)
      redis.call('SET', lost_prefix .. member, '', 'PX', lost_ttl)
    end
    if not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
end
if #ids < batch then
  for _, id in ipairs(redis.call('RPOP', ready, batch - #ids) or {}) do
    if #id == 0 or #id > 200 or string.find(id, '[^\33-\126]') then
      bury(id, 'The id is not 1 to 200 printable ASCII characters without a space', 0)
    elseif not seen[id] then
      seen[id] = true
      ids[#ids + 1] = id
    end
  end
end

if #ids > 0 then
  local keys = {}
  for i, id in ipairs(ids) do
    keys[i] = prefix .. id
  end
  local values = redis.call('MGET', unpack(keys))
  local failed = redis.call('HMGET', failures, unpack(ids))
  local left = redis.call('HMGET', abandoned, unpack(ids))
  local entries = {}
  for i, id in ipairs(ids) do
    local value, f, a = values[i], tonumber(failed[i] or 0), tonumber(left[i] or 0)
    if not value then
      local kind = redis.call('TYPE', keys[i]).ok
      if kind == 'none' then
        redis.call('HDEL', failures, id)
        redis.call('HDEL', abandoned, id)
        gone[#gone + 1] = id
      else
        bury(id, 'Its key holds a ' .. kind .. ' where a string is needed', f + a)
      end
    elseif #value > max_bytes then
      bury(id, 'Its ' .. #value .. ' bytes are more than maxMessageSize, ' .. max_bytes, f + a)
    elseif a > max_abandoned then
      bury(id, 'Abandoned ' .. a .. ' times: each time its consumer died or lost the lease', f + a)
    else
      entries[#entries + 1] = now + lease
      entries[#entries + 1] = id .. ' ' .. token
      claimed[#claimed + 1] = id
      claimed[#claimed + 1] = value
      claimed[#claimed + 1] = f
      claimed[#claimed + 1] = a
    end
  end
  if #entries > 0 then
    redis.call('ZADD', processing, unpack(entries))
  end
end

local first = redis.call('ZRANGE', processing, 0, 0, 'WITHSCORES')
local due = -1
if first[2] and first[2] ~= 'inf' then
  due = math.max(0, tonumber(first[2]) - now)
end
return { 0, due, claimed, gone, buried }
