-- Lists the names of the queues where there may be prepared branches; changes nothing.
--
-- KEYS[1]  queues  SET
--
-- Result: the names
redis.call('SREM', KEYS[1], '') -- a write, so that a replica, which may not know all of them, refuses
return redis.call('SMEMBERS', KEYS[1])
