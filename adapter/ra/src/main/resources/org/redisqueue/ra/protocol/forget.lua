-- Drops a prepared branch that its transaction manager will not end. The messages that it holds and those that it was
-- going to send become dead letters for an operator to inspect. A sent message whose id is now in use by a different
-- message is deleted, as a commit would do. The branch no longer reserves deduplication keys. A malformed record is
-- left unchanged.
--
-- KEYS[1]  prepared         HASH    of the home queue of the branch
-- KEYS[2]  ended:<branch>   STRING  of the home queue: states for an hour how the branch ended
-- ARGV[1]  branch
-- ARGV[2]  key prefix
-- ARGV[3]  1 = all messages of a branch belong to the slot of its home queue, as in a cluster, else 0
--
-- Result: 1 = done now, 0 = no such branch is prepared
--@include record
--@include undo
--@include count
--@include deduplication
--@include groups
local prepared, ended = KEYS[1], KEYS[2]
local branch, prefix, one_slot = ARGV[1], ARGV[2], ARGV[3] == '1'
local ended_ttl = 3600000

if string.match(prepared, '^(.*}:)prepared$') .. 'ended:' .. branch ~= ended then
  error('a key does not belong to its arguments')
elseif string.sub(prepared, 1, #prefix + 2) ~= prefix .. ':{' then
  error('a key does not have the prefix')
end
local text = redis.call('HGET', prepared, branch)
if not text then
  return 0
end
local record, wrong = read_record(text, prepared, one_slot)
if not record then
  return malformed_record(prepared, branch, wrong)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function key(queue, name)
  return prefix .. ':{' .. queue .. '}:' .. name
end

-- Everything is read first, which refuses keys of the wrong type before anything is written.
local queues, order = {}, {}
local function keys_of(queue)
  if not queues[queue] then
    local keys = {}
    for _, name in ipairs({ 'processing', 'dead', 'errors', 'failures', 'abandoned', 'expiry' }) do
      keys[name] = key(queue, name)
    end
    for _, name in ipairs({ 'ready', 'arrived', 'scheduled' }) do
      keys[name] = key(queue, name)
    end
    for _, name in ipairs({ 'processing', 'dead', 'expiry' }) do
      redis.call('ZCARD', keys[name])
    end
    for _, name in ipairs({ 'errors', 'failures', 'abandoned' }) do
      redis.call('HLEN', keys[name])
    end
    keys.base = key(queue, '')
    keys.grouped = check_groups(keys.base)
    queues[queue] = keys
    order[#order + 1] = queue
  end
  return queues[queue]
end
local letters, dropped, seen = {}, {}, {}
for _, message in ipairs(record.consumed) do
  local queue, id, member = message[1], message[2], message[2] .. ' ' .. message[3]
  local keys = keys_of(queue)
  if redis.call('ZSCORE', keys.processing, member) == 'inf' then -- else it does not belong to the branch
    seen[key(queue, 'message:' .. id)] = true
    letters[#letters + 1] = {
      keys = keys,
      id = id,
      member = member,
      message = key(queue, 'message:' .. id),
      gone = redis.call('EXISTS', key(queue, 'message:' .. id)) == 0 or nil,
      deliveries = count(redis.call('HGET', keys.failures, id)) + count(redis.call('HGET', keys.abandoned, id)) + 1,
    }
  end
end
for _, message in ipairs(record.sent) do
  local queue, id = message[1], message[2]
  local keys = keys_of(queue)
  local staged, stored = key(queue, 'staged:' .. branch .. ':' .. id), key(queue, 'message:' .. id)
  if not seen[staged] and redis.call('EXISTS', staged) == 1 then -- else its time to live has ended
    local used, replaces = redis.call('EXISTS', stored) == 1, false
    if used and not seen[stored] then -- this message replaces an expired one that is still ready
      local deadline = tonumber(redis.call('ZSCORE', keys.expiry, id) or -1)
      replaces = deadline >= 0 and deadline <= now
    end
    if replaces then
      redis.call('LLEN', keys.ready)
      redis.call('LLEN', keys.arrived)
      redis.call('ZCARD', keys.scheduled)
      keys.replaces = true
    end
    if used and not replaces then
      dropped[#dropped + 1] = staged -- a different message with its id has been sent
    else
      letters[#letters + 1] =
        { keys = keys, id = id, staged = staged, message = stored, replaces = replaces, deliveries = 0 }
      letters[#letters].options = message[4]
    end
  end
  seen[staged] = true
end
local reserved = reservations(record, prefix, prepared, branch)

-- Each command of the rest of the script is tried without an effect, so that one that the user may not call is refused
-- here. The first one uses no memory: at maxmemory, Redis refuses commands that use memory only until the script has
-- written.
redis.call('HDEL', prepared, '')
redis.call('SET', key(string.match(prepared, '^[^{]*{(.*)}:prepared$'), 'ended:'), '', 'XX')
for _, queue in ipairs(order) do
  local keys = queues[queue]
  local none, staged = key(queue, 'message:'), key(queue, 'staged:' .. branch .. ':')
  redis.call('ZADD', keys.dead, 'XX', 'GT', '-inf', '')
  redis.call('ZREM', keys.processing, '')
  redis.call('ZREM', keys.expiry, '')
  redis.call('HDEL', keys.failures, '')
  redis.call('HDEL', keys.abandoned, '')
  redis.call('PERSIST', none)
  redis.call('UNLINK', staged)
  redis.call('LREM', keys.replaces and keys.ready or staged, 0, ' ')
  redis.call('LREM', keys.replaces and keys.arrived or staged, 0, ' ')
  if keys.replaces then
    redis.call('ZREM', keys.scheduled, '')
    redis.call('ZREM', keys.base .. 'prioritized', '')
  end
  local tried = redis.pcall('RENAMENX', staged, none)
  if type(tried) == 'table' and tried.err and not string.find(tried.err, 'no such key', 1, true) then
    return tried
  end
end

for _, entry in ipairs(reserved) do
  redis.call('PERSIST', entry.name) -- a reservation does not expire
end

local failure = all_or_nothing(function() -- cannot be tried without an effect, so it comes first
  for _, letter in ipairs(letters) do
    local errors, id = letter.keys.errors, letter.id
    local reason = 'Its transaction branch ' .. branch .. ' was in doubt and was forgotten'
    local entry = cjson.encode({ reason = reason, deliveries = letter.deliveries, gone = letter.gone })
    local old = redis.call('HGET', errors, id)
    write(function()
      redis.pcall(unpack(old and { 'HSET', errors, id, old } or { 'HDEL', errors, id }))
    end, 'HSET', errors, id, entry)
  end
  for _, letter in ipairs(letters) do
    if letter.keys.grouped then
      leave(letter.keys.base, { letter.id }, letter.member and not letter.gone)
    end
    local options = letter.options
    if options and (options.group or options.priority) then
      plan(letter.keys.base, letter.id, options.group, options.priority)
    end
  end
end)
if failure then
  return failure
end
for _, letter in ipairs(letters) do
  redis.call('ZADD', letter.keys.dead, now, letter.id)
end
for _, letter in ipairs(letters) do
  if letter.replaces then
    redis.call('UNLINK', letter.message)
    redis.call('LREM', letter.keys.ready, 0, letter.id)
    redis.call('LREM', letter.keys.arrived, 0, letter.id)
    redis.call('ZREM', letter.keys.scheduled, letter.id)
    redis.call('ZREM', letter.keys.base .. 'prioritized', letter.id)
  end
  if letter.staged then
    redis.call('RENAMENX', letter.staged, letter.message)
  end
  redis.call('PERSIST', letter.message)
  redis.call('ZREM', letter.keys.expiry, letter.id)
  if letter.member then
    redis.call('HDEL', letter.keys.failures, letter.id)
    redis.call('HDEL', letter.keys.abandoned, letter.id)
    redis.call('ZREM', letter.keys.processing, letter.member)
  end
end
for _, staged in ipairs(dropped) do
  redis.call('UNLINK', staged)
end
for _, entry in ipairs(reserved) do
  redis.call('UNLINK', entry.name)
end
redis.call('SET', ended, 'forgotten', 'PX', ended_ttl)
redis.call('HDEL', prepared, branch)
for _, queue in ipairs(order) do
  local keys = queues[queue]
  wake_prioritized(keys.replaces and keys.base or nil)
end
return 1
