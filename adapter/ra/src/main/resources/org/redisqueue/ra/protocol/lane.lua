-- Opens a numbered call, so that a repeated or delayed call has no second effect. The code after this fragment runs
-- once.
--
-- KEYS[1]  lane  STRING  receipt of the last call: '<number> <nonce> <packed report>'; the nonce FENCED stands for a
--          call that was not executed and never will be
-- ARGV[1]  number of the call in its lane, 16 digits, and its nonce: '<number> <nonce> '; '' = the call has no lane:
--          KEYS[1] is any key that does not exist, and there is no receipt and no deadline
-- ARGV[2]  deadline, seconds of the Redis clock, 10 digits: after it, the call is not executed
--
-- Result of the script: { code, Redis time in seconds ('' = not read), report if there is something to report }, or
--   0 instead of { 0, '' }, which saves a microsecond. The codes:
--   0 = executed now, 1 = executed before, with the report of that execution,
--   2 = fenced, 3 = a different call with this number was executed, 4 = a later call was executed, 5 = too late.
--   For codes 2 to 5, and if the script returns an error, the call was not executed.
-- Digits of equal length are compared as text, because converting them would take most of the time. Every tenth call of
-- a lane returns the time.
local lane, signature, deadline = KEYS[1], ARGV[1], ARGV[2]
local numbered, digits = signature ~= '', string.sub(signature, 1, 16)
if numbered then
  if #signature < 19 or #deadline ~= 10 then
    error('the number, nonce or deadline of the call is malformed', 0)
  end
  local receipt = redis.call('GET', lane)
  if receipt then
    local last = string.sub(receipt, 1, 16)
    if last >= digits then
      redis.call('PEXPIRE', lane, '3600000') -- a write, so that only a master answers
      if last > digits then
        return { 4, '' }
      elseif string.sub(receipt, 1, #signature) == signature then
        return { 1, '', #receipt > #signature and cmsgpack.unpack(string.sub(receipt, #signature + 1)) or nil }
      end
      return { string.sub(receipt, 18) == 'FENCED ' and 2 or 3, '' }
    end
  end
end
local time = redis.call('TIME')
if numbered and time[1] > deadline then
  redis.call('PEXPIRE', lane, '3600000')
  return { 5, time[1] }
end
local executed = string.byte(signature, 16) == 48 and { 0, time[1] } or 0
