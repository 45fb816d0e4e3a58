-- Pauses or resumes a queue.
--
-- KEYS[1]  paused  STRING
-- ARGV[1]  how long, in ms, 1 to 31,536,000,000; 0 = until the queue is resumed; -1 = resumes the queue
--
-- Result: an empty list
--@include arguments
local millis = number(1, -1, 31536000000)
if millis < 0 then
  redis.call('UNLINK', KEYS[1])
elseif millis == 0 then
  redis.call('SET', KEYS[1], '')
else
  redis.call('PSETEX', KEYS[1], string.format('%.0f', millis), '')
end
return {}
