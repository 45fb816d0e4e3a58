-- Reads the options of sent messages from arguments. Must be included after reading.lua.
--@include options

-- The time to live and the options (nil = none) in an argument of the form '<time to live>[ <options>]'.
local function read_options(argument)
  local ttl, text = string.match(given(argument), '^(%d+) (.+)$')
  if not ttl then
    return integer(argument, 0, LONGEST), nil
  end
  local parsed, options = pcall(cjson.decode, text)
  local reason = not parsed and 'they are not JSON' or invalid_options(options)
  if reason then
    error('the options of a message are malformed: ' .. reason, 0)
  end
  return integer(ttl, 0, LONGEST), options
end
