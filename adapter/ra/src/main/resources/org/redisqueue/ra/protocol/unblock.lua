-- One step of an operation on the groups of a queue whose setting onDeadLetter has changed: where the head of a group is a
-- dead letter, the next message becomes the head, and is made ready. Does nothing if the queue blocks. All or nothing.
--
-- KEYS[1]  ready  LIST
-- Also read and written, next to KEYS[1]: the keys of groups.lua
-- Also read, next to KEYS[1]: dead ZSET, errors HASH
-- ARGV[1]  cursor of the previous step, 0 at first
-- ARGV[2]  number of groups to examine, 1 to 1,000; a step may examine a few more
--
-- Result: { cursor of the next step; '0' = none }
--@include arguments
--@include undo
--@include groups
local ready, cursor, limit = KEYS[1], ARGV[1], number(2, 1, 1000)
local base = string.sub(ready, 1, -6)
if base .. 'ready' ~= ready then
  error('a key does not belong to its queue')
end
-- Everything is read before anything is written, which also refuses keys of the wrong type.
redis.call('LLEN', ready)
if not check_groups(base) or blocks(base) then
  return { '0' }
end
local heads = redis.call('HSCAN', base .. 'heads', cursor, 'COUNT', limit)
local blocked = {}
for i = 1, #heads[2], 2 do
  local group, head = heads[2][i], heads[2][i + 1]
  if redis.call('EXISTS', base .. 'message:' .. head) == 1 and not is_awaited(base, head) then
    blocked[#blocked + 1] = { group, head }
  end
end
local failure = #blocked > 0
  and all_or_nothing(function()
    begin_groups(base)
    local promoted = {}
    for _, entry in ipairs(blocked) do
      promoted[#promoted + 1] = promote(base, entry[1], entry[2])
    end
    make_ready(base, promoted)
  end)
if failure then
  return failure
end
wake_prioritized()
return { heads[1] }
