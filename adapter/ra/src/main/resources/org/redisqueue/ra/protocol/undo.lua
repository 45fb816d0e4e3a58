-- Writes that are all done or none: when Redis refuses one, those before it are undone.
local undo = {}

-- Runs a write. The first argument is a function that undoes it, nil where there is nothing to undo.
local function write(inverse, ...)
  redis.call(...)
  undo[#undo + 1] = inverse
end

-- Runs a function that writes; returns the error after which all was undone, or nil.
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
