-- Functions that publish messages with a group or a priority, and end them. At most one message of a group, its head, may
-- be delivered: it is ready or in processing. The others wait until it ends. A message with a priority is ready in
-- prioritized. Must be included after write.lua or undo.lua.
--
-- Next to the other keys of a queue:
--   attributes   HASH    id -> attributes of a message with a group or a priority. A dead letter keeps them, so that it
--                        returns to its place in the sequence when it is requeued:
--                          '<sequence number> <group>', '<sequence number> <group> <priority>',
--                          '<sequence number>  <priority>': without a group.
--                        '- ' before them = the message is scheduled, and gets its sequence number when it is published;
--                        of messages that are due at the same time, the one with the lowest number is published first
--   heads        HASH    group -> id of its head
--   waiting      ZSET    '<group> <sequence number> <id>', all with score 0; sorted by group and sequence
--   prioritized  ZSET    id -> -priority * 2^42 + sequence number: ready messages with a priority other than 0
--   sequence     STRING  the last sequence number
--   settings     HASH    onDeadLetter = 'block': a dead letter that is the head of its group remains the head until it is
--                        requeued, deleted or moved; only read
-- A sequence number has 16 hexadecimal digits. Groups and ids contain no spaces.

--@include awaited
-- Sequence number (nil if not published), group (nil if none), priority, and the number of a scheduled message in the
-- attributes of a message.
local function parse_attributes(text)
  local mark, number, group, priority = string.match(text, '^(%-? ?)(%x+) (%S*) ?(%-?%d*)$')
  if not number or #number ~= 16 or mark ~= '' and mark ~= '- ' then
    return nil, nil, 0
  end
  group, priority = group ~= '' and group or nil, tonumber(priority) or 0
  if mark == '' then
    return number, group, priority
  end
  return nil, group, priority, number
end

-- The attributes of a message with this sequence number.
local function format_attributes(sequence, group, priority)
  local text = sequence .. ' ' .. (group or '')
  return (priority or 0) == 0 and text or text .. ' ' .. string.format('%d', priority)
end

-- Refuses keys of the wrong type before anything is written. Returns whether the queue has messages with attributes.
local function check_groups(base)
  local last = redis.call('GET', base .. 'sequence')
  if last and not string.find(last, '^%d+$') then
    error('the key ' .. base .. 'sequence does not hold a number', 0)
  end
  redis.call('HEXISTS', base .. 'attributes', '')
  redis.call('HEXISTS', base .. 'heads', '')
  redis.call('ZSCORE', base .. 'waiting', '')
  redis.call('ZSCORE', base .. 'prioritized', '')
  redis.call('HEXISTS', base .. 'settings', '')
  return redis.call('EXISTS', base .. 'attributes') == 1
end

-- Tries the commands without an effect that would be needed to undo others. The first ones use no memory.
local began = {}
local function begin_groups(base)
  if not began[base] then
    began[base] = true
    write(nil, 'ZREM', base .. 'waiting', '')
    write(nil, 'HDEL', base .. 'attributes', '')
    write(nil, 'HDEL', base .. 'heads', '')
    write(nil, 'LTRIM', base .. 'ready', 0, -1)
    write(nil, 'ZADD', base .. 'waiting', 'XX', 0, '')
  end
end

-- Like begin_groups, for prioritized.
local ranking = {}
local function begin_ranks(base)
  begin_groups(base)
  if not ranking[base] then
    ranking[base] = true
    write(nil, 'ZREM', base .. 'prioritized', '')
    write(nil, 'ZADD', base .. 'prioritized', 'XX', 0, '')
  end
end

-- The score in prioritized of a message with these attributes; nil = it has no priority.
local function rank_of(own)
  local sequence, _, priority = parse_attributes(own)
  return sequence and priority ~= 0 and string.format('%.0f', -priority * 2 ^ 42 + tonumber(sequence, 16)) or nil
end

local waking_prioritized = {}

