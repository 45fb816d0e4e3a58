-- What the scripts that end a prepared branch share.
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

-- Whether a queue has counts or deadlines that a completed message may have left. Refuses keys of another type.
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

-- The key of a record, which must be that of a queue with this prefix.
local function record_key(key, prefix)
  if string.sub(named(key, '}:prepared'), 1, #prefix + 2) ~= prefix .. ':{' then
    error('a key does not have the prefix', 0)
  end
  return key
end

local function ended_key(branch)
  return string.sub(branch.prepared, 1, -#'prepared' - 1) .. 'ended:' .. branch.id
end

-- How recovery or an operator has ended a branch, '' = not known.
local function ended(branch)
  return redis.call('GET', ended_key(branch)) or ''
end

-- Deletes the record of a branch, which is the last write that can be taken back.
local function finish(branch, outcome)
  if branch.recovered then
    local key = ended_key(branch)
    write({ 'UNLINK', key }, 'SET', key, outcome, 'PX', 3600000)
  end
  write({ 'HSET', branch.prepared, branch.id, branch.text }, 'HDEL', branch.prepared, branch.id)
end
