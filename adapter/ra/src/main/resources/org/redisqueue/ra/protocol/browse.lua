-- Lists messages in one place, without their bodies. Changes nothing. Ends after about two milliseconds.
--
-- KEYS[1]  ready       LIST
-- KEYS[2]  processing  ZSET
-- KEYS[3]  dead        ZSET
-- KEYS[4]  errors      HASH
-- KEYS[5]  failures    HASH
-- KEYS[6]  abandoned   HASH
-- KEYS[7]  expiry      ZSET
-- KEYS[8]  arrived     LIST
-- Also read, next to KEYS[1]: scheduled, waiting and prioritized, all ZSET; attributes HASH
-- ARGV[1]  place: 'ready' in the order of delivery; 'scheduled', 'delivering' or 'redelivering' by due time; 'waiting' by
--          group, each in its sequence; 'in doubt'; 'dead', the latest first
-- ARGV[2]  number of entries to skip, 0 to 2^53
-- ARGV[3]  maximum number of messages, 1 to 1,000
-- ARGV[4]  maximum number of entries to examine, 1 to 10,000
-- ARGV[5]  maximum number of bytes to return of each message, 0 to 10,000
--
-- Result: { number of entries to skip for the next page, -1 = there is none,
--           { id, token (empty if none), score in ms (0 if none), size in bytes, the beginning of its value,
--             deliveries, reason (empty if it is not a dead letter), deadline in ms (0 if none), attributes as in
--             groups.lua (at most 300 bytes, empty if none), ... } }
--@include arguments
--@include count
--@include deadid
--@include letter
local ready, processing, dead, errors, failures, abandoned, expiry, arrived = unpack(KEYS)
local place, skip, limit = ARGV[1], number(2, 0, 2 ^ 53), number(3, 1, 1000)
local most, bytes = number(4, 1, 10000), number(5, 0, 10000)
local tombstone = 'RQ/expired'
local base = string.sub(ready, 1, -6)
local prefix = base .. 'message:'

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function millis(score)
  return math.floor(math.max(0, math.min(2 ^ 53, tonumber(score) or 0)))
end

local found, examined = {}, 0
local start = micros()

-- Adds an entry. Returns whether there is room and time for another one.
local function add(id, token, score)
  local key, size, head = prefix .. id, 0, ''
  if #id <= 200 then
    size = redis.pcall('STRLEN', key)
    if type(size) == 'table' then
      size = 0
    elseif size > 0 then
      head = redis.call('GETRANGE', key, 0, math.max(bytes, #tombstone) - 1)
    end
    if head == tombstone then -- expired or deleted
      return true
    end
    head = string.sub(head, 1, bytes)
  end
  local reason, deliveries
  if place == 'dead' then
    reason, deliveries = letter(redis.call('HGET', errors, id))
  else
    reason, deliveries = '', count(redis.call('HGET', failures, id)) + count(redis.call('HGET', abandoned, id))
  end
  local deadline = redis.call('ZSCORE', expiry, id)
  local i = #found
  found[i + 1], found[i + 2], found[i + 3], found[i + 4] = dead_id(id), string.sub(token, 1, 64), score, size
  found[i + 5], found[i + 6], found[i + 7] = head, deliveries, reason
  found[i + 8] = deadline and math.floor(math.min(2 ^ 53, math.abs(tonumber(deadline)))) or 0
  found[i + 9] = string.sub(redis.call('HGET', base .. 'attributes', id) or '', 1, 300)
  return #found < 9 * limit and micros() - start < 2000
end

local total -- number of entries in this place, or of those that have to be examined
if place == 'ready' then
  -- The ids in arrived are delivered before those in ready. An empty string is not an id.
  local before, length, prioritized = redis.call('LLEN', arrived), redis.call('LLEN', ready), base .. 'prioritized'
  local ranked = redis.call('ZCARD', prioritized)
  local high = ranked > 0 and redis.call('ZCOUNT', prioritized, '-inf', '(0') or 0
  total = before + length + ranked
  local beginning, whole = skip, before + length
  local first = high > skip and redis.call('ZRANGE', prioritized, skip, math.min(high, skip + limit) - 1) or {}
  skip = math.max(0, skip - high)
  local function right_end(list, from, n) -- n entries, of which the first to be delivered has this number, from 0
    local first, last = string.format('%.0f', -from - n), string.format('%.0f', -from - 1)
    return n > 0 and redis.call('LRANGE', list, first, last) or {}
  end
  local moved = right_end(arrived, skip, math.max(0, math.min(limit, before - skip)))
  local rest = right_end(ready, math.max(0, skip - before), limit - #moved)
  local ids = first
  for i = 1, #moved + #rest do
    ids[#ids + 1] = moved[#moved + 1 - i] or rest[#rest + 1 + #moved - i]
  end
  if #ids < limit and ranked > high then
    local from = high + math.max(0, skip - whole)
    for _, id in ipairs(redis.call('ZRANGE', prioritized, from, from + limit - #ids - 1)) do
      ids[#ids + 1] = id
    end
  end
  skip = beginning
  for i = 1, math.min(limit, #ids) do
    examined = examined + 1
    if ids[i] ~= '' and not add(ids[i], '', 0) then
      break
    end
  end
elseif place == 'scheduled' then
  local scheduled = base .. 'scheduled'
  total = redis.call('ZCARD', scheduled)
  local entries = redis.call('ZRANGE', scheduled, skip, skip + limit - 1, 'WITHSCORES')
  for i = 1, #entries, 2 do
    examined = examined + 1
    if not add(entries[i], '', millis(entries[i + 1])) then
      break
    end
  end
elseif place == 'waiting' then
  local waiting = base .. 'waiting'
  total = redis.call('ZCARD', waiting)
  for _, member in ipairs(redis.call('ZRANGE', waiting, skip, skip + limit - 1)) do
    examined = examined + 1
    if not add(string.match(member, '([^ ]*)$'), '', 0) then
      break
    end
  end
elseif place == 'dead' then
  total = redis.call('ZCARD', dead)
  local letters = redis.call('ZRANGE', dead, skip, skip + limit - 1, 'REV', 'WITHSCORES')
  for i = 1, #letters, 2 do
    examined = examined + 1
    if not add(letters[i], '', millis(letters[i + 1])) then
      break
    end
  end
elseif place == 'delivering' or place == 'redelivering' or place == 'in doubt' then
  local in_doubt = redis.call('ZCOUNT', processing, 'inf', 'inf')
  local held = redis.call('ZCARD', processing) - in_doubt
  local first, last
  if place == 'in doubt' then
    total, first = in_doubt, held + skip
    last = first + limit - 1
  else
    total, first = held, skip
    last = math.min(held, skip + most) - 1
  end
  local entries = last >= first and redis.call('ZRANGE', processing, first, last, 'WITHSCORES') or {}
  for i = 1, #entries, 2 do
    examined = examined + 1
    local id, token = string.match(string.sub(entries[i], 1, 300), '^(.*) (%S+)$')
    if not id then
      id, token = entries[i], ''
    end
    if place == 'in doubt' or (token == '-') == (place == 'redelivering') then
      if not add(id, token == '-' and '' or token, place == 'in doubt' and 0 or millis(entries[i + 1])) then
        break
      end
    end
  end
else
  error("argument 1 must be 'ready', 'scheduled', 'waiting', 'delivering', 'redelivering', 'in doubt' or 'dead'")
end
local next_skip = skip + examined
return { next_skip < total and examined > 0 and next_skip or -1, found }
