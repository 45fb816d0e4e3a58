-- Lists the prepared branches that are at home with a queue; changes nothing.
--
-- KEYS[1]  prepared  HASH
--
-- Result: the branches
redis.call('HDEL', KEYS[1], '') -- a write, so that a replica, which may not know all of them, refuses
return redis.call('HKEYS', KEYS[1])
