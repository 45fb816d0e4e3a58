-- Pauses or resumes a queue. Resuming wakes a consumer if there may be messages that no wait would find.
--
-- KEYS[1]  paused      STRING
-- KEYS[2]  ready       LIST
-- KEYS[3]  arrived     LIST
-- KEYS[4]  processing  ZSET
-- Also read, next to KEYS[2]: scheduled and prioritized, both ZSET
-- ARGV[1]  how long, in ms, 1 to 31,536,000,000; 0 = until the queue is resumed; -1 = resumes the queue
--
-- Result: an empty list
--@include arguments
--@include wakeup
local paused, ready, arrived, processing = unpack(KEYS)
local millis = number(1, -1, 31536000000)
local base = string.sub(ready, 1, -6)
if base .. 'paused' ~= paused or base .. 'arrived' ~= arrived or base .. 'processing' ~= processing then
  error('a key does not belong to its queue')
end
if millis < 0 then
  redis.call('UNLINK', paused)
  if redis.call('EXISTS', arrived, processing, base .. 'scheduled', base .. 'prioritized') > 0 then
    wake(ready)
  end
elseif millis == 0 then
  redis.call('SET', paused, '')
else
  redis.call('PSETEX', paused, string.format('%.0f', millis), '')
end
return {}
