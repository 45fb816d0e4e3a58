-- The rate limit of a queue: a token bucket in the form of a single time (GCRA). Each message that is claimed moves this
-- time by one interval. A claim may move it up to `tolerance` ahead of the clock, which is a quarter of a second or, if
-- the limit is slower, one interval and 100 ms, so that a claim that comes a little late does not lower the rate. A time
-- that is more than a second further ahead comes from a different limit or from a clock that was set back. It is replaced
-- by one that permits one message now, so that it does not stop the queue.
--
-- rate  STRING  the time up to which messages have been claimed, ms; expires when this time has passed

-- The number and the unit of a limit such as 100/s; nil if it is malformed.
local function rate_interval(value) -- time between two messages, ms
  local count, unit = string.match(value, '^([1-9]%d*)/(%l+)$')
  local period = ({ s = 1000, min = 60000, h = 3600000 })[unit or '']
  if period and #count <= 7 and tonumber(count) <= 1000000 then
    return period / tonumber(count)
  end
  return nil
end

-- How far the time may be ahead of the clock, ms.
local function rate_tolerance(interval)
  return math.max(250, interval + 100)
end

-- Whether a key has another type than the one for which this command is meant. Other errors end the script.
local function is_damaged(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or not reply.err then
    return false
  elseif not string.find(reply.err, 'WRONGTYPE', 1, true) then
    error(reply.err, 0)
  end
  return true
end

-- The time up to which messages have been claimed, and the stored text. A key of the wrong type is replaced.
local function read_rate(key, interval, now)
  local stored = not is_damaged('GET', key) and redis.call('GET', key) or nil
  local taken = tonumber(stored or 0)
  if not taken or taken ~= taken then
    taken = 0
  end
  local latest = now + rate_tolerance(interval)
  return taken > latest + 1000 and latest - interval or taken, stored
end

-- Writes the time, in a function that writes all or nothing.
local function write_rate(key, taken, now, stored)
  local left = math.ceil(taken - now)
  local ttl = stored and redis.call('PTTL', key) or -2
  local function restore()
    if ttl >= 0 then
      redis.pcall('PSETEX', key, math.max(1, ttl), stored)
    elseif stored then
      redis.pcall('SET', key, stored)
    else
      redis.pcall('PEXPIRE', key, -1)
    end
  end
  if left > 0 then
    write(restore, 'PSETEX', key, string.format('%.0f', left), string.format('%.4f', taken))
  elseif stored then
    write(restore, 'PEXPIRE', key, -1)
  end
end
