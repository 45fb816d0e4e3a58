-- Records that an operation on many messages begins.
--
-- KEYS[1]  job      HASH
-- KEYS[2]  ready    LIST
-- KEYS[3]  dead     ZSET
-- KEYS[4]  arrived  LIST
-- ARGV[1]  queue
-- ARGV[2]  action
-- Also read, next to KEYS[2]: scheduled, waiting and prioritized, all ZSET; sequence STRING
-- ARGV[3]  what the operation considers: 'dead', the dead letters up to a minimum age; 'ready', the messages that are
--          ready now or wait for others of their groups; 'queue', these, scheduled messages and all dead letters; or the
--          number of messages, 0 to 2^53
-- ARGV[4]  minimum age of a dead letter, ms, 0 to 2^53
--
-- Result: { time in ms, number of messages to consider, the latest time in ms at which a considered dead letter was
--           dead-lettered }
--@include arguments
--@include undo
--@include jobs
--@include readycount
local job, ready, dead, arrived = unpack(KEYS)
local age = number(4, 0, 2 ^ 53)
local now = milliseconds()
local latest = math.max(0, now - age)
local total = tonumber(ARGV[3])
local waiting = redis.call('ZCARD', string.sub(ready, 1, -6) .. 'waiting')
if ARGV[3] == 'dead' then
  total = redis.call('ZCOUNT', dead, '-inf', string.format('%.0f', latest))
elseif ARGV[3] == 'ready' then
  total = ready_count(ready, arrived) + waiting
elseif ARGV[3] == 'queue' then
  local planned = redis.call('ZCARD', string.sub(ready, 1, -6) .. 'scheduled')
  total = ready_count(ready, arrived) + waiting + planned + redis.call('ZCARD', dead)
elseif not total then
  error("argument 3 must be 'dead', 'ready', 'queue' or a number")
end
-- The last sequence number of the messages to consider. A queue that is deleted loses those that are still sent, too.
local sequence = redis.call('GET', string.sub(ready, 1, -6) .. 'sequence') or '0'
if ARGV[3] == 'queue' then
  sequence = string.format('%.0f', 2 ^ 42 - 1)
end
redis.call('HSET', job, 'queue', ARGV[1], 'action', ARGV[2], 'state', 'running', 'done', 0, 'changed', 0)
report(job, now, 'total', string.format('%.0f', total), 'started', string.format('%.0f', now), 'sequence', sequence)
return { now, total, latest }
