-- Examines a message or an entry of processing and, if requested, repairs its damage. All or nothing.
--
-- KEYS[1]  the message  STRING; for an entry, the message that has its name
-- KEYS[2]  ready        LIST
-- KEYS[3]  processing   ZSET
-- KEYS[4]  dead         ZSET
-- KEYS[5]  errors       HASH
-- KEYS[6]  failures     HASH
-- KEYS[7]  abandoned    HASH
-- KEYS[8]  expiry       ZSET
-- KEYS[9]  arrived      LIST
-- Also read and written, next to KEYS[2]: scheduled ZSET and the keys of groups.lua
-- ARGV[1]  id, or entry
-- ARGV[2]  'message' or 'entry'
-- ARGV[3]  kind of damage to repair, as reported; empty = examine only
-- ARGV[4]  number of ready messages, 0 to 1,000,000, above which the places of a message are not examined
-- ARGV[5]  number of entries of processing, 0 to 1,000,000, above which they are not examined
--
-- Result: { kind of damage (empty = none, 'LARGE' = the places were not examined, because the queue is too large), state
--           of the message as text, 1 = it can be repaired, else 0, 1 = it was repaired now, else 0 }
--@include arguments
--@include undo
--@include gather
--@include count
--@include deadid
--@include letter
--@include entries
--@include groups
local message, ready, processing, dead, errors, failures, abandoned, expiry, arrived = unpack(KEYS)
local id, subject, wanted = ARGV[1], ARGV[2], ARGV[3]
local most_ready, most_entries = number(4, 0, 1000000), number(5, 0, 1000000)
if string.sub(ready, 1, -6) .. 'message:' .. id ~= message then
  error('a key does not belong to its arguments')
elseif subject ~= 'message' and subject ~= 'entry' then
  error("argument 2 must be 'message' or 'entry'")
end
local member = id
if subject == 'entry' then -- its dead letter has the name that a claim would give it
  id = #member <= 300 and string.match(member, '^(.*) %S+$') or member
  message = string.sub(ready, 1, -6) .. 'message:' .. id
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Everything is read before anything is written, which also refuses keys of the wrong type.
local died, old_error = redis.call('ZSCORE', dead, id), redis.call('HGET', errors, id)
local _, _, gone = letter(old_error)
if died and gone then -- a letter without a message says nothing about a message that was sent later with its id
  died, old_error = false, false
end
local failed, left = redis.call('HGET', failures, id), redis.call('HGET', abandoned, id)
local deadline = redis.call('ZSCORE', expiry, id)
local base = string.sub(ready, 1, -6)
local scheduled, waiting_set = base .. 'scheduled', base .. 'waiting'
local due = redis.call('ZSCORE', scheduled, id)
local own = check_groups(base) and redis.call('HGET', base .. 'attributes', id)
local sequence, group = nil, nil
if own then
  sequence, group = parse_attributes(own)
end
local member_of_group = sequence and group and group .. ' ' .. sequence .. ' ' .. id
local rank = redis.call('ZSCORE', base .. 'prioritized', id)
local waits = member_of_group and redis.call('ZSCORE', waiting_set, member_of_group)
local untouched = redis.call('ZSCORE', processing, member) -- the score of an entry without a token
local waiting = redis.call('LLEN', arrived)
local large = redis.call('LLEN', ready) + waiting > most_ready or redis.call('ZCARD', processing) > most_entries

local function remove_field(hash, value)
  if value then
    write(function()
      redis.pcall('HSET', hash, id, value)
    end, 'HDEL', hash, id)
  end
end

local function remove_member(set, name, score)
  if score then
    write(function()
      redis.pcall('ZADD', set, score, name)
    end, 'ZREM', set, name)
  end
end

local function begin() -- with writes that use no memory and would be needed to undo others
  write(nil, 'ZREM', dead, '')
  write(nil, 'HDEL', errors, '')
  begin_leaving(base, own and { id } or {})
end

local function dead_letter(reason)
  local name = dead_id(id)
  local before, reason_before = redis.call('ZSCORE', dead, name), redis.call('HGET', errors, name)
  local ttl = #id <= 200 and redis.call('PTTL', message) or -1
  local deliveries = count(failed) + count(left)
  write(function()
    redis.pcall(unpack(before and { 'ZADD', dead, before, name } or { 'ZREM', dead, name }))
  end, 'ZADD', dead, now, name)
  write(function()
    redis.pcall(unpack(reason_before and { 'HSET', errors, name, reason_before } or { 'HDEL', errors, name }))
  end, 'HSET', errors, name, cjson.encode({ reason = reason, deliveries = deliveries, gone = ttl == -2 or nil }))
  if ttl > 0 then
    write(function()
      redis.pcall('PEXPIRE', message, ttl)
    end, 'PERSIST', message)
  end
  remove_field(failures, failed)
  remove_field(abandoned, left)
  remove_member(expiry, id, deadline)
  leave(base, { id }, ttl ~= -2)
end

local function remove_ready(count_of_id, keep) -- last, because it cannot be undone
  if count_of_id > keep then
    gather(arrived, ready)
    write(nil, 'LREM', ready, count_of_id - keep, id) -- from the left: the message that is delivered first stays
  end
end

if subject == 'entry' then
  if not untouched or entry(member) then
    return { '', '', 0, 0 }
  end
  local repaired = 0
  if wanted == 'MALFORMED_ENTRY' then
    local failure = all_or_nothing(function()
      begin()
      dead_letter('Its entry in processing was malformed')
      remove_member(processing, member, untouched)
    end)
    if failure then
      return failure
    end
    wake_prioritized(base)
    repaired = 1
  end
  return { 'MALFORMED_ENTRY', '', 1, repaired }
