-- Opens a numbered call and confirms it with a receipt, so that a repeated or delayed call has no second effect.
--
-- KEYS[1]  lane  STRING  '<number> <nonce> <report, packed>' of the last call; 'FENCED' as its nonce: was not executed
-- ARGV[1]  number of the call in its lane, from 1
-- ARGV[2]  nonce of the call, alphanumeric
-- ARGV[3]  deadline, ms of the clock of Redis: the call is not executed later
--
-- Result of the script: { code, time of Redis in ms (0 = not read), report }, where code is
--   0 = executed now, 1 = had been executed: this is what it reported then,
--   2 = fenced, 3 = another call of this number was executed, 4 = a later call was executed, 5 = too late;
--   with 2 to 5 it was not executed. The same holds for an error.
local EXECUTED, REPEATED, FENCED, CONFLICT, STALE, LATE = 0, 1, 2, 3, 4, 5
local RECEIPT_MILLIS = 3600000

local function integer(text, min, max)
  local number = tonumber(text)
  if not number or number % 1 ~= 0 or number < min or number > max then
    error('an argument is not an integer from ' .. min .. ' to ' .. max, 0)
  end
  return number
end

local function given(text)
  if not text then
    error('an argument or a key is missing', 0)
  end
  return text
end

local lane, nonce = KEYS[1], given(ARGV[2])
local number, deadline = integer(ARGV[1], 1, 2 ^ 53), integer(ARGV[3], 0, 2 ^ 53)
if not string.find(ARGV[1], '^%d+$') or not string.find(nonce, '^%w+$') then
  error('the number or the nonce of the call is malformed', 0)
end

local receipt = redis.call('GET', lane)
if receipt then
  local last, by, packed = string.match(receipt, '^(%d+) (%w+) ?(.*)$')
  last = tonumber(last)
  if not last then
    error('the lane holds no receipt', 0)
  end
  if last >= number then
    redis.call('PEXPIRE', lane, RECEIPT_MILLIS) -- a write: only a master answers
    if last > number then
      return { STALE, 0, {} }
    elseif by == nonce then
      return { REPEATED, 0, packed == '' and {} or cmsgpack.unpack(packed) }
    end
    return { by == 'FENCED' and FENCED or CONFLICT, 0, {} }
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > deadline then
  redis.call('PEXPIRE', lane, RECEIPT_MILLIS)
  return { LATE, now, {} }
end

local journal, failure = {}, nil

-- Runs a write command, given after the command that takes it back (nil if there is nothing to take back).
local function write(undo, ...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then
    failure = reply
    error(reply.err, 0)
  end
  journal[#journal + 1] = undo
  return reply
end

-- Calls a function with the bounds of each chunk of a list: Lua passes no more than some thousand arguments.
local function chunks(list, apply)
  for from = 1, #list, 1000 do
    apply(from, math.min(from + 999, #list))
  end
end

-- Stores the receipt, then has `apply` write. A write that Redis refuses takes back all of them. Everything must have
-- been validated before. A full Redis refuses what sends, and nothing else.
local function execute(report, sends, apply)
  local value = ARGV[1] .. ' ' .. nonce .. ' ' .. (#report > 0 and cmsgpack.pack(report) or '')
  local stored = redis.pcall('SET', lane, value, 'PX', RECEIPT_MILLIS)
  if stored.err and not sends then
    redis.pcall('PEXPIRE', lane, RECEIPT_MILLIS) -- after a write that takes no memory, Redis refuses no other
    stored = redis.pcall('SET', lane, value, 'PX', RECEIPT_MILLIS)
  end
  if stored.err then
    return stored
  end
  local done, problem = pcall(apply)
  if done then
    return { EXECUTED, now, report }
  end
  for i = #journal, 1, -1 do
    redis.pcall(unpack(journal[i]))
  end
  redis.pcall('SET', lane, ARGV[1] .. ' FENCED', 'PX', RECEIPT_MILLIS)
  return failure or redis.error_reply('ERR ' .. tostring(problem))
end
