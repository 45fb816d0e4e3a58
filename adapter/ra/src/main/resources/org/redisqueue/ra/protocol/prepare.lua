-- The first phase of two: makes sure that transaction branches can be committed, whatever happens then.
-- Their consumed messages have no end of their lease from now on; their sent ones are stored under keys of their own,
-- so that the ids stay free for others until they commit. Each branch is all or nothing. An error is one of the whole
-- call, and then none of them is prepared.
--
-- With r = 1 if the set of queues is there, which it is not in a cluster, else 0; b = number of branches, those that
-- send first:
-- KEYS[r]  queues    SET     names of the queues, where recovery looks
-- KEYS, for each branch:     prepared HASH  branch -> record, of the branch's home queue
--                            for each consumed:  processing ZSET
--                            for each sent:      ready LIST, staged STRING
-- ARGV[1], ARGV[2]           r, b
--       for each branch:     branch, name of the home queue, number of messages consumed, number of messages sent
--                            for each consumed:  queue, id, token
--                            for each sent:      queue, id, time to live in ms (0 = none), value
--
-- The record, JSON: { time, consumed = { { queue, id, token }, ... }, sent = { { queue, id }, ... } }
--
-- Result, for each branch: those '<id> <token>' that are not held; then nothing was done
local shared, b = tonumber(ARGV[1]), tonumber(ARGV[2])
local queues = shared == 1 and KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- All is read first, which refuses keys of another type before anything is written.
local branches, results, preparing, held = {}, {}, {}, {}
local key, arg = shared, 2
for i = 1, b do
  local branch = { id = ARGV[arg + 1], home = ARGV[arg + 2], prepared = KEYS[key + 1], consumed = {}, sent = {} }
  local a, s = tonumber(ARGV[arg + 3]), tonumber(ARGV[arg + 4])
  key, arg = key + 1, arg + 4
  local lost = {}
  local known = redis.call('HEXISTS', branch.prepared, branch.id) == 1 -- the same call again
    or preparing[branch.prepared .. branch.id]
  for j = 1, a do
    local queue, id, token = ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3]
    local member = id .. ' ' .. token
    if not known then
      local score = redis.call('ZSCORE', KEYS[key + 1], member)
      if not score or score == 'inf' or held[KEYS[key + 1] .. member] then
        lost[#lost + 1] = member
      end
    end
    branch.consumed[j] = { processing = KEYS[key + 1], member = member, record = { queue, id, token } }
    key, arg = key + 1, arg + 3
  end
  for j = 1, s do
    if not known then
      redis.call('LLEN', KEYS[key + 1])
    end
    branch.sent[j] = {
      staged = KEYS[key + 2],
      record = { ARGV[arg + 1], ARGV[arg + 2] },
      ttl = tonumber(ARGV[arg + 3]),
      value = ARGV[arg + 4],
    }
    key, arg = key + 2, arg + 4
  end
  results[i] = lost
  if not known and #lost == 0 then
    branches[#branches + 1] = branch
    preparing[branch.prepared .. branch.id] = true
    for _, message in ipairs(branch.consumed) do
      held[message.processing .. message.member] = true
    end
  end
end

for _, branch in ipairs(branches) do
  if #branch.sent == 0 then
    -- At maxmemory, what only consumes goes on: Redis refuses a script only until its first write that takes no memory.
    redis.call('HDEL', branch.prepared, branch.id)
  end
  if queues then
    redis.call('SADD', queues, branch.home) -- first: a branch that recovery does not find would be held forever
  end
  local consumed, sent = {}, {}
  for _, message in ipairs(branch.sent) do
    local stored
    if message.ttl > 0 then
      stored = redis.call('SET', message.staged, message.value, 'NX', 'PX', message.ttl)
    else
      stored = redis.call('SET', message.staged, message.value, 'NX')
    end
    if stored then
      sent[#sent + 1] = message.record
    end
  end
  for i, message in ipairs(branch.consumed) do
    redis.call('ZADD', message.processing, 'XX', '+inf', message.member)
    consumed[i] = message.record
  end
  local record = cjson.encode({ time = now, consumed = consumed, sent = sent })
  redis.call('HSET', branch.prepared, branch.id, record)
end
return results
