-- One step of an operation on the messages that are ready: deletes those that are delivered next, or moves messages to
-- another queue, where they expire at the same time. A message that has expired, or whose id is in use in the other queue,
-- stays. The messages of a group that wait are deleted before ready ones, and are moved after the head of the group.
-- Messages with a priority that were sent before the job began come first. All or nothing. Ends after about two
-- milliseconds.
--
-- KEYS[1]  job                  HASH
-- KEYS[2]  ready                LIST
-- KEYS[3]  failures             HASH
-- KEYS[4]  abandoned            HASH
-- KEYS[5]  expiry               ZSET
-- KEYS[6]  ready of the target  LIST; the same as KEYS[2] if messages are deleted
-- KEYS[7]  expiry of the target ZSET; the same as KEYS[5] if messages are deleted
-- KEYS[8]  arrived              LIST; its messages return to ready first
-- Also read and written, next to KEYS[2] and KEYS[6]: the keys of groups.lua
-- ARGV[1]  action: 'delete' or 'move'
-- ARGV[2]  maximum number of messages to consider, 1 to 1,000
-- ARGV[3]  number of messages at the right end to skip, because they cannot be moved, 0 to 50,000; 0 if messages are deleted
-- ARGV[4]  number of ready messages, 0 to 1,000,000, up to which ids are looked for among them
-- ARGV[5]  ids of the messages to move, instead of those that are delivered next
--
-- Result: { number of messages considered, number of messages changed }; considered is -1 if there are too many ready
--         messages to look for ids
--@include arguments
--@include undo
--@include jobs
--@include traces
--@include gather
--@include groups
local job, ready, failures, abandoned, expiry, target, target_expiry, arrived = unpack(KEYS)
local action, limit, skip, most = ARGV[1], number(2, 1, 1000), number(3, 0, 50000), number(4, 0, 1000000)
local prefix, target_prefix = string.sub(ready, 1, -6) .. 'message:', string.sub(target, 1, -6) .. 'message:'
local by_id = #ARGV > 4
if action ~= 'delete' and action ~= 'move' or by_id and action ~= 'move' then
  error("argument 1 must be 'delete' or 'move'")
elseif skip ~= math.floor(skip) or action == 'delete' and skip > 0 then
  error('argument 3 is not valid')
end
local base, target_base = string.sub(ready, 1, -6), string.sub(target, 1, -6)
local grouped = check_groups(base)
local target_grouped = target_base ~= base and check_groups(target_base)
local now = milliseconds()
local ids = {}
local prioritized, ranks = base .. 'prioritized', {} -- the scores there, by id

