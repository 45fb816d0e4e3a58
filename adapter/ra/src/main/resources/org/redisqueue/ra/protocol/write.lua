-- Writes the receipt and the effect of an opened call, all or nothing. Must be included after lane.lua.
local journal, failure = {}, nil
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Runs a write command. The first argument is the command that undoes it, or nil if there is nothing to undo. In
-- undo.lua, it may also be a function.
local function write(undo, ...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    failure = reply
    error(reply.err, 0)
  end
  journal[#journal + 1] = undo
  return reply
end

-- Stores the receipt, then lets `apply` write. If Redis refuses a write, all of them are undone. Everything must have
-- been validated before.
local function execute(report, sends, apply)
  local packed = #report > 0 and cmsgpack.pack(report) or ''
--@include receipt
  local done, problem = pcall(apply)
  if done then
    return #report > 0 and { 0, time[1], report } or executed
  end
  for i = #journal, 1, -1 do
    local undo = journal[i]
    local reply = redis.pcall(unpack(undo))
    if type(reply) == 'table' and reply.err and undo[1] == 'UNLINK' then -- the user may lack the right to call it
      for j = 2, #undo do
        redis.pcall('PEXPIRE', undo[j], -1)
      end
    end
  end
--@include fence
  return failure or redis.error_reply('ERR ' .. tostring(problem))
end
