-- Passes a wake-up on: wakes one waiting consumer if there are messages to claim. A consumer calls it that was woken, or
-- that knows of a message that is due, and cannot claim. A consumer that stops and knows when a message will be due calls
-- it to let another one find that out. Messages that consumers hold do not count: if the consumer dies, the end of a wait
-- finds them.
--
-- KEYS[1]  ready       LIST
-- KEYS[2]  arrived     LIST
-- KEYS[3]  processing  ZSET
-- Also read, next to KEYS[1]:              scheduled, prioritized  ZSET
-- Also read and written, next to KEYS[1]:  watchers   STRING  see watching.lua
--
-- ARGV[1]  1 = also wake a consumer if messages wait for their redelivery, or are scheduled and due within six seconds,
--          else 0. If there are more than 100 entries in processing, they are not examined, and a consumer is woken
-- ARGV[2]  optional: the server of the consumer, as in its tokens
-- ARGV[3]  optional: the number of its listener, as in its tokens
--
-- Result: { 1 = there are such messages, else 0;
--           ms until the next message is due that is not due yet, at most 86,400,000, -1 = none }
--@include arguments
--@include wakeup
--@include watchers
local ready, arrived, processing = unpack(KEYS)
local later = number(1, 0, 1) == 1
local base = string.sub(ready, 1, -6)
if base .. 'arrived' ~= arrived or base .. 'processing' ~= processing then
  error('a key does not belong to its queue')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local scheduled, longest_wait = base .. 'scheduled', 86400000
if ARGV[2] then
  give_up_place(base .. 'watchers', watcher_name(ARGV[2], ARGV[3]))
end
local next_due, next_planned
local function pending(key) -- whether a message is due; determines when the next one will be
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  local following = redis.call('ZRANGE', key, string.format('(%.0f', now), '(inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')[2]
  if following then
    next_due = math.min(next_due or math.huge, tonumber(following))
    next_planned = key == scheduled and tonumber(following) or nil
  end
  return first and first ~= 'inf' and tonumber(first) <= now
end
local due, published = pending(processing), pending(scheduled)
local work = due or published
if later and next_due then
  local entries = redis.call('ZRANGE', processing, 0, 99)
  work = work or redis.call('ZCARD', processing) > #entries or next_planned and next_planned < now + soon
  for _, entry in ipairs(entries) do
    work = work or string.sub(entry, -2) == ' -'
  end
end
for _, from in ipairs({ 0, -100 }) do -- both ends, because there may be many empty strings
  for _, id in ipairs(redis.call('LRANGE', arrived, from, from + 99)) do
    work = work or id ~= ''
  end
end
work = work or redis.call('EXISTS', base .. 'prioritized') == 1
if work then
  -- Start with a write that uses no memory: at maxmemory, Redis refuses commands that use memory only until the script
  -- has written.
  redis.call('ZREM', processing, '')
  wake(ready)
end
return { work and 1 or 0, next_due and math.min(longest_wait, math.ceil(next_due - now)) or -1 }
