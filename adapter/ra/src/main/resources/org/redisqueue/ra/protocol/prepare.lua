-- Prepares branches, the first phase of a two-phase commit: guarantees that they can be committed later. The leases
-- of the consumed messages no longer end. The sent messages are stored under keys of the branch, so that their ids
-- remain available until the branch commits. Each branch is all or nothing. An error applies to the whole call: no
-- branch is prepared.
--
-- With r = 1 if the set of queues is on this server, which it may not be in a cluster, else 0; b = number of branches,
-- those that send messages first:
-- KEYS[1]                    lane, see lane.lua
-- KEYS[1 + r]                queues  SET  names of the queues, which recovery reads
-- KEYS, for each branch:     prepared HASH  branch -> record, of the home queue of the branch
--                            for each consumed:  processing ZSET
--                            for each sent:      ready LIST, staged STRING
-- ARGV[1], ARGV[2]           see lane.lua
-- ARGV[3], ARGV[4]           r, b
--       for each branch:     branch, name of the home queue, number of messages consumed, number of messages sent
--                            for each consumed:  queue, id, token
--                            for each sent:      queue, id, time to live in ms (0 = none), followed by a space and the
--                                                options of the message if it has any, see options.lua; value
--
-- The record: see record.lua
--
-- Report, for each branch that is not prepared now: { its number, { each '<id> <token>' that is not held } }; the list
--   is empty if a branch with this id was prepared before; or, if another message has the deduplication key of a sent
--   message: { its number, {}, { { number of the sent message, id of the message that has its key; '' = a prepared
--   branch reserves the key }, ... } }
--@include lane

