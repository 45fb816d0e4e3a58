-- Functions of the scripts that end a prepared branch.
local function queue_keys(prefix, queue)
  local base = prefix .. ':{' .. queue .. '}:'
  return {
    ready = base .. 'ready',
    processing = base .. 'processing',
    failures = base .. 'failures',
    abandoned = base .. 'abandoned',
    expiry = base .. 'expiry',
    message = base .. 'message:',
  }
end

-- Whether a queue has counters or deadlines that may belong to an acknowledged message. Raises an error for keys of the
-- wrong type.
local counts = {}
local function counted(keys)
  if counts[keys.failures] == nil then
    counts[keys.failures] = redis.call('EXISTS', keys.failures, keys.abandoned, keys.expiry) > 0
    if counts[keys.failures] then
      redis.call('HLEN', keys.failures)
      redis.call('HLEN', keys.abandoned)
      redis.call('ZCARD', keys.expiry)
    end
  end
  return counts[keys.failures]
end

-- The key of a record, which must belong to a queue with this prefix.
local function record_key(key, prefix)
  if string.sub(named(key, '}:prepared'), 1, #prefix + 2) ~= prefix .. ':{' then
    error('a key does not have the prefix', 0)
  end
  return key
end

local function ended_key(branch)
  return string.sub(branch.prepared, 1, -#'prepared' - 1) .. 'ended:' .. branch.id
end

-- How recovery or an operator has ended a branch; '' = unknown.
local function ended(branch)
  return redis.call('GET', ended_key(branch)) or ''
end

-- Deletes the record of a branch. This is the last write that can be undone.
local function finish(branch, outcome)
  if branch.recovered then
    local key = ended_key(branch)
    write({ 'UNLINK', key }, 'SET', key, outcome, 'PX', 3600000)
  end
  write({ 'HSET', branch.prepared, branch.id, branch.text }, 'HDEL', branch.prepared, branch.id)
end
