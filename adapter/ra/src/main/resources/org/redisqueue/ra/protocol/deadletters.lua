-- One step of an operation on dead letters: makes them ready again, deletes them, or moves them to another queue. All or
-- nothing. Ends after about two milliseconds. A letter that never had a message can only be deleted; a message that was
-- sent later with its id is not touched.
--
-- KEYS[1]  job                  HASH
-- KEYS[2]  ready                LIST
-- KEYS[3]  dead                 ZSET
-- KEYS[4]  errors               HASH
-- KEYS[5]  failures             HASH
-- KEYS[6]  abandoned            HASH
-- KEYS[7]  expiry               ZSET
-- KEYS[8]  ready of the target  LIST; the same as KEYS[2] unless letters are moved
-- Also read and written, next to KEYS[2] and KEYS[8]: the keys of groups.lua
-- ARGV[1]  action: 'requeue', 'delete' or 'move'
-- ARGV[2]  maximum number of letters to consider, 1 to 1,000
-- ARGV[3]  the latest time, ms, at which a letter was dead-lettered
-- ARGV[4]  last letter that the previous steps have considered and left; empty at first
-- ARGV[5]  time, ms, at which that letter was dead-lettered
-- ARGV[6]  a part of the reason; empty = any reason
-- ARGV[7]  name of a header, in lower case; empty = any headers
-- ARGV[8]  value of that header
-- ARGV[9]  ids of the letters to consider, instead of the time and the last letter; none = by time
--
-- Result: { number of letters considered, number of letters selected, 1 if there are more, else 0,
--           last letter that was considered and left (empty if none), its time in ms }
--@include arguments
--@include undo
--@include jobs
--@include traces
--@include letter
--@include groups
local job, ready, dead, errors, failures, abandoned, expiry, target = unpack(KEYS)
local action, limit, latest = ARGV[1], number(2, 1, 1000), number(3, 0, 2 ^ 53)
local last, last_time, reason_part, header, header_value = ARGV[4], number(5, 0, 2 ^ 53), ARGV[6], ARGV[7], ARGV[8]
local prefix, target_prefix = string.sub(ready, 1, -6) .. 'message:', string.sub(target, 1, -6) .. 'message:'
local by_id = #ARGV > 8
local base, target_base = string.sub(ready, 1, -6), string.sub(target, 1, -6)
if action ~= 'requeue' and action ~= 'delete' and action ~= 'move' then
  error("argument 1 must be 'requeue', 'delete' or 'move'")
end

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Reason of a letter, and whether it never had a message
local function record_of(id)
  local reason, _, gone = letter(redis.call('HGET', errors, id))
  return reason, gone
end

local function has_header(id)
  if header == '' then
    return true
  end
  local head = redis.pcall('GETRANGE', prefix .. id, 0, 65535)
  if type(head) == 'table' or not string.find(head, '^RQ/1\r?\n') then
    return false
  end
  for line in string.gmatch(head, '([^\n]*)\n') do
    line = string.gsub(line, '\r$', '')
    if line == '' then
      return false
    end
    local name, value = string.match(line, '^([^:]+):%s*(.-)%s*$')
    if name and string.lower(name) == header and value == header_value then
      return true
    end
  end
  return false
end

local start = micros()
local candidates = {} -- id, time
if by_id then
  local scores = redis.call('ZMSCORE', dead, unpack(ARGV, 9))
  for i, score in ipairs(scores) do
    candidates[i] = { ARGV[8 + i], score }
  end
