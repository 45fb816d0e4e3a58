-- Commits prepared branches, the second phase of a two-phase commit: acknowledges the messages that the branches
-- consumed and publishes those that they sent. Each branch is all or nothing. An error applies to the whole call: no
-- branch is committed.
--
-- KEYS[1]           lane, see lane.lua
-- KEYS[1 + i]       prepared  HASH  of the home queue of branch i
-- Also read and written: the other keys of the queues that the records name
-- ARGV[1], ARGV[2]  see lane.lua
-- ARGV[3]           key prefix
-- ARGV[4]           1 = all messages of a branch belong to the slot of its home queue, as in a cluster, else 0
-- ARGV[3 + 2i]      branch i
-- ARGV[4 + 2i]      1 = recovery: the outcome is left for the process that prepared the branch, else 0
--
-- Report, for each branch that this call did not commit because it is not prepared:
--   { its number, how recovery or an operator has ended it: 'committed', 'rolled back', 'forgotten', '' = unknown }
-- and for each branch of which this call dropped messages because other messages have their deduplication keys:
--   { its number, 'done', { { queue, id, id of the message that has the key }, ... } }
--@include lane
--@include record

-- The usual case: branches of one queue that only consumed, all of them prepared and holding their messages, and no
-- counters or deadlines in the queue. This case needs few commands and none of the bookkeeping of the general case
-- below. Returns nil to leave the decision to the general case.
local function commit_consumed()
  local prepared, prefix = KEYS[2], ARGV[3]
  local b = #KEYS - 1
  if b < 1 or b > 1000 or #ARGV ~= 4 + 2 * b or (ARGV[4] ~= '0' and ARGV[4] ~= '1') then
    return nil
  end
  local base = string.sub(prepared, 1, -#'prepared' - 1)
  local ids, seen = {}, {}
  for i = 1, b do
    local id = ARGV[3 + 2 * i]
    if KEYS[1 + i] ~= prepared or ARGV[4 + 2 * i] ~= '0' or seen[id] then
      return nil
    end
    ids[i], seen[id] = id, true
  end
  local texts, members, messages = redis.call('HMGET', prepared, unpack(ids)), {}, {}
  for i = 1, b do
    local record = texts[i] and read_record(texts[i], prepared, true)
    if not record or #record.sent > 0 then
      return nil
    end
    for _, consumed in ipairs(record.consumed) do
      if prefix .. ':{' .. consumed[1] .. '}:prepared' ~= prepared then
        return nil
      end
      members[#members + 1] = consumed[2] .. ' ' .. consumed[3]
      messages[#messages + 1] = base .. 'message:' .. consumed[2]
    end
  end
  local n, processing = #members, base .. 'processing'
  if n == 0 or n > 1000 then
    return nil
  end
  for _, score in ipairs(redis.call('ZMSCORE', processing, unpack(members))) do
    if score ~= 'inf' then
      return nil
    end
  end
  if redis.call('EXISTS', base .. 'failures', base .. 'abandoned', base .. 'expiry', base .. 'attributes') > 0 then
    return nil
  end
  local sends, packed = false, ''
--@include receipt
  local removed = redis.pcall('ZREM', processing, unpack(members))
  local deleted = type(removed) == 'number' and redis.pcall('HDEL', prepared, unpack(ids))
  local unlinked = type(deleted) == 'number' and redis.pcall('UNLINK', unpack(messages))
  if type(unlinked) == 'number' then
    return executed
  end
  -- Redis has refused a write; the writes before it are undone.
  for i = 1, unlinked and b or 0 do
    redis.pcall('HSET', prepared, ids[i], texts[i])
  end
  for i = 1, deleted and n or 0 do
    redis.pcall('ZADD', processing, '+inf', members[i])
  end
--@include fence
  return unlinked or deleted or removed
end
local usual = commit_consumed()
if usual then
  return usual
end

-- The general case
--@include write
--@include reading
--@include ending
--@include groups
--@include withdraw
--@include schedule
--@include deduplication
local prefix, one_slot = given(ARGV[3]), integer(ARGV[4], 0, 1) == 1

-- Everything is read first, so that nothing is written if an argument or a key is invalid.
local branches, report, malformed = read_branches(prefix, one_slot, 2, 'committed')
if malformed then
  return malformed
end
local consuming, readable, claimed = {}, {}, {} -- claimed: message keys that a branch of this call publishes
local grouped = {} -- whether a queue has messages with groups
local function is_grouped(keys)
  if grouped[keys.base] == nil then
    grouped[keys.base] = redis.call('EXISTS', keys.base .. 'attributes') == 1 and check_groups(keys.base)
  end
  return grouped[keys.base]
end
for _, branch in ipairs(branches) do
  branch.consumed, branch.sent, branch.unlinked, branch.dropped = {}, {}, {}, {}
  branch.reserved = reservations(branch.record, prefix, branch.prepared, branch.id)
  for _, consumed in ipairs(branch.record.consumed) do
    local queue, member = consumed[1], consumed[2] .. ' ' .. consumed[3]
    local keys = queue_keys(prefix, queue)
    if redis.call('ZSCORE', keys.processing, member) == 'inf' then -- else it does not belong to the branch
      branch.consumed[#branch.consumed + 1] = { keys = keys, member = member, id = consumed[2] }
      branch.unlinked[#branch.unlinked + 1] = keys.message .. consumed[2]
      consuming[keys.message .. consumed[2]] = true
      counted(keys)
      is_grouped(keys)
    end
  end
  for _, sent in ipairs(branch.record.sent) do
    local keys, id = queue_keys(prefix, sent[1]), sent[2]
    local staged = staged_key(prefix, branch.id, sent)
    if not readable[keys.message] then -- undoing a rename requires the right to read the key
      readable[keys.message] = true
      redis.call('LLEN', keys.ready)
      redis.call('GET', keys.message)
      redis.call('GET', staged .. ' ')
    end
    if redis.call('EXISTS', staged) == 1 then
      local message = { keys = keys, id = id, staged = staged, deadline = sent[3], due = due_time(sent[4], now) }
      local entry = sent[4] and sent[4].key and dedup_entry(keys.base, sent[4].key)
      if sent[4] and sent[4].ttl then
        message.deadline = (message.due or now) + sent[4].ttl
      end
      if message.due then
        redis.call('ZCARD', keys.base .. 'scheduled')
      end
      message.group, message.priority = sent[4] and sent[4].group, sent[4] and sent[4].priority
      message.joins = message.group or message.priority
      if message.joins then
        check_groups(keys.base)
      end
      is_grouped(keys)
      message.expired = redis.call('ZSCORE', keys.expiry, id)
      if claimed[keys.message .. id] then
        message.duplicate = true
      elseif consuming[keys.message .. id] then
        message.succeeds = true -- the commit acknowledges the message that has this id
      elseif redis.call('EXISTS', keys.message .. id) == 1 then
        local deadline = tonumber(message.expired or -1)
        message.duplicate = deadline < 0 or deadline > now -- else it has expired and is still ready
        message.replaces = not message.duplicate
      end
      if entry and entry.kept then -- by a message that was published before
        message.duplicate = true
        branch.dropped[#branch.dropped + 1] = { sent[1], id, entry.kept }
      elseif entry and not message.duplicate then
        entry.kept = id
        message.dedup, message.window = entry, string.format('%.0f', sent[4].window)
      end
      claimed[keys.message .. id] = claimed[keys.message .. id] or not message.duplicate
      branch.sent[#branch.sent + 1] = message
    end
  end
  if #branch.dropped > 0 then
    report[#report + 1] = { branch.number, 'done', branch.dropped }
  end
end

local published, moved = {}, {}

local function publish(message)
  local keys, target = message.keys, message.keys.message .. message.id
  if message.duplicate or published[target] then -- a different message with this id has been sent in the meantime
    message.duplicate = true
    return
  end
  published[target] = true
  if message.dedup then
    local entry = message.dedup
    entry.written = true
    write(dedup_undo(entry), 'SET', entry.name, message.id, 'PX', message.window)
  end
  if message.replaces or message.succeeds and redis.call('EXISTS', target) == 1 then
    moved[target] = message.staged .. ':completed'
    write({ 'RENAMENX', moved[target], target }, 'RENAMENX', target, moved[target])
  end
  write({ 'RENAMENX', target, message.staged }, 'RENAMENX', message.staged, target)
  local evicts = message.replaces and message.joins
    or is_grouped(keys) and redis.call('HEXISTS', keys.base .. 'attributes', message.id) == 1
  if evicts then
    evict(keys.base, message.id)
  end
  local in_place = message.replaces and not evicts -- takes the place of the message that it replaces
  local pushed = not in_place and message.id or nil
  if message.due then
    schedule(keys.base, { { message.id, message.due, in_place } })
    if message.joins then
      plan(keys.base, message.id, message.group, message.priority)
    end
    pushed = nil
  elseif message.joins then
    pushed = join(keys.base, message.id, message.group, message.priority)
  end
  if pushed and message.joins then
    make_ready(keys.base, { pushed })
  elseif pushed then
    write({ 'LTRIM', keys.ready, 1, -1 }, 'LPUSH', keys.ready, pushed)
  end
  local expired = message.expired
  local undo = expired and { 'ZADD', keys.expiry, expired, message.id } or { 'ZREM', keys.expiry, message.id }
  if message.deadline > 0 or expired then
    write(nil, unpack(undo)) -- no change; tests whether Redis would refuse the next undo
  end
  if message.deadline > 0 then
    write(undo, 'ZADD', keys.expiry, message.deadline, message.id)
  elseif expired then
    write(undo, 'ZREM', keys.expiry, message.id)
  end
end

local function release_unused(branch) -- the keys of messages that it reserved, but that are not published
  for _, entry in ipairs(branch.reserved) do
    if not entry.written then
      release_key(entry)
    end
  end
end

return execute(report, false, function()
  for _, branch in ipairs(branches) do
    for _, consumed in ipairs(branch.consumed) do
      if is_grouped(consumed.keys) then
        leave(consumed.keys.base, { consumed.id })
      end
    end
  end
  for _, branch in ipairs(branches) do
    for _, message in ipairs(branch.sent) do
      publish(message)
      if message.duplicate then
        write(nil, 'UNLINK', message.staged .. ' ') -- never exists; tests whether Redis would refuse the real UNLINK
        branch.unlinked[#branch.unlinked + 1] = message.staged
      elseif message.replaces then
        branch.unlinked[#branch.unlinked + 1] = message.staged .. ':completed'
      end
    end
    release_unused(branch)
  end
  for _, branch in ipairs(branches) do
    for _, consumed in ipairs(branch.consumed) do
      local keys, member = consumed.keys, consumed.member
      write({ 'ZADD', keys.processing, '+inf', member }, 'ZREM', keys.processing, member)
      -- No-ops that test whether Redis would refuse the writes that follow the last one that can be undone.
      write(nil, 'UNLINK', keys.message)
      if counted(keys) then
        write(nil, 'HDEL', keys.failures, '')
        write(nil, 'HDEL', keys.abandoned, '')
        write(nil, 'ZREM', keys.expiry, '')
      end
    end
    finish(branch, 'committed')
  end
  for _, branch in ipairs(branches) do
    local unlinked = {}
    for _, key in ipairs(branch.unlinked) do
      if moved[key] or not published[key] then -- else its key was gone and now holds a new message
        unlinked[#unlinked + 1] = moved[key] or key
      end
    end
    chunks(unlinked, function(from, to)
      write(nil, 'UNLINK', unpack(unlinked, from, to))
    end)
    for _, consumed in ipairs(branch.consumed) do
      local keys, id = consumed.keys, consumed.id
      if counted(keys) then
        write(nil, 'HDEL', keys.failures, id)
        write(nil, 'HDEL', keys.abandoned, id)
        if not published[keys.message .. id] then -- else the deadline belongs to the new message
          write(nil, 'ZREM', keys.expiry, id)
        end
      end
    end
  end
  scheduled_all()
  wake_prioritized()
end)
