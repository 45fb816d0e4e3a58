-- Determines which commands the user may call, without affecting any queue: calls each command on a key that does not
-- exist, or on one of a type that the command refuses.
--
-- KEYS[1]  probe    STRING, written
-- KEYS[2]  missing  a key that never exists
-- ARGV[1]  1 = the probe remains for five seconds, 0 = it is deleted
-- ARGV[2]  number of commands
--          for each command:  1 = would create a key that does not exist, else 0; number of words; its words, in which
--                             '@1' and '@2' stand for the keys
--
-- Result: an error text or '', first for reading the probe, then for each command; also '' for a command that was not
--         tried
local function call(words)
  local reply = redis.pcall(unpack(words))
  return type(reply) == 'table' and reply.err or ''
end

local errors = { call({ 'EXISTS', KEYS[1] }) }
local probe = call({ 'SET', KEYS[1], '', 'PX', '5000' })
local arg = 2
for i = 1, tonumber(ARGV[2]) do
  local creates, words = ARGV[arg + 1] == '1', {}
  local n = tonumber(ARGV[arg + 2])
  for j = 1, n do
    local word = ARGV[arg + 2 + j]
    words[j] = word == '@1' and KEYS[1] or word == '@2' and KEYS[2] or word
  end
  arg = arg + 2 + n
  if words[1] == 'set' then
    errors[i + 1] = probe
  else
    errors[i + 1] = creates and probe ~= '' and '' or call(words)
  end
end
if ARGV[1] == '0' then
  redis.pcall('UNLINK', KEYS[1])
end
return errors
