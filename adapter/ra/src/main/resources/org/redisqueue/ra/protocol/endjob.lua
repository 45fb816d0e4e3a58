-- Records that an operation on many messages has ended.
--
-- KEYS[1]  job  HASH
-- ARGV[1]  state: 'done' or 'failed'
-- ARGV[2]  why it failed; empty if it has not
--
-- Result: an empty list
--@include undo
--@include jobs
report(KEYS[1], milliseconds(), 'state', ARGV[1], 'failure', ARGV[2])
return {}
