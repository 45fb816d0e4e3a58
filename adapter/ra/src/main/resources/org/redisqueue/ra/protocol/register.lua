-- Adds a name to a set in which other processes look for it.
--
-- KEYS[1]  queues or outboxes  SET
-- ARGV[1]  name
-- ARGV[2]  1 = write also if the set has the name, so that WAIT, which refers to the last write of its connection, covers
--          the name; else 0
--
-- Result: 1 if the set did not have the name, else 0
local set, name = KEYS[1], ARGV[1]
local added = redis.call('SADD', set, name)
if added == 0 and ARGV[2] == '1' then
  redis.call('SREM', set, name)
  redis.call('SADD', set, name)
end
return added
