-- Changes settings of a queue, or reads them. See limits.lua. Validates only the names and the lengths: the caller
-- knows which values are valid.
--
-- KEYS[1]  settings  HASH
-- KEYS[2]  slots     ZSET  deleted when maxQueueConcurrency ends; occupy.lua fills it when it begins
-- ARGV[1]  'read', 'change', or 'declare' = sets only settings that have no value
-- ARGV[2i, 2i + 1]  name of setting i, 1 to 100 characters; its new value, at most 100 bytes; '' = removes it. With
--                   'read', the value is not used
--
-- Result: { value of each of these settings, after the change; '' = it has none, ..., 1 if maxQueueConcurrency begins, so
--           that the caller must run occupy.lua, else 0 }
--@include undo
local settings, mode = KEYS[1], ARGV[1]
local base = string.sub(settings, 1, -9)
if base .. 'settings' ~= settings or base .. 'slots' ~= KEYS[2] then
  error('a key does not belong to its queue')
elseif mode ~= 'read' and mode ~= 'change' and mode ~= 'declare' then
  error("argument 1 must be 'read', 'change' or 'declare'")
elseif #ARGV % 2 == 0 then
  error('a setting without a value')
end
local slots = KEYS[2]
local function is_limit(value)
  return value ~= '' and value ~= 'none'
end
local changes, values, begins = {}, {}, false
for i = 2, #ARGV, 2 do
  local name, value = ARGV[i], ARGV[i + 1]
  if #name < 1 or #name > 100 or #value > 100 then
    error('argument ' .. i .. ' must be the name of a setting, followed by its value')
  end
  local stored = redis.call('HGET', settings, name)
  local old = stored or ''
  local changes_it = mode == 'change' and (value ~= old or stored == '') or mode == 'declare' and old == '' and value ~= ''
  if changes_it then
    changes[#changes + 1] = { name, value, old }
    begins = begins or name == 'maxQueueConcurrency' and is_limit(value) and not is_limit(old)
  end
  values[#values + 1] = string.sub(changes_it and value or old, 1, 100)
end

local failure = #changes > 0
  and all_or_nothing(function()
    -- Start with a write that uses no memory: at maxmemory, Redis refuses commands that use memory only until the
    -- script has written.
    write(nil, 'HDEL', settings, '')
    for _, change in ipairs(changes) do
      local name, value, old = unpack(change)
      local function restore()
        if old == '' then
          redis.pcall('HDEL', settings, name)
        else
          redis.pcall('HSET', settings, name, old)
        end
      end
      if value == '' then
        write(restore, 'HDEL', settings, name)
      else
        write(restore, 'HSET', settings, name, value)
      end
    end
    for _, change in ipairs(changes) do
      if change[1] == 'maxQueueConcurrency' and not is_limit(change[2]) then
        write(nil, 'UNLINK', slots) -- last, because it cannot be undone
      end
    end
  end)
values[#values + 1] = begins and 1 or 0
return failure or values
