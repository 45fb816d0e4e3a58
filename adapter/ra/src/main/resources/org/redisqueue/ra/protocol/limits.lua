-- The limits of a queue, which apply to all servers together. Must be included after undo.lua, in a place where base,
-- processing, failures, batch and now are defined.
--
-- settings  HASH  rateLimit            such as 100/s, 6000/min or 1000/h; 'none' or '' = no limit
--                 maxQueueConcurrency  number of messages that consumers may hold, 1 to 1,000; 'none' or '' = no limit
-- slots     ZSET  '<id> <token>' -> time of the claim, ms: the messages that consumers hold, if there is a limit of the
--                 concurrency. A message has a slot for as long as the same entry is in processing with a lease that has
--                 not ended. Other entries have no meaning, and are removed from time to time. Needed because entries of
--                 processing that wait for their redelivery cannot be counted without reading all of them
--
-- An invalid value counts as the strictest one, 1/s or 1: what it protects stays protected, and messages still flow.
--@include rate
local asked_again, looked_again = 100, 1000 -- ms

-- Counts the messages that consumers hold: exactly if the limit is near, otherwise at least as many. Each message that
-- waits for its redelivery, and is not due, has failed. If none has failed, all entries that are not due are held.
local function count_held(limits)
  local first = redis.call('ZRANGE', processing, '0', '0', 'WITHSCORES')[2]
  local all_pending = not first or first == 'inf' or tonumber(first) > now
  local entries, failing = redis.call('ZCARD', processing), redis.call('HLEN', failures)
  local taken = limits.damaged and 0 or redis.call('ZCARD', limits.slots)
  if taken <= 2 * limits.most + 1000 then -- else it is time to remove those that have ended
    if entries + batch < limits.most or all_pending and failing == 0 then
      limits.held = entries
      return
    elseif all_pending and entries - failing >= limits.most then
      limits.held = entries - failing
      return
    end
  end
  limits.held = 0
  for from = 0, taken - 1, 1000 do
    local part = redis.call('ZRANGE', limits.slots, from, from + 999)
    local due = redis.call('ZMSCORE', processing, unpack(part))
    for i, member in ipairs(part) do
      if not due[i] then
        limits.ended[#limits.ended + 1] = member
      elseif due[i] == 'inf' or tonumber(due[i]) > now then
        limits.held = limits.held + 1
      end
    end
  end
end

local function read_limits()
  local values = redis.call('HMGET', base .. 'settings', 'rateLimit', 'maxQueueConcurrency')
  for i = 1, 2 do
    values[i] = values[i] ~= 'none' and values[i] ~= '' and values[i]
  end
  local rate, most = values[1], values[2]
  if not rate and not most then
    return nil
  end
  local limits, invalid = {}, {}
  if rate then
    limits.interval = rate_interval(rate)
    if not limits.interval then
      limits.interval, invalid[1], invalid[2] = 1000, 'rateLimit', string.sub(rate, 1, 100)
    end
    limits.rate = base .. 'rate'
    limits.taken, limits.stored = read_rate(limits.rate, limits.interval, now)
    limits.taken = math.max(limits.taken, now)
  end
  if most then
    limits.most = string.match(most, '^[1-9]%d*$') and #most <= 5 and tonumber(most)
    if not limits.most or limits.most > 1000 then
      limits.most, invalid[#invalid + 1], invalid[#invalid + 2] = 1, 'maxQueueConcurrency', string.sub(most, 1, 100)
    end
    limits.slots, limits.ended = base .. 'slots', {}
    limits.damaged = is_damaged('ZCARD', limits.slots)
    count_held(limits)
  end

  local function tokens()
    return math.floor((now + rate_tolerance(limits.interval) - limits.taken) / limits.interval + 1e-6)
  end

  -- How many messages may be claimed.
  local allowed = batch
  if limits.rate then
    allowed = math.min(allowed, tokens())
  end
  if limits.slots then
    allowed = math.min(allowed, limits.most - limits.held)
  end
  limits.allowed = math.max(0, allowed)

  -- Records the claimed messages, in a function that writes all or nothing and has written before.
  function limits.take(members)
    if #members == 0 then
      return
    end
    if limits.rate then
      limits.taken = limits.taken + #members * limits.interval
      write_rate(limits.rate, limits.taken, now, limits.stored)
    end
    if limits.slots then
      limits.held = limits.held + #members
      for from = 1, #limits.ended, 1000 do
        local part, old = { unpack(limits.ended, from, math.min(from + 999, #limits.ended)) }, {}
        for i, score in ipairs(redis.call('ZMSCORE', limits.slots, unpack(part))) do
          old[2 * i - 1], old[2 * i] = score, part[i]
        end
        write(function()
          redis.pcall('ZADD', limits.slots, unpack(old))
        end, 'ZREM', limits.slots, unpack(part))
      end
      local added = {}
      for i, member in ipairs(members) do
        added[2 * i - 1], added[2 * i] = now, member
      end
      if limits.damaged then -- a key of the wrong type is replaced
        write(nil, 'UNLINK', limits.slots)
      end
      write(function()
        redis.pcall('ZREM', limits.slots, unpack(members))
      end, 'ZADD', limits.slots, unpack(added))
    end
  end

  -- Adds to the reply of the claim what the consumer needs to know.
  function limits.report(reply)
    local wait, full = 0, 0
    if limits.rate and tokens() < 1 then
      local left = limits.taken + limits.interval - rate_tolerance(limits.interval) - now
      wait = math.min(looked_again, math.max(asked_again, math.ceil(left)))
    end
    if limits.slots and limits.held >= limits.most then
      full = 1
    end
    reply[10], reply[11], reply[12] = wait, full, invalid
    return reply
  end
  return limits
end
