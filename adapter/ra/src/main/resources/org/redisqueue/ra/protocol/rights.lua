-- Finds out which commands the user may call, without an effect on any queue: each is called with a key that is not
-- there, or with one of a type that it refuses.
--
-- KEYS[1]  probe    STRING, written
-- KEYS[2]  missing  a key that is never there
-- ARGV[1]  1 = the probe is left for five seconds, 0 = it is deleted
-- ARGV[2]  number of commands
--          for each command:  1 = would create a key that is not there, else 0; number of words; its words, of which
--                             '@1' and '@2' stand for the keys
--
-- Result: the text of an error or '', first of reading the probe, then of each command; '' also if that was not tried
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
