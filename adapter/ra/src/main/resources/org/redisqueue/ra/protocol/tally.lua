-- Adds to the counters of deliveries in the current minute.
--
-- KEYS     for each queue: ready  LIST; names the queue. The counters of a day are in '<prefix>history:<days since 1970>',
--          a STRING with two unsigned 32-bit counters for each minute: deliveries that were acknowledged, and deliveries
--          that failed. It is kept for two days after the last minute that was first counted
-- ARGV     for each queue: deliveries that were acknowledged, deliveries that failed, 0 to 4,294,967,295
--
-- Result: an empty list
--@include arguments
local kept = '172800000'
if #ARGV ~= 2 * #KEYS then
  error('there must be two arguments for each key')
end
local counts = {}
for i = 1, #ARGV do
  counts[i] = number(i, 0, 4294967295)
end
local minute = math.floor(redis.call('TIME')[1] / 60)
local day = 'history:' .. math.floor(minute / 1440)
local first, second = '#' .. (minute % 1440) * 2, '#' .. (minute % 1440) * 2 + 1
for i, ready in ipairs(KEYS) do
  local history = string.sub(ready, 1, -6) .. day
  local delivered, failed = counts[2 * i - 1], counts[2 * i]
  local sums
  if failed == 0 then -- the usual case
    sums = redis.pcall('BITFIELD', history, 'OVERFLOW', 'SAT', 'INCRBY', 'u32', first, ARGV[2 * i - 1])
  elseif delivered == 0 then
    sums = redis.pcall('BITFIELD', history, 'OVERFLOW', 'SAT', 'INCRBY', 'u32', second, ARGV[2 * i])
  else
    local add = ARGV[2 * i]
    sums = redis.pcall(
      'BITFIELD', history, 'OVERFLOW', 'SAT', 'INCRBY', 'u32', first, ARGV[2 * i - 1], 'INCRBY', 'u32', second, add
    )
  end
  if sums.err then
    if not string.find(sums.err, 'WRONGTYPE', 1, true) then
      return sums
    end
  elseif sums[1] == delivered or sums[1] == failed then -- the first of this minute
    redis.call('PEXPIRE', history, kept)
  end
end
return {}
