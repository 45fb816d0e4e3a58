-- The first phase of two: makes sure that the transaction branch can be committed, whatever happens then.
-- Its consumed messages have no end of their lease from now on; its sent ones are stored under keys of its own, so
-- that the ids stay free for others until it commits.
--
-- With a = number of messages consumed, s = number of messages sent:
-- KEYS[1]  prepared  HASH    branch -> record, of the branch's home queue
-- KEYS[2]  queues    SET     names of the queues, where recovery looks; absent in a cluster
-- KEYS, for each consumed:   processing ZSET
--       for each sent:       ready LIST, staged STRING
-- ARGV[1]  branch
-- ARGV[2]  name of the home queue
-- ARGV[3]  1 = KEYS[2] is there, 0 = it is not
-- ARGV[4], ARGV[5]           a, s
--       for each consumed:   queue, id, token
--       for each sent:       queue, id, time to live in ms (0 = none), value
--
-- The record, JSON: { time, consumed = { { queue, id, token }, ... }, sent = { { queue, id }, ... } }
--
-- Result: those '<id> <token>' that are not held; then nothing was done
local branch, home, shared = ARGV[1], ARGV[2], tonumber(ARGV[3])
local a, s = tonumber(ARGV[4]), tonumber(ARGV[5])

if redis.call('HEXISTS', KEYS[1], branch) == 1 then
  return {} -- the same call again
end

local first_key, first_arg = 1 + shared, 5
local lost, consumed = {}, {}
for i = 1, a do
  local queue, id, token = ARGV[first_arg + 3 * i - 2], ARGV[first_arg + 3 * i - 1], ARGV[first_arg + 3 * i]
  local score = redis.call('ZSCORE', KEYS[first_key + i], id .. ' ' .. token)
  if not score or score == 'inf' then
    lost[#lost + 1] = id .. ' ' .. token
  end
  consumed[i] = { queue, id, token }
end
for i = 1, s do
  redis.call('LLEN', KEYS[first_key + a + 2 * i - 1]) -- refuses a key of another type before anything is written
end
if #lost > 0 then
  return lost
end

if s == 0 then
  -- At maxmemory, what only consumes goes on: Redis refuses a script only until its first write that takes no memory.
  redis.call('HDEL', KEYS[1], branch)
end
if shared == 1 then
  redis.call('SADD', KEYS[2], home) -- first: a branch that recovery does not find would be held forever
end
local sent = {}
for i = 1, s do
  local key, arg = first_key + a + 2 * i, first_arg + 3 * a + 4 * i - 3
  local queue, id, ttl, value = ARGV[arg], ARGV[arg + 1], tonumber(ARGV[arg + 2]), ARGV[arg + 3]
  local stored
  if ttl > 0 then
    stored = redis.call('SET', KEYS[key], value, 'NX', 'PX', ttl)
  else
    stored = redis.call('SET', KEYS[key], value, 'NX')
  end
  if stored then
    sent[#sent + 1] = { queue, id }
  end
end
for i = 1, a do
  redis.call('ZADD', KEYS[first_key + i], 'XX', '+inf', consumed[i][2] .. ' ' .. consumed[i][3])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], branch, cjson.encode({ time = now, consumed = consumed, sent = sent }))
return {}
