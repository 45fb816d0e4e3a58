-- The name under which a dead letter is kept: its id, or a short form of an id that exceeds the maximum length.
local function dead_id(id)
  if #id <= 200 then
    return id
  end
  return string.gsub(string.sub(id, 1, 64), '[^\33-\126]', '_') .. '~' .. #id .. '~' .. redis.sha1hex(id)
end
