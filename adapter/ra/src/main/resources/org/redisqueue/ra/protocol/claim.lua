-- Claims messages for one consumer: messages in processing that are due, and messages that are ready. While there are
-- enough of both, each group gets half of the claim, so that neither can starve the other. An empty string among the
-- ready messages is a wake-up without a message: it is removed, and does not count.
-- Scheduled messages that are due are published first: they join the ready messages, behind those that are ready.
-- Ready messages with a priority above 0 come before the others, and those with one below 0 after them.
-- If the claim leaves work that no waiting consumer would notice, it wakes one.
-- Messages that cannot be delivered are dead-lettered or dropped here, so that they never block the queue.
-- All or nothing: if Redis refuses a write, the writes before it are undone.
--
-- KEYS[1]  ready       LIST
-- KEYS[2]  processing  ZSET  '<id> <token>' -> due time, ms
-- KEYS[3]  dead        ZSET  id -> time at which the message was dead-lettered, ms
-- KEYS[4]  failures    HASH  id -> count
-- KEYS[5]  abandoned   HASH  id -> count
-- KEYS[6]  errors      HASH  id of a dead letter -> reason and number of deliveries, JSON
-- KEYS[7]  paused      STRING
-- KEYS[8]  expiry      ZSET  id -> deadline, ms; negative while the message is in processing; 0 = its body was freed
-- KEYS[9]  arrived     LIST  ids that a wait has taken from ready; delivered before those in ready
-- Also read and written, next to KEYS[1]:
--          scheduled   ZSET    id -> due time, ms
--          the keys of groups.lua: a message that is not the head of its group waits instead of being claimed;
--          messages in prioritized are ready, too
--          watchers    STRING  see watchers.lua
--          settings    HASH    see limits.lua; only read
--          rate, slots         see limits.lua
-- ARGV[1]  maximum number of messages, 1 to 1,000
-- ARGV[2]  token of this claim, 1 to 64 characters without a space, and not '-'; new for each claim
-- ARGV[3]  lease, ms, 1 to 3,600,000
-- ARGV[4]  prefix of the key of a message, before its id
-- ARGV[5]  number of abandoned deliveries, 0 to 1,000,000, above which a message is dead-lettered
-- ARGV[6]  maximum size of a message, bytes
-- ARGV[7]  maximum total size of the messages, bytes; the first message may exceed it
-- ARGV[8]  what happens to expired messages: 'drop' or 'dead-letter'
-- ARGV[9]  Redis time, ms, after which the claim is refused because its consumer is no longer waiting; 0 = none
-- ARGV[10] optional: whether the consumer waits for messages after this claim, and needs to know when one is due:
--          0 = no; 1 = yes; 2 = only if this claim returns no messages
--
-- Result: { paused (1 or 0),
--           ms until the next entry of processing is due, or the next scheduled message if this consumer is one of
--           those that should claim it; 0 = at once, -1 = none,
--           { id, value, failures, abandoned, ... },
--           { id of a message that does not exist, ... },
--           { id of a message that was dead-lettered, reason, ... },
--           number of expired messages that were dropped,
--           1 if the total size of the messages ended the claim, else 0,
--           the Redis time, ms,
--           0 if nothing is left to claim, so that the consumer may wait, else 1,
--           three more elements if the queue has limits, which may permit fewer messages than requested:
--           ms during which a further claim would get nothing because of the rate limit, at most 1,000; 0 = none,
--           1 if consumers hold as many messages as the queue permits, so that another claim is of use when one of them
--           is settled, or a second later; else 0,
--           { name of a setting that is invalid, and counts as the strictest limit, its value, ... } }
--@include arguments
--@include count
--@include undo
--@include deadid
--@include wakeup
local ready, processing, dead, failures, abandoned, errors, paused, expiry, arrived = unpack(KEYS)
local batch, token, lease, prefix = number(1, 1, 1000), ARGV[2], number(3, 1, 3600000), ARGV[4]
local max_abandoned, max_bytes, max_total = number(5, 0, 1000000), number(6, 0, 2 ^ 53), number(7, 0, 2 ^ 53)
local on_expiry, deadline, waits = ARGV[8], number(9, 0, 2 ^ 53), ARGV[10]
local bad_id = 'The id must be 1 to 200 printable ASCII characters without spaces'
local tombstone = 'RQ/expired' -- value of an expired message whose body was freed
local max_freed = 10 -- maximum number of bodies to free in one claim
local max_wake_ups = 1000 -- maximum number of wake-ups to remove in one claim
local max_published = 500 -- maximum number of scheduled messages to publish in one claim
local base = string.sub(ready, 1, -6)
local scheduled, watchers = base .. 'scheduled', base .. 'watchers'
local attributes, prioritized = base .. 'attributes', base .. 'prioritized'
local longest_wait, longest_due = 86400000, 2 ^ 53
if #token == 0 or #token > 64 or token == '-' or string.find(token, '%s') then
  error("argument 2 must be 1 to 64 characters without spaces, and not '-'")