-- Deletes messages that wait for others of their groups.
local waiting = grouped and action == 'delete' and redis.call('ZRANGE', base .. 'waiting', 0, limit - 1) or {}
if #waiting > 0 then
  for i, member in ipairs(waiting) do
    ids[i] = string.match(member, '([^ ]*)$')
  end
  local refused = all_or_nothing(function()
    report(job, now)
    progress(job, now, #ids, #ids)
    leave(base, ids)
    remove_members(base .. 'waiting', waiting) -- what is left of them, if they have no attributes
    remove_fields(failures, ids)
    remove_fields(abandoned, ids)
    remove_members(expiry, ids)
    local keys = {}
    for i, id in ipairs(ids) do
      keys[i] = prefix .. id
    end
    redis.call('UNLINK', unpack(keys)) -- last, because it cannot be undone
  end)
  return refused or { #ids, #ids }
end

-- Finds ready messages with a priority that were sent before the job began: one with a higher priority that is sent
-- later would come first.
local function find_prioritized()
  local last = tonumber(redis.call('HGET', job, 'sequence') or 0)
  for priority = 10, redis.call('EXISTS', prioritized) == 1 and -10 or 11, -1 do
    local first, final = string.format('%.0f', -priority * 2 ^ 42), string.format('%.0f', -priority * 2 ^ 42 + last)
    local n = redis.call('ZCOUNT', prioritized, first, final)
    if n > skip then
      local found = redis.call('ZRANGE', prioritized, first, final, 'BYSCORE', 'LIMIT', skip, limit, 'WITHSCORES')
      for i = 1, #found, 2 do
        ids[#ids + 1] = found[i]
        ranks[found[i]] = found[i + 1]
      end
      return
    end
    skip = skip - n
  end
end

if by_id then
  if redis.call('LLEN', ready) > most then
    return { -1, 0 }
  end
  local seen = {}
  for i = 5, #ARGV do
    local id = ARGV[i]
    ranks[id] = redis.call('ZSCORE', prioritized, id) or nil
    local is_ready = ranks[id] or redis.call('LPOS', arrived, id) or redis.call('LPOS', ready, id)
    if not seen[id] and id ~= '' and is_ready then
      ids[#ids + 1] = id
    end
    seen[id] = true
  end
else
  find_prioritized()
  if #ids == 0 then
    ids = ready_ids(arrived, ready, skip, limit)
  end
end
local considered = by_id and #ARGV - 4 or #ids
redis.call('LLEN', target)
redis.call('ZCARD', target_expiry)
local movable, deadlines = {}, {}
if action == 'move' and #ids > 0 then
  for i, deadline in ipairs(redis.call('ZMSCORE', expiry, unpack(ids))) do
    local time = deadline and math.abs(tonumber(deadline)) -- 0 if its body was freed
    if not time or time > now then
      movable[#movable + 1] = ids[i]
      deadlines[ids[i]] = time or nil
    end
  end
end
local changed = 0

-- Gives moved messages the deadlines that they had. A deadline that an earlier message left there does not apply to them.
local function move_deadlines(moved)
  local added, members = {}, {}
  for _, id in ipairs(moved) do
    if deadlines[id] then
      members[#members + 1] = id
      added[#added + 1] = string.format('%.0f', deadlines[id])
      added[#added + 1] = id
    end
  end
  remove_members(target_expiry, moved)
  if #members > 0 then
    write(function()
      redis.pcall('ZREM', target_expiry, unpack(members))
    end, 'ZADD', target_expiry, unpack(added))
  end
end
-- Removes messages of the window. Marks them by position, so that the messages that are skipped are passed only once.
local function remove_marked(moved)
  local marker, is_moved = ' ' .. job, {} -- not a valid id
  for _, id in ipairs(moved) do
    is_moved[id] = true
  end
  for i, id in ipairs(ids) do
    if is_moved[id] then
      is_moved[id] = nil
      local position = string.format('%.0f', -skip - i)
      write(function()
        redis.pcall('LSET', ready, position, id)
      end, 'LSET', ready, position, marker)
    end
  end
  write(nil, 'LREM', ready, -#moved, marker)
end

-- The group of a message (nil = none) and its priority.
local function group_of(id)
  local own = grouped and redis.call('HGET', base .. 'attributes', id)
  local _, group, priority = parse_attributes(own or '')
  return group, priority
end

-- Moves the messages that wait for these heads, in their sequence, up to the first that cannot be moved.
local function follow(moved)
  local followers = {}
  for _, id in ipairs(moved) do
    local group = group_of(id)
    local left = limit - #ids - #followers
    local range = { '[' .. (group or '') .. ' ', '(' .. (group or '') .. '!', 'BYLEX', 'LIMIT', 0, left }
    local is_head = group and redis.call('HGET', base .. 'heads', group) == id
    for _, member in ipairs(is_head and left > 0 and redis.call('ZRANGE', base .. 'waiting', unpack(range)) or {}) do
      local follower = string.match(member, '([^ ]*)$')
      local deadline = redis.call('ZSCORE', expiry, follower)
      if group_of(follower) ~= group or deadline and math.abs(tonumber(deadline)) <= now then
        break
      end
      deadlines[follower] = deadline and math.abs(tonumber(deadline)) or nil
      if #move_values({ follower }, prefix, target_prefix) == 0 then
        break
      end
      followers[#followers + 1] = follower
    end
  end
  return followers
end

-- Makes moved messages ready in the other queue, where those of a group are in the sequence in which they are moved.
local function publish(moved)
  if target_grouped then
    leave(target_base, moved) -- what earlier messages with these ids left there
  end
  local pushed = {}
  for _, id in ipairs(moved) do
    local group, priority = group_of(id)
    local joins = group or priority ~= 0
    pushed[#pushed + 1] = not joins and id or joins and join(target_base, id, group, priority) or nil
  end
  make_ready(target_base, pushed)
end

local failure = all_or_nothing(function()
  report(job, now) -- first: what it needs is also needed to undo
  begin_leaving(base, grouped and ids or {})
  begin_leaving(target_base, target_grouped and movable or {})
  gather(arrived, ready)
  local gone, followers = ids, {}
  if action == 'move' then
    gone = move_values(movable, prefix, target_prefix)
    followers = grouped and not by_id and follow(gone) or {}
  end
  if #gone > 0 then
    if action == 'move' then
      publish(gone)
      move_deadlines(gone)
    end
    if #followers > 0 then
      publish(followers)
      move_deadlines(followers)
      leave(base, followers)
      remove_fields(failures, followers)
      remove_fields(abandoned, followers)
      remove_members(expiry, followers)
    end
    remove_fields(failures, gone)
    remove_fields(abandoned, gone)
    remove_members(expiry, gone)
  end
  considered = considered + #followers
  progress(job, now, considered, #gone + #followers)
  if grouped and #gone > 0 then
    leave(base, gone) -- pushes the next messages of their groups, at the other end of ready
  end
  -- The removals from ready come last. Those of single messages cannot be undone.
  if next(ranks) and not by_id then
    if #gone > 0 then
      remove_members(prioritized, gone)
    end
  elseif action == 'delete' or not by_id and skip == 0 and #gone == #ids then
    write(function()
      for i = #ids, 1, -1 do
        redis.pcall('RPUSH', ready, ids[i])
      end
    end, 'LTRIM', ready, 0, -#ids - 1)
  elseif by_id then
    local prior = {}
    for _, id in ipairs(gone) do
      prior[#prior + 1] = ranks[id] and id or nil
    end
    if #prior > 0 then
      remove_members(prioritized, prior)
    end
    for _, id in ipairs(gone) do
      if not ranks[id] then
        write(nil, 'LREM', ready, -1, id)
      end
    end
  elseif #gone > 0 then
    remove_marked(gone)
  end
  if action == 'delete' and #gone > 0 then
    local keys = {}
    for i, id in ipairs(gone) do
      keys[i] = prefix .. id
    end
    redis.call('UNLINK', unpack(keys)) -- last, because it cannot be undone
  end
  changed = #gone + #followers
end)
if not failure then
  wake_prioritized(base)
end
return failure or { considered, changed }
