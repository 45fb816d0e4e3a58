-- Functions of the scripts that end a prepared branch. Must be included after record.lua, write.lua and reading.lua.
local function queue_keys(prefix, queue)
  local base = prefix .. ':{' .. queue .. '}:'
  return {
    base = base,
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

-- The key under which a branch keeps a message that it sends: an entry of `sent` in its record.
local function staged_key(prefix, branch, sent)
  return prefix .. ':{' .. sent[1] .. '}:staged:' .. branch .. ':' .. sent[2]
end

-- Reads the records of the branches that KEYS[2] and those after it name. Each branch has as many arguments as `width`
-- says, from ARGV[5] on, of which the first are its id and whether recovery ends it. Returns the prepared branches with
-- their numbers, and the report on the others, which states the outcome of a branch that this call names twice; or nil,
-- nil and the error reply for a malformed record.
local function read_branches(prefix, one_slot, width, outcome)
  local branches, report, ending = {}, {}, {}
  for i = 1, #KEYS - 1 do
    local arg = 5 + width * (i - 1)
    local branch = { number = i, prepared = record_key(KEYS[1 + i], prefix), id = given(ARGV[arg]) }
    branch.recovered = integer(ARGV[arg + 1], 0, 1) == 1
    branch.text = redis.call('HGET', branch.prepared, branch.id)
    if not branch.text or ending[branch.prepared .. branch.id] then
      report[#report + 1] = { i, branch.text and outcome or ended(branch) }
    else
      local reason
      branch.record, reason = read_record(branch.text, branch.prepared, one_slot)
      if not branch.record then
        return nil, nil, malformed_record(branch.prepared, branch.id, reason)
      end
      ending[branch.prepared .. branch.id] = true
      branches[#branches + 1] = branch
    end
  end
  return branches, report
end

-- Deletes the record of a branch. This is the last write that can be undone.
local function finish(branch, outcome)
  if branch.recovered then
    local key = ended_key(branch)
    write({ 'UNLINK', key }, 'SET', key, outcome, 'PX', 3600000)
  end
  write({ 'HSET', branch.prepared, branch.id, branch.text }, 'HDEL', branch.prepared, branch.id)
end
