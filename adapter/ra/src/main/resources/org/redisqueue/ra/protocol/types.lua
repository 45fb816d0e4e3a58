-- Reads the types of keys. Changes nothing.
--
-- KEYS     keys of one queue, at most 100
--
-- Result: { type of each key ('none' = it does not exist), ... }
local types = {}
for i = 1, math.min(#KEYS, 100) do
  types[i] = redis.call('TYPE', KEYS[i]).ok
end
return types
