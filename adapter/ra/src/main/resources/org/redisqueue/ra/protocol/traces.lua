-- Removes what a queue keeps about messages besides the messages themselves. Requires undo.

-- Removes fields of a hash.
local function remove_fields(hash, ids)
  local values = redis.call('HMGET', hash, unpack(ids))
  local fields = {}
  for i, value in ipairs(values) do
    if value then
      fields[#fields + 1] = ids[i]
      fields[#fields + 1] = value
    end
  end
  if #fields > 0 then
    write(function()
      redis.pcall('HSET', hash, unpack(fields))
    end, 'HDEL', hash, unpack(ids))
  end
end

-- Removes members of a sorted set.
local function remove_members(set, ids)
  local scores = redis.call('ZMSCORE', set, unpack(ids))
  local members = {}
  for i, score in ipairs(scores) do
    if score then
      members[#members + 1] = score
      members[#members + 1] = ids[i]
    end
  end
  if #members > 0 then
    write(function()
      redis.pcall('ZADD', set, unpack(members))
    end, 'ZREM', set, unpack(ids))
  end
end

-- Moves messages to keys with another prefix. Returns the ids of those that were moved: an id that is in use there
-- stays where it is.
local function move_values(ids, from, to)
  local moved = {}
  for _, id in ipairs(ids) do
    if redis.call('EXISTS', from .. id) == 1 and redis.call('RENAMENX', from .. id, to .. id) == 1 then
      moved[#moved + 1] = id
      undo[#undo + 1] = function()
        redis.pcall('RENAMENX', to .. id, from .. id)
      end
    end
  end
  return moved
end
