-- Reads how many deliveries of a queue ended in each of the last minutes, including the current one. Changes nothing.
--
-- KEYS[1]  ready  LIST; names the queue. The counters of a day are in '<prefix>history:<days since 1970>', a STRING with
--          two unsigned 32-bit counters for each minute: deliveries that were acknowledged, and deliveries that failed
-- ARGV[1]  number of minutes, 1 to 1,440
--
-- Result: { first minute, in minutes since 1970, { delivered, failed, ... } }
--@include arguments
local minutes = number(1, 1, 1440)
local prefix = string.sub(KEYS[1], 1, -6)
local first = math.floor(redis.call('TIME')[1] / 60) - minutes + 1
local counts = {}
local from = first
while from < first + minutes do
  local day = math.floor(from / 1440)
  local to = math.min(first + minutes, (day + 1) * 1440) -- the first minute that is not read from this day
  local bytes = redis.pcall('GETRANGE', prefix .. 'history:' .. day, (from - day * 1440) * 8, (to - day * 1440) * 8 - 1)
  if type(bytes) == 'table' then
    bytes = ''
  end
  for i = 1, (to - from) * 8, 4 do
    local a, b, c, d = string.byte(bytes, i, i + 3)
    counts[#counts + 1] = d and ((a * 256 + b) * 256 + c) * 256 + d or 0
  end
  from = to
end
return { first, counts }
