-- Stores the receipt of a call that was opened by lane.lua, before the other writes. Returns the error if Redis refuses
-- it. Expects `sends`: whether the call sends messages, as a full Redis refuses these calls and no others; and
-- `packed`: the packed report or ''. A fragment and not a function, because creating functions costs time in every
-- call.
local refusal = numbered and redis.pcall('PSETEX', lane, '3600000', signature .. packed) or {}
if not sends and (refusal.err or not numbered) then
  redis.pcall('PEXPIRE', lane, '3600000') -- uses no memory; after it, Redis refuses no write for lack of memory
  refusal = numbered and redis.pcall('PSETEX', lane, '3600000', signature .. packed) or {}
end
if refusal.err then
  return refusal
end
