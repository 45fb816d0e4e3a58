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

-- Adds to the counters of a job.
local function progress(job, now, done, changed)
  redis.call('HINCRBY', job, 'done', done)
  redis.call('HINCRBY', job, 'changed', changed)
  report(job, now)
end
