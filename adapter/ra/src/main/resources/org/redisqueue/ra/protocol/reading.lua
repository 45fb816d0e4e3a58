-- Functions that read many arguments. An error that is raised before the first write has no effect.
local function integer(text, min, max)
  local value = tonumber(text)
  if not value or value % 1 ~= 0 or value < min or value > max then
    error('an argument must be an integer from ' .. min .. ' to ' .. max, 0)
  end
  return value
end

local function given(text)
  if not text then
    error('an argument or a key is missing', 0)
  end
  return text
end

-- A key that must end like this; otherwise it does not match the arguments that name it.
local function named(key, ending)
  if string.sub(given(key), -#ending) ~= ending then
    error('a key does not belong to its arguments', 0)
  end
  return key
end

-- Calls a function with the bounds of each chunk of a list, because Lua passes no more than a few thousand arguments.
local function chunks(list, apply)
  for from = 1, #list, 1000 do
    apply(from, math.min(from + 999, #list))
  end
end
