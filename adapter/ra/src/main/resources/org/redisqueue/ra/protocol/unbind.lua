-- Ends the binding of a queue to a topic. Removes the topic from the set of topics if it has no other binding. All or
-- nothing.
--
-- KEYS[1]  bindings  SET
-- KEYS[2]  topics    SET; missing in a cluster, where the name of the topic stays
-- ARGV[1]  topic
-- ARGV[2]  queue; '' = all names that cannot be those of queues
--
-- Result: 1 if the queue was bound, or if there were such names; else 0
--@include binding
local members, removed = redis.call('SMEMBERS', bindings), {}
for _, member in ipairs(members) do
  if member == queue or queue == '' and not is_queue(member) then
    removed[#removed + 1] = member
  end
end
if topics then
  redis.call('SREM', topics, '') -- tests whether Redis would refuse the last write
end
for _, member in ipairs(removed) do
  redis.call('SREM', bindings, member)
end
if topics and #members == #removed then
  redis.call('SREM', topics, topic)
end
return #removed > 0 and 1 or 0