-- Makes messages ready, the first one to be delivered first among those with the same priority.
local function make_ready(base, ids)
  local ready, prioritized = base .. 'ready', base .. 'prioritized'
  for from = 1, #ids, 1000 do
    local to = math.min(from + 999, #ids)
    local pushed, added, removed = {}, {}, {}
    for i, own in ipairs(redis.call('HMGET', base .. 'attributes', unpack(ids, from, to))) do
      local id, rank = ids[from + i - 1], own and rank_of(own)
      if rank then
        added[#added + 1] = rank
        added[#added + 1] = id
        removed[#removed + 1] = id
      else
        pushed[#pushed + 1] = id
      end
    end
    if #pushed > 0 then
      write({ 'LTRIM', ready, #pushed, -1 }, 'LPUSH', ready, unpack(pushed))
    end
    if #added > 0 then
      begin_ranks(base)
      waking_prioritized[ready] = true
      write({ 'ZREM', prioritized, unpack(removed) }, 'ZADD', prioritized, unpack(added))
    end
  end
end

-- Must be called after all other writes, because it cannot be undone: wakes consumers, which do not wait for messages
-- with a priority. `base`, if given, is that of a queue whose ready messages or wake-ups the script has removed.
local function wake_prioritized(base)
  if base and redis.pcall('EXISTS', base .. 'prioritized') == 1 then
    waking_prioritized[base .. 'ready'] = true
  end
  for ready in pairs(waking_prioritized) do
    if redis.pcall('EXISTS', ready) == 0 then
      redis.pcall('LPUSH', ready, '')
    end
  end
end

-- Sets the attributes of a message in place of others, or of none.
local function set_attributes(base, id, former, new)
  local attributes = base .. 'attributes'
  local undo_it = former and { 'HSET', attributes, id, former } or { 'HDEL', attributes, id }
  write(undo_it, 'HSET', attributes, id, new)
end

-- Makes the first waiting message of a group its head, in place of another one, if there is one. Returns its id; nil =
-- none waits.
-- `skips`, if given, removes a message and its deadline if it has expired, and returns whether it did.
local function promote(base, group, former, skips)
  local waiting, heads, attributes = base .. 'waiting', base .. 'heads', base .. 'attributes'
  for i = 1, 100 do
    local found = redis.call('ZRANGE', waiting, '[' .. group .. ' ', '(' .. group .. '!', 'BYLEX', 'LIMIT', 0, 1)
    local member = found[1]
    if not member then
      break
    end
    local number, id = string.sub(member, #group + 2, #group + 17), string.sub(member, #group + 19)
    local own = redis.call('HGET', attributes, id)
    write({ 'ZADD', waiting, 0, member }, 'ZREM', waiting, member)
    local sequence, of_group = parse_attributes(own or '')
    if sequence == number and of_group == group then -- else the set is damaged
      if i == 100 or not (skips and skips(id)) then
        write(former and { 'HSET', heads, group, former } or { 'HDEL', heads, group }, 'HSET', heads, group, id)
        return id
      end
      write({ 'HSET', attributes, id, own }, 'HDEL', attributes, id)
    end
  end
  if former then
    local undo_it = { 'HSET', heads, group, former }
    write(nil, unpack(undo_it)) -- no change; tests whether Redis would refuse the undo
    write(undo_it, 'HDEL', heads, group)
  end
  return nil
end

-- The next sequence number.
local function next_sequence(base)
  local key = base .. 'sequence'
  local last = redis.call('GET', key)
  if not last then
    write(nil, 'UNLINK', key) -- does not exist; tests whether Redis would refuse the undo
  end
  local number = tonumber(last or 0) + 1
  write(last and { 'SET', key, last } or { 'UNLINK', key }, 'SET', key, string.format('%.0f', number))
  return string.format('%016x', number)
end

-- Notes the group and the priority of a scheduled message. It must not have attributes.
local function plan(base, id, group, priority)
  begin_groups(base)
  set_attributes(base, id, nil, '- ' .. format_attributes(next_sequence(base), group, priority))
end

-- Publishes a message with a group (else nil) or a priority. `former` are its attributes until now, or nil. Returns the
-- id of the message that the caller must make ready: this one, if it has no group or is the head; nil = it waits.
local function join(base, id, group, priority, former)
  begin_groups(base)
  local heads, waiting = base .. 'heads', base .. 'waiting'
  local sequence = former and parse_attributes(former)
  if not sequence then
    sequence = next_sequence(base)
    set_attributes(base, id, former, format_attributes(sequence, group, priority))
  end
  if not group then
    return id
  end
  local head = redis.call('HGET', heads, group)
  if not head then
    write({ 'HDEL', heads, group }, 'HSET', heads, group, id)
    return id
  elseif head == id then
    return id
  end
  local member = group .. ' ' .. sequence .. ' ' .. id
  write({ 'ZREM', waiting, member }, 'ZADD', waiting, 0, member)
  if not is_awaited(base, head) then -- something else has deleted it, or the setting of the queue has changed
    return promote(base, group, head)
  end
  return nil
end

-- Tries the commands without an effect that would be needed to undo the end of a message with these attributes.
local tried = {}
local function try_leaving(base, id, own)
  begin_groups(base)
  if not tried[base] then
    tried[base] = true
    write(nil, 'HSET', base .. 'attributes', id, own) -- no change
  end
end

-- Must be called before a script writes anything that is undone with these commands, if it ends messages later.
local function begin_leaving(base, ids)
  for _, id in ipairs(tried[base] and {} or ids) do
    local own = redis.call('HGET', base .. 'attributes', id)
    if own then
      return try_leaving(base, id, own)
    end
  end
end

-- Ends messages of a queue: the next message of each group is made ready. `kept`: true, or id -> true = they are dead
-- letters now, and keep their attributes; 'expired' instead of true = their groups do not wait for them. Returns the number
-- of messages that were made ready.
local function leave(base, ids, kept, skips)
  local attributes, heads, waiting = base .. 'attributes', base .. 'heads', base .. 'waiting'
  local ending, promoted, pushed = {}, {}, {}
  for _, id in ipairs(ids) do
    ending[id] = true
    local own = redis.call('HGET', attributes, id)
    if own then
      try_leaving(base, id, own)
      local sequence, group = parse_attributes(own)
      local letter = kept == true or kept and kept[id]
      if not letter then
        write({ 'HSET', attributes, id, own }, 'HDEL', attributes, id)
      end
      local member = sequence and group and group .. ' ' .. sequence .. ' ' .. id
      if member and redis.call('HGET', heads, group) == id then
        if letter ~= true or not blocks(base) then
          promoted[#promoted + 1] = promote(base, group, id, skips)
        end
      elseif member and redis.call('ZSCORE', waiting, member) then
        write({ 'ZADD', waiting, 0, member }, 'ZREM', waiting, member)
      end
    end
  end
  for _, id in ipairs(promoted) do
    pushed[#pushed + 1] = not ending[id] and id or nil
  end
  make_ready(base, pushed)
  return #pushed
end