end
if on_expiry ~= 'drop' and on_expiry ~= 'dead-letter' then
  error("argument 8 must be 'drop' or 'dead-letter'")
end

if base .. 'message:' ~= prefix then
  error('argument 4 must be the prefix of the message keys')
elseif base .. 'arrived' ~= arrived then
  error('a key does not belong to its queue')
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if deadline > 0 and now > deadline then
  return redis.error_reply('ERR The claim arrived too late')
end

local function is_id(id)
  return #id <= 200 and string.find(id, '^[\33-\126]+$')
end

-- The usual case: the queue is not paused and has no counters and no deadlines, nothing is due, and all of the next
-- ready messages can be delivered. This case needs few commands and none of the bookkeeping of the general case below.
-- `moved` has the right end of arrived; `are_heads` is a function if the queue has groups, else nil. Returns nil to
-- leave the decision to the general case, or the error of a refused LTRIM after undoing the writes before it.
-- Numbers are passed to Redis as text, because converting one takes a microsecond.
local function claim_ready(moved, next_due, are_heads)
  local a = math.min(#moved, batch) -- number of messages from arrived
  local ids = a < batch and redis.call('LRANGE', ready, string.format('-%d', batch - a), '-1') or {}
  for i = #moved - a + 1, #moved do
    ids[#ids + 1] = moved[i]
  end
  local n = #ids
  local wait = next_due and math.min(longest_wait, math.ceil(next_due - now)) or -1
  if n == 0 then
    return { 0, wait, {}, {}, {}, 0, 0, now, 0 }
  end
  local keys, total = {}, 0
  for i = 1, n do
    local id = ids[n + 1 - i]
    if not is_id(id) then
      return nil
    end
    local key = prefix .. id
    local size = redis.pcall('STRLEN', key) -- a table if the key is not a string
    if type(size) == 'table' or size > max_bytes then
      return nil
    end
    total = total + size
    if total > max_total then
      return nil
    end
    keys[i] = key
  end
  if are_heads and not are_heads(ids) then
    return nil
  end
  local values = redis.call('MGET', unpack(keys))
  local due, entries, members, claimed = string.format('%.0f', now + lease), {}, {}, {}
  for i = 1, n do
    local id, value = ids[n + 1 - i], values[i]
    if not value or value == tombstone then
      return nil
    end
    local member = id .. ' ' .. token
    members[i] = member
    entries[2 * i - 1], entries[2 * i] = due, member
    local c = 4 * i
    claimed[c - 3], claimed[c - 2], claimed[c - 1], claimed[c] = id, value, 0, 0
  end
  local added = redis.pcall('ZADD', processing, unpack(entries))
  if type(added) == 'table' then
    return nil -- Redis may be full
  end
  local trimmed = added == n and { ok = 'OK' }
  if trimmed and a > 0 then
    trimmed = redis.pcall('LTRIM', arrived, '0', string.format('%d', -a - 1))
  end
  if trimmed and not trimmed.err and n > a then
    trimmed = redis.pcall('LTRIM', ready, '0', string.format('%d', a - n - 1))
    if trimmed.err and a > 0 then
      redis.pcall('RPUSH', arrived, unpack(moved, #moved - a + 1))
    end
  end
  if not trimmed or trimmed.err then -- an id is among the ready messages twice, or Redis refused the write
    redis.pcall('ZREM', processing, unpack(members)) -- if refused, the general case writes the same entries
    return trimmed or nil
  end
  if #moved > a then
    wake(ready)
  end
  local more = n == batch and 1 or 0
  return { 0, wait == -1 and lease or math.min(wait, lease), claimed, {}, {}, 0, 0, now, more }
end

-- A message that ended a wait is in arrived. If that is all there is, or there are groups, this is the usual case, too.
local special = { paused, failures, abandoned, expiry, arrived, scheduled, attributes, prioritized, base .. 'settings' }
local marks = redis.call('EXISTS', unpack(special))
local moved = marks > 0 and redis.call('LRANGE', arrived, string.format('-%d', batch + 1), '-1') or {}
local others = #moved > 0 and marks - 1 or marks -- how many keys besides arrived exist
local grouped = others > 0 and redis.call('EXISTS', attributes) == 1
local heads, are_heads
if grouped then
  others = others - 1
  heads = base .. 'heads'
  are_heads = function(ids) -- whether all of these messages that belong to groups are the heads of them
    local groups, expected = {}, {}
    for i, own in ipairs(redis.call('HMGET', attributes, unpack(ids))) do
      local group = own and string.match(own, '^%S+ (%S+)')
      if group then
        groups[#groups + 1] = group
        expected[#groups] = ids[i]
      end
    end
    for i, head in ipairs(#groups > 0 and redis.call('HMGET', heads, unpack(groups)) or {}) do
      if head ~= expected[i] then
        return false
      end
    end
    return true
  end
end
local planned, next_scheduled, tell -- when the next scheduled message is due, ms; functions
local limits -- nil if the queue has none
if others > 0 then
--@include watchers
  tell = function(wait, found) -- the shorter of two waits, ms: for the next entry of processing, and for this message
    local stays = waits ~= '0' and (waits ~= '2' or #found == 0)
    local told = planned and wait_for_scheduled(watchers, ready, token, stays, planned, now)
    return told and math.min(wait < 0 and longest_wait or wait, told) or wait
  end
  next_scheduled = function()
    local due = redis.call('ZRANGE', scheduled, '0', '0', 'WITHSCORES')[2]
    return due and due ~= 'inf' and math.max(0, math.min(longest_due, math.ceil(tonumber(due)))) or nil
  end
  planned = next_scheduled()
  if planned and planned > now then
    others = others - 1
  end
  if others > 0 then
--@include limits
    limits = read_limits()
    if not limits then
      others = others - redis.call('EXISTS', base .. 'settings')
    end
  end
end
if others == 0 then
  local first = redis.call('ZRANGE', processing, '0', '0', 'WITHSCORES')[2]
  local next_due = first and first ~= 'inf' and tonumber(first) or nil
  if not next_due or next_due > now then
    local reply = claim_ready(moved, next_due, are_heads)
    if reply and planned and not reply.err then
      reply[2] = tell(reply[2], reply[3])
    end
    if reply then
      return reply
    end
  end
elseif redis.call('EXISTS', paused) == 1 then
  return { 1, -1, {}, {}, {}, 0, 0, now, 1 }
end
if limits then
  batch = limits.allowed
  if batch == 0 then
    return limits.report({ 0, -1, {}, {}, {}, 0, 0, now, 1 })
  end
end

-- The general case. Everything is read before anything is written, which also refuses keys of the wrong type.
--@include groups
grouped = grouped and check_groups(base)
local counted = redis.call('HLEN', failures) + redis.call('HLEN', abandoned) > 0
local expiring = redis.call('ZCARD', expiry) > 0
local due = redis.call('ZRANGE', processing, '-inf', now, 'BYSCORE', 'LIMIT', 0, batch, 'WITHSCORES')
local function messages_moved()
  local n = 0
  for _, id in ipairs(moved) do
    n = n + (id == '' and 0 or 1)
  end
  return n
end
local all_moved = #moved <= batch -- whether this is all of arrived
if not all_moved and messages_moved() <= batch then -- wake-ups hide messages
  moved = redis.call('LRANGE', arrived, -batch - max_wake_ups, -1)
  all_moved = #moved < batch + max_wake_ups
end
local asked = batch + 1 - math.min(messages_moved(), batch) -- at least one, to see whether ready is empty
local rest = {} -- from ready; the last is the next to be delivered, after those of arrived
if all_moved then -- else arrived may have more messages, which are delivered first
  rest = redis.call('LRANGE', ready, -asked, -1)
end
local whole = all_moved and #rest < asked -- whether this is all of ready
local published, due_times = {}, {} -- scheduled messages that are due, in this order
if planned and planned <= now then
  local found = redis.call('ZRANGE', scheduled, '-inf', now, 'BYSCORE', 'LIMIT', 0, max_published, 'WITHSCORES')
  for i = 1, #found, 2 do
    published[#published + 1] = found[i]
    due_times[i], due_times[i + 1] = found[i + 1], found[i]
  end
end
local groups_of = grouped and #published > 0 and redis.call('HMGET', attributes, unpack(published)) or {}
if grouped and #published > 1 then -- of messages of a group that are due at the same time, the first to be sent is first
  local entries = {}
  for i, id in ipairs(published) do
    local number = groups_of[i] and select(4, parse_attributes(groups_of[i])) or ''
    entries[i] = { id = id, own = groups_of[i], due = tonumber(due_times[2 * i - 1]), number = number }
  end
  table.sort(entries, function(a, b)
    if a.due ~= b.due then
      return a.due < b.due
    end
    return a.number < b.number or a.number == b.number and a.id < b.id
  end)
  for i, entry in ipairs(entries) do
    published[i], groups_of[i] = entry.id, entry.own
  end
end

local head_of = {} -- group -> id of its head, as read or as this claim changes it; false = none
local function head(group)
  if head_of[group] == nil then
    head_of[group] = redis.call('HGET', heads, group)
  end
  return head_of[group]
end

local pushed, joining = {}, {} -- scheduled messages that become ready, and those that belong to groups
for i, own in ipairs(groups_of) do
  local _, group, priority = parse_attributes(own or '')
  if group then
    head_of[group] = head(group) or published[i]
  end
  local is_ready = priority == 0 and (not group or head(group) == published[i])
  if is_ready then
    pushed[#pushed + 1] = published[i]
  end
  if own then
    joining[#joining + 1] = { id = published[i], group = group, priority = priority, former = own, pushed = is_ready }
  end
end
if not grouped then
  pushed = published
end
if whole and #pushed > 0 then -- they are pushed to ready before anything is taken from it
  local all = {}
  for i = #pushed, 1, -1 do
    all[#all + 1] = pushed[i]
  end
  for _, id in ipairs(rest) do
    all[#all + 1] = id
  end
  rest = all
end

-- The entry at a position in the order of delivery; nil if none was read
local function entry_at(position)
  return moved[#moved + 1 - position] or rest[#rest + 1 + #moved - position]
end

-- Ready messages, in the order of delivery: their positions in arrived and ready, or their scores in prioritized
local ids, positions, ranks = {}, {}, {}
local total_prioritized = redis.call('ZCARD', prioritized)
local function add_prioritized(first, last)
  local left = total_prioritized > 0 and batch - #ids or 0
  if left > 0 then
    local found = redis.call('ZRANGE', prioritized, first, last, 'BYSCORE', 'LIMIT', 0, left, 'WITHSCORES')
    for i = 1, #found, 2 do
      ids[#ids + 1] = found[i]
      ranks[#ids] = found[i + 1]
    end
  end
end
add_prioritized('-inf', '(0')
for position = 1, #moved + #rest do
  local id = entry_at(position)
  if id ~= '' and #ids < batch then
    ids[#ids + 1] = id
    positions[#ids] = position
  end
end
if whole then -- else there may be more messages in arrived and ready, which come first
  add_prioritized('0', '+inf')
end

-- The random token decides which group gets the odd message of a claim, and which group comes first.
local chance = string.byte(token, -1) % 2
local from_due = math.min(#due / 2, math.max(math.floor((batch + chance) / 2), batch - #ids))
local from_ready = math.min(#ids, batch - from_due)

-- A candidate is claimed with all of its entries: an id may be in processing twice, or also be ready.
local candidates, known = {}, {}
local taken = {} -- candidates from ready, in the order of delivery

local function candidate(id)
  local found = known[id]
  if not found then
    found = { id = id, key = prefix .. id, crashes = 0, failures = 0, abandoned = 0, fate = false, value = false }
    known[id] = found
    candidates[#candidates + 1] = found
  end
  return found
end

local function malformed(id, reason)
  if #id > 200 then
    reason = reason .. '; it has ' .. #id .. ' bytes and is recorded in a shortened form'
  end
  local key = #id <= 200 and prefix .. id
  local found = { id = dead_id(id), key = key, crashes = 0, failures = 0, abandoned = 0, reason = reason }
  candidates[#candidates + 1] = found
  return found
end

local function consider_due()
  for i = 1, 2 * from_due, 2 do
    local member, found = due[i], nil
    local id, holder
    if #member <= 300 then -- 200 for the id; a longer member is not copied
      id, holder = string.match(member, '^(.*) (%S+)$')
    end
    if not id then
      found = malformed(member, 'Its entry in processing has no token')
    elseif not is_id(id) then
      found = malformed(id, bad_id)
    else
      found = candidate(id)
      if holder ~= '-' then -- abandoned: its consumer died or lost the lease
        found.crashes = found.crashes + 1
      end
    end
    found.members = found.members or {}
    found.members[#found.members + 1] = { member, due[i + 1] }
  end
end

local function consider_ready()
  for i = 1, from_ready do
    taken[#taken + 1] = is_id(ids[i]) and candidate(ids[i]) or malformed(ids[i], bad_id)
  end
end

if chance == 1 then
  consider_due()
  consider_ready()
else
  consider_ready()
  consider_due()
end

if (counted or expiring) and #candidates > 0 then
  local valid, names = {}, {}
  for _, found in ipairs(candidates) do
    if not found.reason then
      valid[#valid + 1] = found
      names[#names + 1] = found.id
    end
  end
  local failed = #valid > 0 and counted and redis.call('HMGET', failures, unpack(names)) or {}
  local left = #valid > 0 and counted and redis.call('HMGET', abandoned, unpack(names)) or {}
  local scores = #valid > 0 and expiring and redis.call('ZMSCORE', expiry, unpack(names)) or {}
  for i, found in ipairs(valid) do
    found.failed, found.left, found.score = failed[i], left[i], scores[i]
  end
end
if grouped then
  for _, found in ipairs(candidates) do
    local own = is_id(found.id) and redis.call('HGET', attributes, found.id)
    if own then
      found.attributes = own
      found.sequence, found.group = parse_attributes(own)
    end
  end
end

-- Whether a message that belongs to a group may not be delivered, because another one is the head of the group.
local function must_wait(found, size)
  local other = head(found.group)
  if other and other ~= found.id and redis.call('EXISTS', prefix .. other) == 1 then
    return size > 0 or redis.call('EXISTS', found.key) == 1
  end
  found.leads = other ~= found.id -- there is no head, or something else has deleted it
  head_of[found.group] = found.id
  return false
end

-- Decides the fate of the candidates, in order, until the claim is large enough. Sizes are measured before values are
-- read.
local sizes, stopped, keys, reading, dead_lettering = 0, 0, {}, {}, false
for _, found in ipairs(candidates) do
  if found.failed or found.left or found.crashes > 0 then
    found.failures, found.abandoned = count(found.failed), math.min(1000000, count(found.left) + found.crashes)
  end
  if not found.reason then
    local size = redis.pcall('STRLEN', found.key)
    if type(size) == 'table' then
      if not string.find(size.err, 'WRONGTYPE', 1, true) then
        return size
      end
      found.reason = 'Its key holds a ' .. redis.call('TYPE', found.key).ok .. ' instead of a string'
    elseif found.score and math.abs(found.score) <= now then
      if on_expiry == 'drop' or size == #tombstone and redis.call('MGET', found.key)[1] == tombstone then
        found.fate = 'dropped'
      elseif size == 0 and redis.call('EXISTS', found.key) == 0 then
        found.fate = 'gone'
      else
        found.reason, found.expired = 'It expired before it was acknowledged', true
      end
    elseif size > max_bytes then
      found.reason = 'It has ' .. size .. ' bytes, but maxMessageSize is ' .. max_bytes .. ' bytes'
    elseif found.abandoned > max_abandoned then
      found.reason = 'It was abandoned ' .. found.abandoned .. ' times: each time, its consumer died or lost the lease'
    elseif sizes + size > max_total and #keys > 0 then
      stopped = 1
      break
    elseif found.sequence and found.group and must_wait(found, size) then
      found.fate = 'waiting'
    else
      sizes = sizes + size
      keys[#keys + 1] = found.key
      reading[#keys] = found
      found.fate = 'claimed'
    end
  end
  if found.reason then
    found.fate = 'dead'
    dead_lettering = true
  end
end
if #keys > 0 then
  local values = redis.call('MGET', unpack(keys))
  for i, found in ipairs(reading) do
    local value = values[i]
    if not value then
      found.fate = 'gone'
    elseif value == tombstone then
      found.fate = 'dropped'
    end
    found.value = value
  end
end
if dead_lettering then
  redis.call('ZCARD', dead)
  redis.call('HLEN', errors)
end

local entries, members = {}, {} -- added to processing
local left, left_scores = {}, {} -- removed from processing
local kept = {} -- stay in processing with a new score, because the consumer reused a token
local claimed, gone, dead_letters, dropped = {}, {}, {}, {}
local hidden, shown = {}, {} -- scores in expiry: while claimed, and before
local ended, ended_scores = {}, {} -- removed from expiry
local uncounted = {} -- fields removed from the two hashes, with their values
local leaving, buried = {}, {} -- messages that end in their groups; those of them that are dead letters
local returning, leading = {}, {} -- messages that wait for their groups; heads in place of others
for _, found in ipairs(candidates) do
  if not found.fate then
    break
  end
  if found.members then
    local new = found.fate == 'claimed' and found.id .. ' ' .. token
    for _, member in ipairs(found.members) do
      local scores = member[1] == new and kept or left_scores
      scores[#scores + 1] = member[2]
      scores[#scores + 1] = member[1]
      if member[1] ~= new then
        left[#left + 1] = member[1]
      end
    end
  end
  if found.sequence and found.leads and found.fate ~= 'waiting' then
    leading[#leading + 1] = found
  end
  if found.attributes and found.fate ~= 'claimed' and found.fate ~= 'waiting' then
    leaving[#leaving + 1] = found.id
    if found.fate == 'dead' and redis.call('EXISTS', found.key) == 1 then
      buried[found.id] = found.expired and 'expired' or true
    end
  end
  if found.fate == 'waiting' then
    returning[#returning + 1] = found
    if found.score and tonumber(found.score) < 0 then
      hidden[#hidden + 1] = -found.score
      hidden[#hidden + 1] = found.id
      shown[#shown + 1] = found.score
      shown[#shown + 1] = found.id
    end
  elseif found.fate == 'claimed' then
    local i, member = #members, found.id .. ' ' .. token
    members[i + 1] = member
    entries[2 * i + 1], entries[2 * i + 2] = now + lease, member
    claimed[4 * i + 1], claimed[4 * i + 2] = found.id, found.value
    claimed[4 * i + 3], claimed[4 * i + 4] = found.failures, found.abandoned
    if found.score and tonumber(found.score) > 0 then
      hidden[#hidden + 1] = -found.score
      hidden[#hidden + 1] = found.id
      shown[#shown + 1] = found.score
      shown[#shown + 1] = found.id
    end
  else
    if found.failed then
      uncounted[#uncounted + 1] = { failures, found.id, found.failed }
    end
    if found.left then
      uncounted[#uncounted + 1] = { abandoned, found.id, found.left }
    end
    if found.score then
      ended[#ended + 1] = found.id
      ended_scores[#ended_scores + 1] = found.score
      ended_scores[#ended_scores + 1] = found.id
    end
    if found.fate == 'gone' then
      gone[#gone + 1] = found.id
    elseif found.fate == 'dropped' then
      dropped[#dropped + 1] = found.key
    else
      dead_letters[#dead_letters + 1] = found.id
      dead_letters[#dead_letters + 1] = found.reason
    end
  end
end
local removed = 0 -- number of entries to remove from the right ends of arrived and ready, including wake-ups
local demoted, demoted_ranks = {}, {} -- removed from prioritized
for i, found in ipairs(taken) do
  if not found.fate then
    break
  end
  removed = positions[i] or removed
  if ranks[i] then
    demoted[#demoted + 1] = ids[i]
    demoted_ranks[#demoted_ranks + 1] = ranks[i]
    demoted_ranks[#demoted_ranks + 1] = ids[i]
  end
end
while entry_at(removed + 1) == '' do
  removed = removed + 1
end
local from_arrived = math.min(removed, #moved)

local function set(hash, field, value)
  local old = redis.call('HGET', hash, field)
  write(function()
    if old then
      redis.pcall('HSET', hash, field, old)
    else
      redis.pcall('HDEL', hash, field)
    end
  end, 'HSET', hash, field, value)
end

-- Removes an expired message from a group, in which it would be the next head.
local function skips(id)
  local score = expiring and on_expiry == 'drop' and #dropped < 1000 and redis.call('ZSCORE', expiry, id)
  if not score or tonumber(score) > now or tonumber(score) < -now then
    return false
  end
  write({ 'ZADD', expiry, score, id }, 'ZREM', expiry, id)
  dropped[#dropped + 1] = prefix .. id
  return true
end

local regrouped = #leaving + #returning + #leading > 0
local promoted = 0

local function dead_letter(found)
  local old = redis.call('ZSCORE', dead, found.id)
  write(function()
    if old then
      redis.pcall('ZADD', dead, old, found.id)
    else
      redis.pcall('ZREM', dead, found.id)
    end
  end, 'ZADD', dead, now, found.id)
  local deliveries = found.failures + found.abandoned
  local ttl = found.key and redis.call('PTTL', found.key) or -2 -- -2: there is no message
  set(errors, found.id, cjson.encode({ reason = found.reason, deliveries = deliveries, gone = ttl == -2 or nil }))
  if ttl > 0 then
    write(function()
      redis.pcall('PEXPIRE', found.key, ttl)
    end, 'PERSIST', found.key)
  end
end

local failure = all_or_nothing(function()
  if #published > 0 then
    write(nil, 'ZREM', scheduled, '') -- uses no memory, like the first writes below
    write(nil, 'ZADD', scheduled, unpack(due_times)) -- no change; tests whether Redis would refuse the undo
    write(nil, 'LTRIM', ready, 0, -1) -- the same
    write(function()
      redis.pcall('ZADD', scheduled, unpack(due_times))
    end, 'ZREM', scheduled, unpack(published))
    local released = {} -- pushed behind the others, because the others are already expected in ready
    for _, message in ipairs(joining) do
      local id = join(base, message.id, message.group, message.priority, message.former)
      if id and not (message.pushed and id == message.id) then
        released[#released + 1] = id
      end
    end
    if #pushed > 0 then
      write({ 'LTRIM', ready, #pushed, -1 }, 'LPUSH', ready, unpack(pushed))
    end
    promoted = promoted + #released
    make_ready(base, released)
  end
  if limits or regrouped or #left + #gone + #dead_letters + #dropped + #demoted > 0 then
    -- Start with writes that use no memory: at maxmemory, Redis refuses commands that use memory only until the script
    -- has written. If these writes are refused, the ones that follow could not be undone.
    write(nil, 'ZREM', processing, token)
    write(nil, 'HDEL', abandoned, token)
  end
  if #entries > 0 then
    local function inverse()
      redis.pcall('ZREM', processing, unpack(members))
      if #kept > 0 then
        redis.pcall('ZADD', processing, unpack(kept))
      end
    end
    local added = redis.pcall('ZADD', processing, unpack(entries))
    if type(added) == 'number' then
      undo[#undo + 1] = inverse
    else -- Redis may be full
      write(nil, 'ZREM', processing, token)
      write(inverse, 'ZADD', processing, unpack(entries))
    end
  end
  if limits then
    limits.take(members)
  end
  for _, found in ipairs((#left > 0 or dead_lettering) and candidates or {}) do
    if found.fate == 'claimed' and found.crashes > 0 then
      set(abandoned, found.id, found.abandoned)
    elseif found.fate == 'dead' then
      dead_letter(found)
    end
  end
  if regrouped then
    begin_groups(base)
    begin_leaving(base, leaving)
    for _, found in ipairs(leading) do
      local group, old = found.group, redis.call('HGET', heads, found.group)
      write(old and { 'HSET', heads, group, old } or { 'HDEL', heads, group }, 'HSET', heads, group, found.id)
      local member = group .. ' ' .. found.sequence .. ' ' .. found.id
      if redis.call('ZSCORE', base .. 'waiting', member) then -- it was pushed to ready by something else
        write({ 'ZADD', base .. 'waiting', 0, member }, 'ZREM', base .. 'waiting', member)
      end
    end
    for _, found in ipairs(returning) do
      local member = found.group .. ' ' .. found.sequence .. ' ' .. found.id
      if not redis.call('ZSCORE', base .. 'waiting', member) then
        write({ 'ZREM', base .. 'waiting', member }, 'ZADD', base .. 'waiting', 0, member)
      end
    end
  end
  if #hidden > 0 then
    write(function()
      redis.pcall('ZADD', expiry, unpack(shown))
    end, 'ZADD', expiry, unpack(hidden))
  end
  -- Removals
  for _, old in ipairs(uncounted) do
    write(function()
      redis.pcall('HSET', old[1], old[2], old[3])
    end, 'HDEL', old[1], old[2])
  end
  if #ended > 0 then
    write(function()
      redis.pcall('ZADD', expiry, unpack(ended_scores))
    end, 'ZREM', expiry, unpack(ended))
  end
  if #left > 0 then
    write(function()
      redis.pcall('ZADD', processing, unpack(left_scores))
    end, 'ZREM', processing, unpack(left))
  end
  if #demoted > 0 then
    write(nil, 'ZADD', prioritized, unpack(demoted_ranks)) -- no change; tests whether Redis would refuse the undo
    write({ 'ZADD', prioritized, unpack(demoted_ranks) }, 'ZREM', prioritized, unpack(demoted))
  end
  if from_arrived > 0 then
    write(function()
      redis.pcall('RPUSH', arrived, unpack(moved, #moved - from_arrived + 1))
    end, 'LTRIM', arrived, 0, -from_arrived - 1)
  end
  if removed > from_arrived then
    write(function()
      redis.pcall('RPUSH', ready, unpack(rest, #rest - removed + from_arrived + 1))
    end, 'LTRIM', ready, 0, from_arrived - removed - 1)
  end
  if regrouped then -- after the removals from ready, because it pushes the next messages of the groups
    promoted = promoted + leave(base, leaving, buried, skips)
  end
  if #dropped > 0 then
    write(nil, 'UNLINK', unpack(dropped)) -- last, because it cannot be undone
  end
end)
if failure then
  return failure
end

-- Expired messages that are still ready keep their place but lose their body. If Redis refuses this, a later claim does
-- it.
if expiring and on_expiry == 'drop' then
  local expired = redis.pcall('ZRANGE', expiry, '(0', now, 'BYSCORE', 'LIMIT', 0, max_freed)
  for _, id in ipairs(expired) do
    local size = redis.pcall('STRLEN', prefix .. id)
    if type(size) == 'number' and size > 0 then
      local freed = redis.pcall('SET', prefix .. id, tombstone, 'XX')
      if type(freed) == 'table' and freed.err then
        break
      end
    end
    redis.pcall('ZADD', expiry, 'XX', 0, id)
  end
end

local first = redis.call('ZRANGE', processing, 0, 0, 'WITHSCORES')
local wait = -1
if first[2] and first[2] ~= 'inf' then
  wait = math.min(longest_wait, math.max(0, math.ceil(first[2] - now)))
end
if planned then
  if #published > 0 then
    planned = next_scheduled()
  end
  wait = tell(wait, claimed)
end
local left = from_arrived < #moved or not all_moved -- in arrived, where no wait notices it
if total_prioritized > 0 or promoted > 0 then
  left = left or redis.call('EXISTS', prioritized) == 1 -- the same
end
if left or wait == 0 then
  wake(ready)
end
local more = (left or wait == 0 or removed < #moved + #rest or not whole or promoted > 0) and 1 or 0
local reply = { 0, wait, claimed, gone, dead_letters, #dropped, stopped, now, more }
return limits and limits.report(reply) or reply
