-- Looks for the entry of a message in processing. Changes nothing. Ends after about two milliseconds.
--
-- KEYS[1]  processing  ZSET
-- ARGV[1]  id
-- ARGV[2]  cursor of the previous call, 0 at first
--
-- Result: { cursor of the next call ('0' = the entry was found, or there is none), token, score }; without token and
--         score if the entry was not found
local processing, id, cursor = KEYS[1], ARGV[1], ARGV[2]

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local pattern = string.gsub(id, '[%*%?%[%]%^\\]', '\\%0') .. ' *'
local start = micros()
repeat
  local found = redis.call('ZSCAN', processing, cursor, 'MATCH', pattern, 'COUNT', 1000)
  cursor = found[1]
  for i = 1, #found[2], 2 do
    local token = string.sub(found[2][i], #id + 2)
    if not string.find(token, ' ', 1, true) then
      return { '0', string.sub(token, 1, 64), found[2][i + 1] }
    end
  end
until cursor == '0' or micros() - start > 2000
return { cursor }
