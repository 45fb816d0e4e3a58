-- Rolls back prepared branches, the second phase of a two-phase commit: gives the consumed messages a lease again, and
-- deletes the messages to be sent and their reservations of deduplication keys. An error applies to the whole call: no
-- branch is rolled back.
--
-- KEYS[1]           lane, see lane.lua
-- KEYS[1 + i]       prepared  HASH  of the home queue of branch i
-- ARGV[1], ARGV[2]  see lane.lua
-- ARGV[3]           key prefix
-- ARGV[4]           1 = all messages of a branch belong to the slot of its home queue, as in a cluster, else 0
-- ARGV[2 + 3i]      branch i
-- ARGV[3 + 3i]      1 = recovery: the outcome is left for the process that prepared the branch, else 0
-- ARGV[4 + 3i]      lease of the consumed messages, ms, 0 to 86,400,000; 0 = due at once, with no consumer,
--                   so that another one is woken
--
-- Report, for each branch that this call did not roll back because it is not prepared:
--   { its number, how recovery or an operator has ended it: 'committed', 'rolled back', 'forgotten', '' = unknown }
--@include lane
--@include write
--@include reading
--@include record
--@include ending
--@include wakeup
--@include deduplication
local prefix, one_slot = given(ARGV[3]), integer(ARGV[4], 0, 1) == 1

-- Everything is read first, so that nothing is written if an argument or a key is invalid.
local due = {}
for i = 1, #KEYS - 1 do
  due[i] = now + integer(ARGV[4 + 3 * i], 0, 86400000)
end
local branches, report, malformed = read_branches(prefix, one_slot, 3, 'rolled back')
if malformed then
  return malformed
end
for _, branch in ipairs(branches) do
  branch.due, branch.consumed, branch.staged, branch.never = due[branch.number], {}, {}, {}
  branch.waking = {}
  for _, consumed in ipairs(branch.record.consumed) do
    local member, keys = consumed[2] .. ' ' .. consumed[3], queue_keys(prefix, consumed[1])
    local processing = keys.processing
    if redis.call('ZSCORE', processing, member) == 'inf' then -- else it does not belong to the branch
      branch.consumed[#branch.consumed + 1] = { processing = processing, member = member }
      branch.waking[keys.ready] = branch.due <= now
    end
  end
  branch.reserved = reservations(branch.record, prefix, branch.prepared, branch.id)
  for i, sent in ipairs(branch.record.sent) do
    branch.staged[i] = staged_key(prefix, branch.id, sent)
    branch.never[i] = branch.staged[i] .. ' '
  end
end

return execute(report, false, function()
  for _, branch in ipairs(branches) do
    for _, consumed in ipairs(branch.consumed) do
      local undo = { 'ZADD', consumed.processing, 'XX', '+inf', consumed.member }
      write(undo, 'ZADD', consumed.processing, 'XX', branch.due, consumed.member)
    end
    -- no-op that tests whether Redis would refuse the writes that cannot be undone
    chunks(branch.never, function(from, to)
      write(nil, 'UNLINK', unpack(branch.never, from, to))
    end)
    for _, entry in ipairs(branch.reserved) do
      release_key(entry)
    end
    finish(branch, 'rolled back')
  end
  for _, branch in ipairs(branches) do
    chunks(branch.staged, function(from, to)
      write(nil, 'UNLINK', unpack(branch.staged, from, to))
    end)
    for ready, due_now in pairs(branch.waking) do
      if due_now then
        wake(ready)
      end
    end
  end
end)