-- The usual case: branches of one queue that only consume, none of them known, and all messages held. This case needs
-- few commands and none of the bookkeeping of the general case below. Returns nil to leave the decision to the general
-- case.
local function prepare_consuming()
  local r, b, home = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[6]
  if (r ~= 0 and r ~= 1) or not b or b < 1 or b > 1000 or b % 1 ~= 0 or not home then
    return nil
  end
  local queues, prepared, ending = r == 1 and KEYS[2], KEYS[2 + r], ':{' .. home .. '}:prepared'
  if not prepared or string.sub(prepared, -#ending) ~= ending then
    return nil
  end
  local processing = string.sub(prepared, 1, -#'prepared' - 1) .. 'processing'
  local started = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  local ids, fields, seen = {}, {}, {}
  local members, held = {}, {}
  local key, arg = 1 + r, 4
  for i = 1, b do
    local id, a = ARGV[arg + 1], tonumber(ARGV[arg + 3])
    local same = KEYS[key + 1] == prepared and ARGV[arg + 2] == home and ARGV[arg + 4] == '0'
    if not same or not a or a < 1 or a > 1000 or a % 1 ~= 0 or seen[id] then
      return nil
    end
    key, arg = key + 1, arg + 4
    local consumed = {}
    for j = 1, a do
      local message, token = ARGV[arg + 2], ARGV[arg + 3]
      if KEYS[key + 1] ~= processing or ARGV[arg + 1] ~= home or not token or token == '-'
        or string.find(token, '%s') then
        return nil
      end
      local member = message .. ' ' .. token
      if held[member] then
        return nil
      end
      held[member], members[#members + 1] = true, member
      consumed[j] = { home, message, token }
      key, arg = key + 1, arg + 3
    end
    ids[i], seen[id] = id, true
    fields[2 * i - 1] = id
    fields[2 * i] = '{"time":' .. started .. ',"consumed":' .. cjson.encode(consumed) .. ',"sent":[]}'
  end
  local n = #members
  if key ~= #KEYS or arg ~= #ARGV or n > 1000 then
    return nil
  end
  if queues then
    redis.call('SCARD', queues) -- refuses a key of the wrong type
  end
  for _, known in ipairs(redis.call('HMGET', prepared, unpack(ids))) do
    if known then
      return nil
    end
  end
  local scores = redis.call('ZMSCORE', processing, unpack(members))
  local infinite = {}
  for i = 1, n do
    if not scores[i] or scores[i] == 'inf' then
      return nil
    end
    infinite[2 * i - 1], infinite[2 * i] = '+inf', members[i]
  end
  local sends, packed = false, ''
--@include receipt
  local added = not queues and 0 or redis.pcall('SADD', queues, home) -- first, so that recovery finds the branches
  local kept = type(added) == 'number' and redis.pcall('ZADD', processing, 'XX', unpack(infinite))
  local recorded = type(kept) == 'number' and redis.pcall('HSET', prepared, unpack(fields))
  if type(recorded) == 'number' then
    return executed
  end
  -- Redis has refused a write; the writes before it are undone.
  for i = 1, recorded and n or 0 do
    redis.pcall('ZADD', processing, 'XX', scores[i], members[i])
  end
  if added == 1 then
    redis.pcall('SREM', queues, home)
  end
--@include fence
  return recorded or kept or added
end
local usual = prepare_consuming()
if usual then
  return usual
end

-- The general case
--@include write
--@include reading
--@include readoptions
--@include deduplication
local shared, b = integer(ARGV[3], 0, 1), integer(ARGV[4], 1, 100000)
local queues = shared == 1 and given(KEYS[2])

-- Everything is read first, so that nothing is written if an argument or a key is invalid.
if queues then
  redis.call('SCARD', queues)
end
local branches, report, preparing, held, sends = {}, {}, {}, {}, false
local key, arg = 1 + shared, 4
for i = 1, b do
  local branch = { id = given(ARGV[arg + 1]), home = given(ARGV[arg + 2]) }
  branch.prepared = named(KEYS[key + 1], ':{' .. branch.home .. '}:prepared')
  local a, s = integer(ARGV[arg + 3], 0, 1000000), integer(ARGV[arg + 4], 0, 1000000)
  key, arg = key + 1, arg + 4
  local known = redis.call('HEXISTS', branch.prepared, branch.id) == 1 or preparing[branch.prepared .. branch.id]
  local lost, consumed, sent, staged, values, undo = {}, {}, {}, {}, {}, {}
  for j = 1, a do
    local queue, id, token = given(ARGV[arg + 1]), given(ARGV[arg + 2]), given(ARGV[arg + 3])
    local processing, member = named(KEYS[key + 1], ':{' .. queue .. '}:processing'), id .. ' ' .. token
    if token == '-' or string.find(token, '%s') then
      error('a token is not that of a consumer', 0)
    end
    local score = redis.call('ZSCORE', processing, member)
    if not score or score == 'inf' or held[processing .. member] then
      lost[#lost + 1] = member
    end
    consumed[j] = { queue, id, token }
    staged[j] = { processing = processing, member = member, score = score }
    key, arg = key + 1, arg + 3
  end
  branch.leases, staged = staged, {}
  branch.reserved = {}
  local refused, reserving = {}, {}
  for j = 1, s do
    local queue, id, value = given(ARGV[arg + 1]), given(ARGV[arg + 2]), given(ARGV[arg + 4])
    local name = named(KEYS[key + 2], ':{' .. queue .. '}:staged:' .. branch.id .. ':' .. id)
    local ttl, options = read_options(ARGV[arg + 3])
    redis.call('LLEN', named(KEYS[key + 1], ':{' .. queue .. '}:ready'))
    if #id == 0 or #id > 200 or string.find(id, '[^\33-\126]') then
      error('an id must be 1 to 200 printable ASCII characters without spaces', 0)
    end
    if not staged[name] then -- else the branch sends this id twice
      staged[name] = true
      local scheduled = options and (options.delay or options.at)
      if scheduled then -- the time to live of a scheduled message starts when it is due
        options.ttl = ttl > 0 and ttl or nil
      end
      sent[#sent + 1] = { queue, id, not scheduled and ttl > 0 and now + ttl or 0, options }
      if options and options.rollback == 1 then
        local entry = dedup_entry(string.sub(KEYS[key + 1], 1, -#'ready' - 1), options.key)
        if not reserving[entry] and (entry.kept or is_reserved(entry)) then
          refused[#refused + 1] = { j, entry.kept or '' }
        elseif not reserving[entry] then -- else the branch sends this key twice
          reserving[entry] = true
          branch.reserved[#branch.reserved + 1] = { entry = entry, value = reservation(id, branch.home, branch.id) }
        end
      end
      values[#values + 1] = name
      values[#values + 1] = value
      undo[#undo + 1] = name
    end
    sends = true
    key, arg = key + 2, arg + 4
  end
  if known or #lost > 0 then
    report[#report + 1] = { i, known and {} or lost }
  elseif #refused > 0 then
    report[#report + 1] = { i, lost, refused }
  else
    for _, each in ipairs(branch.reserved) do
      each.entry.reserved = true
    end
    branch.record = cjson.encode({ time = now, consumed = consumed, sent = sent })
    branch.values, branch.staged = values, undo
    branches[#branches + 1] = branch
    preparing[branch.prepared .. branch.id] = true
    for _, lease in ipairs(branch.leases) do
      held[lease.processing .. lease.member] = true
    end
  end
end

return execute(report, sends, function()
  for _, branch in ipairs(branches) do
    if queues then
      if write(nil, 'SADD', queues, branch.home) == 1 then -- first, so that recovery finds the branch
        journal[#journal + 1] = { 'SREM', queues, branch.home }
      end
    end
    chunks(branch.values, function(from, to)
      local undo = { 'UNLINK', unpack(branch.staged, (from + 1) / 2, to / 2) }
      write(undo, 'MSET', unpack(branch.values, from, to))
    end)
    for _, each in ipairs(branch.reserved) do
      write(dedup_undo(each.entry), 'SET', each.entry.name, each.value)
    end
    for _, lease in ipairs(branch.leases) do
      local undo = { 'ZADD', lease.processing, 'XX', lease.score, lease.member }
      write(undo, 'ZADD', lease.processing, 'XX', '+inf', lease.member)
    end
    write({ 'HDEL', branch.prepared, branch.id }, 'HSET', branch.prepared, branch.id, branch.record)
  end
end)
