-- Writes all or nothing: if Redis refuses a write, the writes before it are undone.
local undo = {}

-- Runs a write command. The first argument is a function that undoes it, or nil if there is nothing to undo.
local function write(inverse, ...)
  redis.call(...)
  undo[#undo + 1] = inverse
end

-- Runs a function that writes. Returns nil, or the error after which everything was undone.
local function all_or_nothing(writes)
  local done, failure = pcall(writes)
  if done then
    return nil
  end
  for i = #undo, 1, -1 do
    undo[i]()
  end
  return type(failure) == 'table' and failure or redis.error_reply(failure)
end
