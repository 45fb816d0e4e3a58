-- Lists servers with their last heartbeats. Changes nothing. Ends after about two milliseconds, or after one server.
--
-- KEYS[1]  servers  ZSET  server -> time of its last heartbeat, ms. The record of a server is in
--          '<servers, without its last letter>:<server>'
-- ARGV[1]  how many servers to skip, 0 to 1,000,000
--
-- Result: { how many to skip in the next call (-1 = there are no more), time in ms,
--           { server, time of its last heartbeat in ms, { field, value, ... } }, ... }
--@include arguments
local most_fields, most_servers = 5000, 500
local servers, skip = KEYS[1], number(1, 0, 1000000)
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
local reply = { -1, math.floor(start / 1000) }
local found = redis.call('ZRANGE', servers, skip, skip + most_servers - 1, 'WITHSCORES')
for i = 1, #found, 2 do
  local heartbeat = tonumber(found[i + 1])
  if #found[i] <= 64 and heartbeat >= 0 and heartbeat < 2 ^ 53 then
    reply[#reply + 1] = { found[i], math.floor(heartbeat), record(found[i]) }
  end
  skip = skip + 1
  if micros() - start > 2000 then
    break
  end
end
if #found > 0 then
  reply[1] = skip
end
return reply
