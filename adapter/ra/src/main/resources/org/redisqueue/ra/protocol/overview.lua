-- Reports the state of queues. Changes nothing. Ends after about two milliseconds; the reply then describes the first
-- queues only, at least one.
--
-- KEYS     for each queue:
--          ready       LIST
--          processing  ZSET
--          dead        ZSET
--          paused      STRING
--          arrived     LIST
--          Also read, next to ready: scheduled and waiting, both ZSET; settings HASH
-- ARGV[1]  number of entries in processing, 1 to 10,000, above which a sample of that size is examined
-- ARGV[2]  maximum number of bytes to return of the message that is delivered next, 0 to 10,000
-- ARGV[i > 2]  names of the settings to report
--
-- Result: for each queue { ready, in doubt, delivering, redelivering, dead,
--           ms until the pause ends (-1 = paused until resumed, -2 = not paused),
--           id of the message that is delivered next, the beginning of its value (both empty if none),
--           deliveries that were acknowledged in the last complete minute, deliveries that failed in it, time in ms,
--           scheduled, waiting, { value of each setting, at most 100 bytes; empty if none } }
--         Messages that are due and have not been published count as ready. A key of the wrong type counts as empty.
--@include arguments
--@include readycount
local limit, bytes = number(1, 1, 10000), number(2, 0, 10000)
local names = { unpack(ARGV, 3) }

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- The reply of a read, or the given value if the key has another type.
local function read(otherwise, ...)
  local found = redis.pcall(...)
  if type(found) == 'table' and found.err then
    return otherwise
  end
  return found
end

-- How many members have a consumer, and how many wait for redelivery.
local function holders(members, step)
  local delivering, redelivering = 0, 0
  for i = 1, #members, step do
    if step == 1 or members[i + 1] ~= 'inf' then
      if string.sub(members[i], -2) == ' -' then
        redelivering = redelivering + 1
      else
        delivering = delivering + 1
      end
    end
  end
  return delivering, redelivering
end

local start = micros()
local minute = math.floor(start / 60000000) - 1
local reports = {}
for i = 1, #KEYS, 5 do
  local ready, processing, dead, paused, arrived = unpack(KEYS, i, i + 4)
  local prefix = string.sub(ready, 1, -6)
  local in_doubt = read(0, 'ZCOUNT', processing, 'inf', 'inf')
  local held = read(0, 'ZCARD', processing) - in_doubt
  local delivering, redelivering = 0, 0
  if held > 0 and held <= limit then
    delivering, redelivering = holders(redis.call('ZRANGE', processing, 0, held - 1), 1)
  elseif held > 0 then
    local sampled, waiting = holders(redis.call('ZRANDMEMBER', processing, limit, 'WITHSCORES'), 2)
    redelivering = math.floor(held * waiting / math.max(1, sampled + waiting) + 0.5)
    delivering = held - redelivering
  end
  local counted, count = pcall(ready_count, ready, arrived)
  local id
  for _, list in ipairs({ ready, arrived }) do -- the ids in arrived are delivered first
    for _, each in ipairs(read({}, 'LRANGE', list, -10, -1)) do
      id = each ~= '' and each or id
    end
  end
  id = id or read({}, 'ZRANGE', prefix .. 'prioritized', 0, 0)[1] -- urgent messages do not hide that others wait long
  local head = id and #id <= 200 and bytes > 0 and read('', 'GETRANGE', prefix .. 'message:' .. id, 0, bytes - 1) or ''
  local due = read(0, 'ZCOUNT', prefix .. 'scheduled', '-inf', math.floor(start / 1000))
  local history = prefix .. 'history:' .. math.floor(minute / 1440)
  local offset = '#' .. (minute % 1440) * 2
  local counts = read({ 0, 0 }, 'BITFIELD', history, 'GET', 'u32', offset, 'GET', 'u32', '#' .. (minute % 1440) * 2 + 1)
  local settings = {}
  for number, value in ipairs(#names > 0 and read({}, 'HMGET', prefix .. 'settings', unpack(names)) or {}) do
    settings[number] = value and string.sub(value, 1, 100) or ''
  end
  reports[#reports + 1] = {
    (counted and count or read(0, 'LLEN', ready)) + due,
    in_doubt,
    delivering,
    redelivering,
    read(0, 'ZCARD', dead),
    redis.call('PTTL', paused),
    id and string.sub(id, 1, 200) or '',
    head,
    counts[1],
    counts[2],
    math.floor(start / 1000),
    read(0, 'ZCARD', prefix .. 'scheduled') - due,
    read(0, 'ZCARD', prefix .. 'waiting'),
    settings,
  }
  if micros() - start > 2000 then
    break
  end
end
return reports
