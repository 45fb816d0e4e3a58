-- The id and the token of an entry of processing; nil if the entry is malformed.
local function entry(member)
  local id, token
  if #member <= 300 then
    id, token = string.match(member, '^(.*) (%S+)$')
  end
  if not id or #id == 0 or #id > 200 or string.find(id, '[^\33-\126]') then
    return nil
  end
  return id, token
end

-- Whether the value of a counter is outside of the valid range.
local function is_malformed_counter(value)
  local number = tonumber(value)
  return not number or number ~= number or number < 0 or number > 1000000
end
