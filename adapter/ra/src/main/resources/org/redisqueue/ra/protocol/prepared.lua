-- Lists prepared branches of one queue with their records. Changes nothing. Ends after about two milliseconds.
--
-- KEYS[1]  prepared  HASH
-- ARGV[1]  cursor of the previous call, 0 at first
-- ARGV[2]  maximum number of consumed and of sent messages of a branch to list, 0 to 10,000
--
-- Result: { cursor of the next call ('0' = none), time in ms,
--           { branch, time at which it was prepared in ms (0 if its record is malformed), { queue, id, ... } that it
--             consumes, { queue, id, ... } that it sends, why its record is malformed (empty if it is not) }, ... }
--@include arguments
--@include record
local prepared, cursor, most = KEYS[1], ARGV[1], number(2, 0, 10000)

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function names(messages)
  local listed = {}
  for i = 1, math.min(most, #messages) do
    listed[2 * i - 1], listed[2 * i] = messages[i][1], messages[i][2]
  end
  return listed
end

local start = micros()
local reply = { '0', math.floor(start / 1000) }
repeat
  local found = redis.call('HSCAN', prepared, cursor, 'COUNT', 10)
  cursor = found[1]
  for i = 1, #found[2], 2 do
    local record, wrong = read_record(found[2][i + 1], prepared, false)
    if record then
      local time = type(record.time) == 'number' and math.floor(math.max(0, math.min(2 ^ 53, record.time))) or 0
      reply[#reply + 1] = { found[2][i], time, names(record.consumed), names(record.sent), '' }
    else
      reply[#reply + 1] = { string.sub(found[2][i], 1, 300), 0, {}, {}, wrong }
    end
  end
until cursor == '0' or micros() - start > 2000
reply[1] = cursor
return reply
