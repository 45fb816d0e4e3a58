-- The number in ARGV[index]. Raises an error if it is not a number or is out of range.
local function number(index, min, max)
  local value = tonumber(ARGV[index])
  if not value or value ~= value or value < min or value > max then
    error('argument ' .. index .. ' must be a number from ' .. min .. ' to ' .. max)
  end
  return value
end
