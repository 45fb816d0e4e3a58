-- What the scripts of jobs have in common. A job is a HASH that records an operation on many messages. It is kept for a
-- day after its last step.
local kept = 86400000

-- The time of Redis, ms.
local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Sets fields of a job.
local function report(job, now, ...)
  redis.call('HSET', job, 'updated', string.format('%.0f', now), ...)
  redis.call('PEXPIRE', job, kept)
end

-- Adds to the counters of a job. Requires undo.
local function progress(job, now, done, changed)
  report(job, now)
  write(function()
    redis.pcall('HINCRBY', job, 'done', -done)
  end, 'HINCRBY', job, 'done', done)
  write(function()
    redis.pcall('HINCRBY', job, 'changed', -changed)
  end, 'HINCRBY', job, 'changed', changed)
end
