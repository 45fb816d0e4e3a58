-- Returns claimed messages that were not delivered to ready. They are the next to be delivered, in the order of the
-- claim: at the right end of ready or, if messages are in arrived or a wake-up is under way, at that of arrived. Those
-- with a priority return to prioritized. No counter changes.
-- If the queue has a rate limit, the messages do not count, and others may be claimed in their place.
-- All or nothing: if Redis refuses a write, the writes before it are undone.
--
-- KEYS[1]  processing  ZSET
-- KEYS[2]  ready       LIST
-- KEYS[3]  expiry      ZSET  id -> deadline, ms; negative while the message is in processing
-- KEYS[4]  arrived     LIST
-- Also read, next to KEYS[2]:              settings  HASH    see limits.lua
-- Also read and written, next to KEYS[2]:  rate      STRING  see rate.lua; the keys of groups.lua
-- ARGV[2i - 1, 2i]     id, token of message i, in the order of the claim
--
-- Result: number of messages that were returned; the others were not held
--@include undo
--@include wakeup
--@include groups
--@include rate
local processing, ready, expiry, arrived = unpack(KEYS)
local base = string.sub(ready, 1, -6)
local prioritized = base .. 'prioritized'
if base .. 'processing' ~= processing or base .. 'expiry' ~= expiry or base .. 'arrived' ~= arrived then
  error('a key does not belong to its queue')
end
-- These reads also refuse keys of the wrong type before anything is written.
local waking = redis.call('LRANGE', ready, -1, -1)[1] == ''
local target = (redis.call('LLEN', arrived) > 0 or waking) and arrived or ready
local expiring = redis.call('ZCARD', expiry) > 0
local ranked = redis.call('EXISTS', base .. 'attributes') == 1 and check_groups(base)
local interval, now, taken, stored -- of the rate limit, if messages have been claimed under it
if redis.call('EXISTS', base .. 'rate') == 1 then
  local limit = redis.call('HMGET', base .. 'settings', 'rateLimit')[1]
  interval = limit and rate_interval(limit)
  if interval then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
    taken, stored = read_rate(base .. 'rate', interval, now)
  end
end
if #ARGV % 2 == 1 then
  error('an id without a token')
end

local chunk = 1000
local chunks, known, released = {}, {}, 0
for i = #ARGV - 1, 1, -2 do
  local id, member = ARGV[i], ARGV[i] .. ' ' .. ARGV[i + 1]
  local score = redis.call('ZSCORE', processing, member)
  if score and score ~= 'inf' and not known[member] then
    known[member] = true
    if released % chunk == 0 then
      chunks[#chunks + 1] = { ids = {}, members = {}, scores = {}, shown = {}, hidden = {}, prior = {}, ranks = {} }
    end
    local part = chunks[#chunks]
    local own = ranked and redis.call('HGET', base .. 'attributes', id)
    local rank = own and rank_of(own)
    if rank then
      part.prior[#part.prior + 1] = id
      part.ranks[#part.ranks + 1] = rank
      part.ranks[#part.ranks + 1] = id
    else
      part.ids[#part.ids + 1] = id
    end
    part.members[#part.members + 1] = member
    part.scores[#part.scores + 1] = score
    part.scores[#part.scores + 1] = member
    released = released + 1
    local deadline = expiring and redis.call('ZSCORE', expiry, id)
    if deadline and tonumber(deadline) < 0 then
      part.shown[#part.shown + 1] = -deadline
      part.shown[#part.shown + 1] = id
      part.hidden[#part.hidden + 1] = deadline
      part.hidden[#part.hidden + 1] = id
    end
  end
end

local failure = all_or_nothing(function()
  -- Start with a write that uses no memory: at maxmemory, Redis refuses commands that use memory only until the script
  -- has written.
  write(nil, 'ZREM', processing, '')
  for _, part in ipairs(chunks) do
    if #part.ids > 0 then
      write(function()
        redis.pcall('LTRIM', target, 0, -#part.ids - 1)
      end, 'RPUSH', target, unpack(part.ids))
    end
    if #part.prior > 0 then
      begin_ranks(base)
      waking_prioritized[ready] = true
      write(function()
        redis.pcall('ZREM', prioritized, unpack(part.prior))
      end, 'ZADD', prioritized, unpack(part.ranks))
    end
    if #part.shown > 0 then
      write(function()
        redis.pcall('ZADD', expiry, unpack(part.hidden))
      end, 'ZADD', expiry, unpack(part.shown))
    end
  end
  if stored and released > 0 then
    write_rate(base .. 'rate', taken - released * interval, now, stored)
  end
  for _, part in ipairs(chunks) do
    write(function()
      redis.pcall('ZADD', processing, unpack(part.scores))
    end, 'ZREM', processing, unpack(part.members))
  end
end)
if failure then
  return failure
end
if released > 0 and target == arrived then
  wake(ready)
end
wake_prioritized()
return released
