-- Lists the names of the queues that may have prepared branches. Changes nothing.
--
-- KEYS[1]  queues  SET
--
-- Result: the names
redis.call('SREM', KEYS[1], '') -- a write, so that a replica refuses: it may not know all queues
return redis.call('SMEMBERS', KEYS[1])
