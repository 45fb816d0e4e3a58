-- The integer in ARGV[index]. Raises an error if it is not an integer or is out of range.
local function number(index, min, max)
  local value = tonumber(ARGV[index])
  if not value or value % 1 ~= 0 or value < min or value > max then
    error('argument ' .. index .. ' must be an integer from ' .. min .. ' to ' .. max)
  end
  return value
end
