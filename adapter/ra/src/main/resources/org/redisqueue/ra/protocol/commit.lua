-- The second phase of two, forward: completes what branches consumed, pushes what they sent. An error is one of the
-- whole call, and then none of them is committed.
--
-- KEYS[i]      prepared  HASH  of the home queue of branch i
-- ARGV[1]      key prefix
-- ARGV[1 + i]  branch i
--
-- Result, for each branch: 1 = done now, 0 = no such branch is prepared: it was ended before
local prefix = ARGV[1]

local function key(queue, name)
  return prefix .. ':{' .. queue .. '}:' .. name
end

local checked = {}
local function check(command, name) -- refuses a key of another type before anything is written
  if not checked[name] then
    redis.call(command, name)
    checked[name] = true
  end
end

local records, results = {}, {}
for i, prepared in ipairs(KEYS) do
  local record = redis.call('HGET', prepared, ARGV[1 + i])
  results[i] = 0
  if record then
    record = cjson.decode(record)
    for _, message in ipairs(record.consumed) do
      check('ZCARD', key(message[1], 'processing'))
      check('HLEN', key(message[1], 'failures'))
      check('HLEN', key(message[1], 'abandoned'))
      redis.call('EXISTS', key(message[1], 'message:' .. message[2])) -- so is a user without a right to it
    end
    for _, message in ipairs(record.sent) do
      check('LLEN', key(message[1], 'ready'))
      redis.call('EXISTS', key(message[1], 'staged:' .. ARGV[1 + i] .. ':' .. message[2]))
    end
    records[i] = record
    results[i] = 1
  end
end

for i, prepared in ipairs(KEYS) do
  local record, branch = records[i], ARGV[1 + i]
  if record then
    -- First a write that takes no memory: at maxmemory, Redis refuses a script only until that was done.
    if redis.call('HDEL', prepared, branch) == 0 then
      results[i] = 0 -- this very call has committed it
      record = nil
    end
  end
  if record then
    for _, message in ipairs(record.consumed) do
      local queue, id, token = message[1], message[2], message[3]
      redis.call('ZREM', key(queue, 'processing'), id .. ' ' .. token)
      redis.call('UNLINK', key(queue, 'message:' .. id))
      redis.call('HDEL', key(queue, 'failures'), id)
      redis.call('HDEL', key(queue, 'abandoned'), id)
    end
    for _, message in ipairs(record.sent) do
      local queue, id = message[1], message[2]
      local staged = key(queue, 'staged:' .. branch .. ':' .. id)
      if redis.call('EXISTS', staged) == 1 then -- else its time to live has ended
        if redis.call('RENAMENX', staged, key(queue, 'message:' .. id)) == 1 then
          redis.call('LPUSH', key(queue, 'ready'), id)
        else
          redis.call('UNLINK', staged) -- meanwhile somebody has sent a message of this id
        end
      end
    end
  end
end
return results
