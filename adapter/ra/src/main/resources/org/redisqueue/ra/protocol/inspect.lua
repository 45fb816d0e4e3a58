-- Counts the messages of a queue and lists its dead letters. Changes nothing.
--
-- KEYS[1]  ready       LIST
-- KEYS[2]  processing  ZSET
-- KEYS[3]  dead        ZSET
-- KEYS[4]  errors      HASH
-- KEYS[5]  arrived     LIST
-- Also read, next to KEYS[1]: scheduled, waiting and prioritized, all ZSET
-- ARGV[1]  maximum number of dead letters to list, the latest first, 0 to 1,000,000
--
-- Result: { ready, processing, dead, { id, time in ms, reason, deliveries, ... }, scheduled, waiting }; ids that exceed
--         the maximum length and long reasons are shortened
--@include arguments
--@include deadid
--@include letter
--@include readycount
local ready, processing, dead, errors, arrived = unpack(KEYS)
local letters = {}
local limit = number(1, 0, 1000000)
if limit > 0 then
  local found = redis.call('ZRANGE', dead, 0, limit - 1, 'REV', 'WITHSCORES')
  for i = 1, #found, 2 do
    local reason, deliveries = letter(redis.call('HGET', errors, found[i]))
    letters[#letters + 1] = dead_id(found[i])
    letters[#letters + 1] = math.max(0, math.min(2 ^ 53, tonumber(found[i + 1])))
    letters[#letters + 1] = reason
    letters[#letters + 1] = deliveries
  end
end
local planned = redis.call('ZCARD', string.sub(ready, 1, -6) .. 'scheduled')
local waiting = redis.call('ZCARD', string.sub(ready, 1, -6) .. 'waiting')
return {
  ready_count(ready, arrived),
  redis.call('ZCARD', processing),
  redis.call('ZCARD', dead),
  letters,
  planned,
  waiting,
}