end

local kind = redis.call('TYPE', message).ok
if kind ~= 'string' and kind ~= 'none' then
  return { 'WRONG_TYPE', kind, 0, 0 }
end
local exists = kind == 'string'
local has_malformed_counter = failed and is_malformed_counter(failed) or left and is_malformed_counter(left)

local function remove_malformed_counters()
  remove_field(failures, failed and is_malformed_counter(failed) and failed)
  remove_field(abandoned, left and is_malformed_counter(left) and left)
end

local function counters()
  return string.sub(failed or '', 1, 40) .. ' ' .. string.sub(left or '', 1, 40)
end

-- Repairs the damage if it is the one that was reported.
local function finish(damage, state, safe, repair)
  local repaired = 0
  if damage ~= '' and damage == wanted and safe then
    local failure = all_or_nothing(function()
      begin()
      repair()
    end)
    if failure then
      return failure
    end
    wake_prioritized(base)
    repaired = 1
  end
  return { damage, state, damage ~= '' and safe and 1 or 0, repaired }
end

-- A message waits for a head of its group that does not exist, or is a dead letter for which its group does not wait.
local head = waits and redis.call('HGET', base .. 'heads', group)
local is_blocked = exists and waits and not is_awaited(base, head)
local function unblock()
  begin_groups(base)
  local next_id = promote(base, group, head or nil)
  make_ready(base, { next_id })
end

-- The search for the places of a message takes time in proportion to the size of the queue, and cannot be divided into
-- several calls: meanwhile, the message could move from a place that has not been searched to one that has been.
if large then
  if is_blocked then
    return finish('BLOCKED_GROUP', group, true, unblock)
  end
  if exists and has_malformed_counter then
    return finish('MALFORMED_COUNTER', counters(), true, remove_malformed_counters)
  end
  return { 'LARGE', '', 0, 0 }
end

local positions = #redis.call('LPOS', ready, id, 'COUNT', 0)
if waiting > 0 then
  positions = positions + #redis.call('LPOS', arrived, id, 'COUNT', 0)
end
local entries, beginning = {}, id .. ' '
local held, in_doubt, names = false, false, {}
for _, each in ipairs(redis.call('ZRANGE', processing, 0, -1)) do -- takes a quarter of the time of ZSCAN
  if string.sub(each, 1, #beginning) == beginning then
    local token, score = string.sub(each, #beginning + 1), redis.call('ZSCORE', processing, each)
    if #token > 0 and not string.find(token, '%s') then
      entries[#entries + 1] = { each, score }
      names[#names + 1] = each
      in_doubt = in_doubt or score == 'inf'
      held = held or (token ~= '-' and score ~= 'inf' and tonumber(score) > now)
    end
  end
end
if untouched then
  return { '', '', 0, 0 } -- its entry is malformed, which is examined separately
end
table.sort(names)
local places = positions + #entries + (died and 1 or 0) + (due and 1 or 0) + (waits and 1 or 0) + (rank and 1 or 0)
local found = { positions, died or '-', due or '-', waits and 'waits' or '-', rank or '-', table.concat(names, ' ') }
local state = table.concat(found, ' ')
local damage, repair = '', nil
local safe = true
if places == 0 and exists then
  damage = 'ORPHANED_MESSAGE'
  repair = function()
    dead_letter('It was in no place of the queue, and was found by a check')
  end
elseif places == 0 then
  if failed or left or old_error or deadline or own then
    damage = 'LEFTOVER'
    repair = function()
      leave(base, { id })
      remove_field(failures, failed)
      remove_field(abandoned, left)
      remove_field(errors, old_error)
      remove_member(expiry, id, deadline)
    end
  end
elseif not exists then
  -- A dead letter without a message is intact if a claim found only an entry that was malformed.
  local of_entry = died and places == 1 and (#id > 200 or string.find(id, '~%d+~%x+$') or string.find(id, '[^\33-\126]'))
  if not of_entry then
    damage = 'MISSING_MESSAGE'
    safe = not held and not in_doubt
    repair = function()
      for _, each in ipairs(entries) do
        remove_member(processing, each[1], each[2])
      end
      remove_member(dead, id, died)
      remove_member(scheduled, id, due)
      remove_member(base .. 'prioritized', id, rank)
      remove_field(errors, old_error)
      remove_field(failures, failed)
      remove_field(abandoned, left)
      remove_member(expiry, id, deadline)
      leave(base, { id })
      remove_ready(positions, 0)
    end
  end
elseif positions == places and places > 1 then
  damage = 'READY_TWICE'
  repair = function()
    remove_ready(positions, 1)
  end
elseif places > 1 and waits then
  damage = 'SEVERAL_PLACES'
  repair = function()
    remove_member(waiting_set, member_of_group, waits)
  end
elseif is_blocked then
  damage, state, repair = 'BLOCKED_GROUP', group, unblock
elseif places > 1 and due then
  damage = 'SEVERAL_PLACES'
  safe = places - 1 == math.max(positions, 1) and not in_doubt -- once elsewhere, or ready
  repair = function()
    remove_member(scheduled, id, due)
  end
elseif places > 1 and rank then
  damage = 'SEVERAL_PLACES'
  repair = function()
    remove_member(base .. 'prioritized', id, rank)
  end
elseif places > 1 then
  damage = 'SEVERAL_PLACES'
  safe = positions > 0 and not in_doubt and positions == places - 1 -- once elsewhere
  repair = function()
    remove_ready(positions, 0)
  end
elseif has_malformed_counter then
  damage, state, repair = 'MALFORMED_COUNTER', counters(), remove_malformed_counters
end
return finish(damage, state, safe, repair)
