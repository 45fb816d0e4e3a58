-- Reads a part of the ids in one key of a queue, and points out those that may be damaged. Changes nothing.
--
-- KEYS[1]  the key     LIST, ZSET or HASH
-- KEYS[2]  ready       LIST  names the queue
-- Also read, next to KEYS[2], for messages that wait: heads HASH, settings HASH, dead ZSET, errors HASH
-- ARGV[1]  kind of key: 'ready', also for arrived; 'processing'; 'dead', also for scheduled; 'waiting'; 'counters' or
--          'traces', a hash, the latter also for attributes; 'deadlines'
-- ARGV[2]  cursor of the previous call, 0 at first. It counts from the left end of ready: while messages come and go
--          there, a later call may repeat ids, but does not omit an id that stays.
-- ARGV[3]  how many to read, 1 to 1,000
--
-- Result: { cursor of the next call ('0' = none),
--           { id of each message in a place, ... },
--           { id of a message that does not exist, is not a string, has a malformed counter, or waits for a message that
--             does not exist or is a dead letter, ... },
--           { entry of processing that does not consist of a valid id and a token, ... },
--           { id of a message in processing that belongs to a prepared branch, ... } }
--@include arguments
--@include entries
--@include awaited
local key, ready = KEYS[1], KEYS[2]
local kind, cursor, limit = ARGV[1], ARGV[2], number(3, 1, 1000)
local prefix = string.sub(ready, 1, -6) .. 'message:'
local ids, suspects, malformed, in_doubt = {}, {}, {}, {}

local function examine(id)
  if redis.call('TYPE', prefix .. id).ok ~= 'string' then
    suspects[#suspects + 1] = id
  end
end

local next_cursor
if kind == 'ready' then
  local first = number(2, 0, 2 ^ 53)
  local found = redis.call('LRANGE', key, string.format('%.0f', first), string.format('%.0f', first + limit - 1))
  next_cursor = #found == limit and string.format('%.0f', first + limit) or '0'
  for _, id in ipairs(found) do
    if id ~= '' then -- a wake-up without a message
      ids[#ids + 1] = id
      examine(id)
    end
  end
elseif kind == 'processing' or kind == 'dead' or kind == 'deadlines' or kind == 'waiting' then
  local found = redis.call('ZSCAN', key, cursor, 'COUNT', limit)
  next_cursor = found[1]
  for i = 1, #found[2], 2 do
    local id, score = found[2][i], found[2][i + 1]
    if kind == 'processing' then
      id = entry(id)
      if not id then
        malformed[#malformed + 1] = found[2][i]
      elseif score == 'inf' then
        in_doubt[#in_doubt + 1] = id
      end
    elseif kind == 'waiting' then
      local group
      group, id = string.match(id, '^(%S+) %x+ (%S+)$')
      local head = id and redis.call('HGET', string.sub(ready, 1, -6) .. 'heads', group)
      if id and not is_awaited(string.sub(ready, 1, -6), head) then
        suspects[#suspects + 1] = id
      end
    end
    if id then
      if kind ~= 'deadlines' then
        ids[#ids + 1] = id
      end
      examine(id)
    end
  end
elseif kind == 'counters' or kind == 'traces' then
  local found = redis.call('HSCAN', key, cursor, 'COUNT', limit)
  next_cursor = found[1]
  for i = 1, #found[2], 2 do
    if kind == 'counters' and is_malformed_counter(found[2][i + 1]) then
      suspects[#suspects + 1] = found[2][i]
    else
      examine(found[2][i])
    end
  end
else
  error("argument 1 must be 'ready', 'processing', 'dead', 'waiting', 'counters', 'traces' or 'deadlines'")
end
return { next_cursor, ids, suspects, malformed, in_doubt }
