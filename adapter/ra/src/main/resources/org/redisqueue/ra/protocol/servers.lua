-- Lists servers with their last heartbeats. Changes nothing. Ends after about two milliseconds, or after one server.
--
-- KEYS[1]  servers  ZSET  server -> time of its last heartbeat, ms. The record of a server is in
--          '<servers, without its last letter>:<server>'
-- ARGV[1]  cursor of the previous call, '0 ' at first: the score of the last server that was read, and its name in
--          hexadecimal. While servers send heartbeats, which moves them to the end, a later call may repeat servers,
--          but omits none.
--
-- Result: { cursor of the next call ('' = there are no more), time in ms,
--           { server, time of its last heartbeat in ms, { field, value, ... } }, ... }
local most_fields, most_servers = 5000, 500
local servers, score, last = KEYS[1], string.match(ARGV[1], '^(%S+) (%x*)$')
if not tonumber(score) then
  error('argument 1 must be a cursor')
end
local prefix = string.sub(servers, 1, -2) .. ':'

local function micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function record(server)
  local key = prefix .. server
  local size = redis.pcall('HLEN', key)
  if type(size) ~= 'number' or size > most_fields then
    return {}
  end
  return redis.call('HGETALL', key)
end

local start = micros()
local reply = { '', math.floor(start / 1000) }
last = string.gsub(last, '%x%x', function(digits)
  return string.char(tonumber(digits, 16))
end)
local found
if redis.call('ZSCORE', servers, last) == score then
  local rank = redis.call('ZRANK', servers, last)
  found = redis.call('ZRANGE', servers, rank + 1, rank + most_servers, 'WITHSCORES')
else -- it has moved, so those with the same score are read again
  found = redis.call('ZRANGE', servers, score, '+inf', 'BYSCORE', 'LIMIT', 0, most_servers, 'WITHSCORES')
end
for i = 1, #found, 2 do
  local heartbeat = tonumber(found[i + 1])
  if #found[i] <= 64 and heartbeat >= 0 and heartbeat < 2 ^ 53 then
    reply[#reply + 1] = { found[i], math.floor(heartbeat), record(found[i]) }
  end
  last, score = found[i], found[i + 1]
  if micros() - start > 2000 then
    break
  end
end
if #found > 0 then
  reply[1] = score .. ' ' .. string.gsub(last, '.', function(character)
    return string.format('%02x', string.byte(character))
  end)
end
return reply