else
  local rank = last ~= '' and redis.call('ZRANK', dead, last)
  rank = rank and rank + 1 or redis.call('ZCOUNT', dead, '-inf', '(' .. string.format('%.0f', last_time))
  local found = redis.call('ZRANGE', dead, rank, rank + limit - 1, 'WITHSCORES')
  for i = 1, #found, 2 do
    if tonumber(found[i + 1]) <= latest then
      candidates[#candidates + 1] = { found[i], found[i + 1] }
    end
  end
end
local considered, selected, missing, gone, seen = 0, {}, {}, {}, {}
for i, candidate in ipairs(candidates) do
  if i > 1 and micros() - start > 2000 then
    break
  end
  considered = i
  local id = candidate[1]
  local reason, is_gone = '', false
  if candidate[2] and not seen[id] then
    reason, is_gone = record_of(id)
  end
  local matches = candidate[2]
    and not seen[id]
    and (reason_part == '' or string.find(reason, reason_part, 1, true))
    and (is_gone and header == '' or not is_gone and has_header(id))
  seen[id] = true
  if is_gone then -- a message with its id was sent later, and is not touched
    if matches and action == 'delete' then
      gone[#gone + 1] = id
    end
  elseif matches and #id <= 200 and redis.call('EXISTS', prefix .. id) == 1 then
    selected[#selected + 1] = id
  elseif matches and action == 'delete' then
    missing[#missing + 1] = id
  end
end
local more = by_id and considered < #candidates
  or not by_id and #candidates > 0 and (considered < #candidates or #candidates == limit)

local function forget_letters(ids)
  if #ids > 0 then
    remove_members(dead, ids)
    remove_fields(errors, ids)
  end
end

local function forget(ids, keeps_group)
  forget_letters(ids)
  if #ids > 0 then
    if not keeps_group then
      leave(base, ids)
    end
    remove_fields(failures, ids)
    remove_fields(abandoned, ids)
    remove_members(expiry, ids)
  end
end

redis.call('LLEN', ready) -- refuses keys of the wrong type before anything is written
redis.call('LLEN', target)
local grouped = check_groups(base)
local target_grouped = target_base ~= base and check_groups(target_base)

-- Makes letters ready. Those of a group return to their places in its sequence; in another queue, they get new ones.
local function publish(ids)
  if target_grouped then
    leave(target_base, ids) -- what earlier messages with these ids left there
  end
  local pushed, joining = {}, {}
  for _, id in ipairs(ids) do
    local own = grouped and redis.call('HGET', base .. 'attributes', id)
    local sequence, group, priority = nil, nil, nil
    if own then
      sequence, group, priority = parse_attributes(own)
    end
    if own then
      joining[#joining + 1] = { id = id, group = group, priority = priority, former = own, rank = sequence or 'g' }
    else
      pushed[#pushed + 1] = id
    end
  end
  table.sort(joining, function(a, b)
    return a.rank < b.rank or a.rank == b.rank and a.id < b.id
  end)
  local is_requeued, head_of, leading = {}, {}, {} -- heads for which their groups have waited
  for _, letter in ipairs(target_base == base and joining or {}) do
    is_requeued[letter.id] = letter.rank ~= 'g' or nil
    requeued[letter.id] = true
    head_of[letter.id] = letter.group and redis.call('HGET', base .. 'heads', letter.group) or nil
  end
  for _, letter in ipairs(joining) do
    local head = head_of[letter.id]
    if head and is_requeued[head] and letter.rank ~= 'g' then -- others that precede the head may be requeued, or wait
      begin_groups(base)
      leading[#leading + 1] = leading[head] == nil and { letter.group, head } or nil
      leading[head] = true
      local member = letter.group .. ' ' .. letter.rank .. ' ' .. letter.id
      write({ 'ZREM', base .. 'waiting', member }, 'ZADD', base .. 'waiting', 0, member)
    else
      local former = target_base == base and letter.former or nil
      pushed[#pushed + 1] = join(target_base, letter.id, letter.group, letter.priority, former)
    end
  end
  for _, group in ipairs(leading) do
    pushed[#pushed + 1] = promote(base, group[1], group[2])
  end
  make_ready(target_base, pushed)
end

local changed = {}
local failure = all_or_nothing(function()
  report(job, math.floor(start / 1000)) -- first: what it needs is also needed to undo
  if grouped and action ~= 'requeue' then
    begin_leaving(base, selected)
    begin_leaving(base, missing)
  end
  if target_grouped then
    begin_leaving(target_base, selected)
  end
  local ids = selected
  if action == 'move' then
    ids = move_values(selected, prefix, target_prefix)
  end
  if action ~= 'delete' then
    publish(ids)
  end
  forget(ids, action == 'requeue')
  forget(missing)
  forget_letters(gone)
  progress(job, math.floor(start / 1000), considered, #ids + #missing + #gone)
  for _, id in ipairs(missing) do
    changed[id] = true
  end
  for _, id in ipairs(gone) do
    changed[id] = true
  end
  local keys = {}
  for i, id in ipairs(ids) do
    changed[id] = true
    keys[i] = prefix .. id
  end
  if action == 'delete' and #ids > 0 then
    redis.call('UNLINK', unpack(keys)) -- last, because it cannot be undone
  end
end)
if failure then
  return failure
end
wake_prioritized()
for i = 1, considered do
  local id, time = candidates[i][1], candidates[i][2]
  if time and not changed[id] then
    last, last_time = id, math.floor(math.max(0, tonumber(time)))
  end
end
return { considered, #selected, more and 1 or 0, last, last_time }
