-- Ends a transaction in one phase: completes the messages that it consumed, publishes those that it sent.
-- All or nothing: when one of the messages is not held any more, nothing is changed.
--
-- With a = number of messages consumed, s = number of messages sent:
-- KEYS, for each consumed:  processing ZSET, message STRING, failures HASH, abandoned HASH
--       for each sent:      ready LIST, message STRING
-- Beside processing, read:  lost:<id> <token>  STRING, as claim writes it
-- ARGV[1], ARGV[2]          a, s
--       for each consumed:  '<id> <token>', id
--       for each sent:      id, time to live in ms (0 = none), value
--
-- Result: { those '<id> <token>' that are not held (then nothing was done),
--           { for each sent 1, or 0 = its id was in use },
--           how many of the messages that are not held are there all the same: nobody has completed them,
--           how many of those that are not held were taken over by another consumer, as far as it is still told }
local a, s = tonumber(ARGV[1]), tonumber(ARGV[2])

local checked = {}
local function check(command, key) -- refuses a key of another type before anything is written
  if not checked[key] then
    redis.call(command, key)
    checked[key] = true
  end
end

local lost, there, taken = {}, 0, 0
for i = 1, a do
  local score = redis.call('ZSCORE', KEYS[4 * i - 3], ARGV[2 * i + 1])
  if not score or score == 'inf' then -- taken over, or part of a prepared branch
    lost[#lost + 1] = ARGV[2 * i + 1]
    local told = string.sub(KEYS[4 * i - 3], 1, -#'processing' - 1) .. 'lost:' .. ARGV[2 * i + 1]
    there = there + redis.call('EXISTS', KEYS[4 * i - 2])
    taken = taken + redis.call('EXISTS', told)
  end
  check('HLEN', KEYS[4 * i - 1])
  check('HLEN', KEYS[4 * i])
end
for i = 1, s do
  check('LLEN', KEYS[4 * a + 2 * i - 1])
end
if #lost > 0 then
  return { lost, {}, there, taken }
end

local sent = {}
for i = 1, s do
  local key, arg = 4 * a + 2 * i - 1, 2 * a + 3 * i
  local id, ttl, value = ARGV[arg], tonumber(ARGV[arg + 1]), ARGV[arg + 2]
  local stored
  if ttl > 0 then
    stored = redis.call('SET', KEYS[key + 1], value, 'NX', 'PX', ttl)
  else
    stored = redis.call('SET', KEYS[key + 1], value, 'NX')
  end
  if stored then
    redis.call('LPUSH', KEYS[key], id)
    sent[i] = 1
  else
    sent[i] = 0
  end
end
for i = 1, a do
  local key, id = 4 * i - 3, ARGV[2 * i + 2]
  redis.call('ZREM', KEYS[key], ARGV[2 * i + 1])
  redis.call('UNLINK', KEYS[key + 1])
  redis.call('HDEL', KEYS[key + 2], id)
  redis.call('HDEL', KEYS[key + 3], id)
end
return { {}, sent, 0, 0 }
