-- Functions for the deduplication keys of sent messages. The key dedup:<key> of a queue is a STRING:
--   '<id>'                       the message with this id was published with the key; expires when the window ends
--   '<id> <home queue> <branch>' a prepared branch that rolls back rather than drop its message reserves the key; does
--                                not expire, but has no meaning once the branch is no longer prepared
-- Must be included after write.lua or undo.lua; after the latter, only functions that do not write can be used.
local dedup_entries = {} -- the keys that this call has read or writes

-- Reads a key: { its Redis key, `former`: the value before this call, `kept`: the id of the message that has the key }.
-- `kind` is the beginning of the Redis key; if it is missing, 'dedup:'.
local function dedup_entry(base, key, kind)
  local name = base .. (kind or 'dedup:') .. key
  local entry = dedup_entries[name]
  if not entry then
    local value = redis.call('GET', name)
    local id = value and #value <= 200 and string.find(value, '^[\33-\126]+$')
    entry = { name = name, base = base, former = value, kept = id and value or nil }
    if value and not id then -- anything that is not a reservation either has no meaning
      entry.home, entry.branch = string.match(value, '^%S+ (%S+) (.+)$')
    end
    dedup_entries[name] = entry
  end
  return entry
end

-- Whether a prepared branch reserves a key.
local function is_reserved(entry)
  if entry.home and not entry.reserved and not entry.void then
    local prepared = string.match(entry.base, '^([^{]*):{') .. ':{' .. entry.home .. '}:prepared'
    entry.void = redis.pcall('HEXISTS', prepared, entry.branch) == 0 -- an error: the user may not read that queue
  end
  return entry.reserved or entry.home and not entry.void
end

-- The command that undoes a change of a key that no message had.
local function dedup_undo(entry)
  return entry.former and { 'SET', entry.name, entry.former } or { 'UNLINK', entry.name }
end

-- Ends the reservation of a key.
local function release_key(entry)
  write(nil, unpack(dedup_undo(entry))) -- no change; tests whether Redis would refuse the next undo
  write(dedup_undo(entry), 'UNLINK', entry.name)
end

-- The value of a key that a branch reserves.
local function reservation(id, home, branch)
  return id .. ' ' .. home .. ' ' .. branch
end

-- The entries of the keys that a branch has reserved, according to its record.
local function reservations(record, prefix, prepared, branch)
  local home, reserved = string.match(prepared, '^[^{]*{(.*)}:prepared$'), {}
  for _, sent in ipairs(record.sent) do
    if sent[4] and sent[4].rollback == 1 then
      local base = prefix .. ':{' .. sent[1] .. '}:'
      local name = base .. 'dedup:' .. sent[4].key
      local value = redis.pcall('GET', name)
      if type(value) == 'table' and not string.find(value.err, 'WRONGTYPE', 1, true) then
        redis.call('GET', name) -- fails again; a key of another type, however, is no reservation
      end
      if value == reservation(sent[2], home, branch) then
        reserved[#reserved + 1] = dedup_entry(base, sent[4].key)
      end
    end
  end
  return reserved
end
