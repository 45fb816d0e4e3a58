-- Lists the names of the queues that may have prepared branches, the names of the topics, or those of the queues that are
-- bound to a topic. Changes nothing.
--
-- KEYS[1]  queues, topics or bindings  SET
--
-- Result: the names
redis.call('SREM', KEYS[1], '') -- a write, so that a replica refuses: it may not know all names
return redis.call('SMEMBERS', KEYS[1])
