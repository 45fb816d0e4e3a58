-- One step of deleting a queue: removes claimed, waiting and scheduled messages or, if there are none and this is
-- requested, everything else that the queue consists of. Messages that a consumer holds stay until their lease ends. All
-- or nothing.
--
-- KEYS[1]  job         HASH
-- KEYS[2]  processing  ZSET
-- KEYS[3]  prepared    HASH
-- KEYS[4]  ready       LIST
-- KEYS[5]  dead        ZSET
-- KEYS[6]  arrived     LIST
-- Also read and written, next to KEYS[4]: scheduled and expiry, both ZSET; the keys of groups.lua
-- KEYS     all other keys of the queue that are not messages
-- ARGV[1]  maximum number of messages to remove, 1 to 1,000
-- ARGV[2]  'entries' = removes only messages in processing, waiting and scheduled, 'queue' = also the rest of a queue
--          without messages
--
-- Result: 'deleted', 'continue' = there may be more messages in processing, 'held' = consumers hold those that were
--         considered, 'empty' = there are none there, or
--         'ready' = the queue cannot be deleted, because messages are ready or dead letters; or the error RQPREPARED if prepared branches belong to the queue or have claimed from it
--@include arguments
--@include undo
--@include jobs
--@include traces
--@include readycount
--@include groups
local job, processing, prepared, ready, dead, arrived = unpack(KEYS)
local limit, extent = number(1, 1, 1000), ARGV[2]
local prefix = string.sub(prepared, 1, -9) .. 'message:'
local base = string.sub(prepared, 1, -9)
if base .. 'processing' ~= processing or base .. 'ready' ~= ready then
  error('a key does not belong to its queue')
elseif extent ~= 'entries' and extent ~= 'queue' then
  error("argument 2 must be 'entries' or 'queue'")
end
if redis.call('HLEN', prepared) > 0 or redis.call('ZCOUNT', processing, 'inf', 'inf') > 0 then
  return redis.error_reply('RQPREPARED The queue has messages of prepared branches. Decide them first.')
end
local grouped = check_groups(base)

-- Removes members of a set of messages that no consumer has claimed.
local function remove_unclaimed(set, members)
  local ids, messages = {}, {}
  for i, member in ipairs(members) do
    ids[i] = string.match(member, '([^ ]*)$')
    messages[i] = prefix .. ids[i]
  end
  local failure = all_or_nothing(function()
    progress(job, milliseconds(), 0, #ids)
    leave(base, ids)
    remove_members(set, members)
    remove_members(base .. 'expiry', ids)
    redis.call('UNLINK', unpack(messages)) -- last, because it cannot be undone
  end)
  return failure or 'continue'
end

for _, set in ipairs({ base .. 'scheduled', base .. 'waiting' }) do
  local found = redis.call('ZRANGE', set, 0, limit - 1)
  if #found > 0 then
    return remove_unclaimed(set, found)
  end
end
local entries = redis.call('ZRANGE', processing, 0, limit - 1, 'WITHSCORES')
if #entries > 0 then
  local now = milliseconds()
  local messages, members, scores, ids = {}, {}, {}, {}
  for i = 1, #entries, 2 do
    local member, due = entries[i], entries[i + 1]
    local id, token = string.match(member, '^(.*) (%S+)$')
    if not token or token == '-' or tonumber(due) <= now then
      members[#members + 1] = member
      messages[#messages + 1] = prefix .. (id or member)
      ids[#ids + 1] = id or member
      scores[#scores + 1] = due
      scores[#scores + 1] = member
    end
  end
  if #members == 0 then
    report(job, now)
    return 'held'
  end
  local failure = all_or_nothing(function()
    progress(job, now, 0, #members)
    begin_leaving(base, grouped and ids or {})
    write(function()
      redis.pcall('ZADD', processing, unpack(scores))
    end, 'ZREM', processing, unpack(members))
    if grouped then
      leave(base, ids)
    end
    redis.call('UNLINK', unpack(messages)) -- last, because it cannot be undone
  end)
  return failure or 'continue'
elseif extent == 'entries' then
  return 'empty'
elseif ready_count(ready, arrived) > 0 or redis.call('ZCARD', dead) > 0 then
  return 'ready'
end
redis.call('UNLINK', ready, unpack(KEYS, 6)) -- ready may still hold a wake-up
return 'deleted'
