-- One step of an operation on a queue whose maxQueueConcurrency begins: notes the messages that consumers hold already. See
-- limits.lua.
--
-- KEYS[1]  processing  ZSET
-- KEYS[2]  slots       ZSET
-- ARGV[1]  cursor of the previous step, 0 at first
-- ARGV[2]  number of entries of processing to examine, 1 to 1,000
--
-- Result: { cursor of the next step; '0' = none }
--@include arguments
--@include rate
local processing, slots, cursor, limit = KEYS[1], KEYS[2], ARGV[1], number(2, 1, 1000)
if string.sub(processing, 1, -11) .. 'slots' ~= slots then
  error('a key does not belong to its queue')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The cursor is the due time of the last entry. Entries with the same time are read again: meanwhile, others may have gone.
local from = cursor == '0' and string.format('(%.0f', now) or cursor
local found = redis.call('ZRANGE', processing, from, '+inf', 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
local added = {}
for i = 1, #found, 2 do
  if string.sub(found[i], -2) ~= ' -' then
    added[#added + 1] = now
    added[#added + 1] = found[i]
  end
end
if #added > 0 then
  if is_damaged('ZCARD', slots) then -- a key of the wrong type is replaced
    redis.call('UNLINK', slots)
  end
  redis.call('ZADD', slots, 'NX', unpack(added))
end
if #found < 2 * limit then
  return { '0' }
end
local last = found[#found]
return { last == from and '(' .. last or last }
