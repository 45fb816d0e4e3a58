-- The counter in a field of a hash: 0 to 1,000,000; 0 if it is missing, negative or not a number.
local function count(value)
  local number = tonumber(value or 0)
  if not number or number ~= number or number < 0 then
    return 0
  end
  return math.floor(math.min(number, 1000000))
end
