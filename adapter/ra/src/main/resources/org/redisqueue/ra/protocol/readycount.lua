-- Number of messages that are ready: the ids in arrived, ready and prioritized. An empty string is a wake-up, not a
-- message; in ready, there are none but at the right end.
local function ready_count(ready, arrived)
  local n, m = redis.call('LLEN', ready), redis.call('LLEN', arrived)
  if n > 0 and redis.call('LRANGE', ready, -1, -1)[1] == '' then
    local ids = redis.call('LRANGE', ready, -100, -1)
    for i = #ids, 1, -1 do
      if ids[i] ~= '' then
        break
      end
      n = n - 1
    end
  end
  if m > 0 and m <= 1000 then -- more than that are released messages
    for _, id in ipairs(redis.call('LRANGE', arrived, 0, -1)) do
      m = id == '' and m - 1 or m
    end
  end
  return n + m + redis.call('ZCARD', string.sub(ready, 1, -6) .. 'prioritized')
end
