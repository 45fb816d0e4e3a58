-- Functions for writing all or nothing: if Redis refuses a write, the earlier writes are undone.
local undo = {}

-- Runs a write command. The first argument is a function or a command that undoes it, or nil if there is nothing to
-- undo. In write.lua, it can only be a command.
local function write(inverse, ...)
  redis.call(...)
  undo[#undo + 1] = inverse
end

-- Runs a function that writes. Returns nil, or the error that caused everything to be undone.
local function all_or_nothing(writes)
  local done, failure = pcall(writes)
  if done then
    return nil
  end
  for i = #undo, 1, -1 do
    local inverse = undo[i]
    if type(inverse) == 'table' then
      redis.pcall(unpack(inverse))
    else
      inverse()
    end
  end
  return type(failure) == 'table' and failure or redis.error_reply(failure)
end
