-- Binds a queue to a topic: messages that are published to the topic are sent to the queue. All or nothing.
--
-- KEYS[1]  bindings  SET
-- KEYS[2]  topics    SET; in a cluster, it is missing, because the caller has written it
-- KEYS[3]  queues    SET; likewise
-- ARGV[1]  topic
-- ARGV[2]  queue
--
-- Result: 1 if the queue was not bound before, else 0
--@include binding
--@include undo
local reply = 0
if not is_queue(queue) then
  error('a queue name must be 1 to 200 characters from A-Z a-z 0-9 . _ : -, optionally after a hash tag', 0)
elseif topics and not queues then
  error('a key is missing', 0)
end
local others = 0
for _, member in ipairs(redis.call('SMEMBERS', bindings)) do
  others = others + (member == queue and 0 or 1)
end
if others >= MOST then
  return redis.error_reply('RQBOUND ' .. MOST .. ' queues are bound to the topic, the maximum')
end

-- Adds a name to a set. The first command tests whether Redis would refuse the undo.
local function add(set, name)
  redis.call('SREM', set, '')
  reply = redis.call('SADD', set, name)
  if reply == 1 then
    undo[#undo + 1] = function()
      redis.pcall('SREM', set, name)
    end
  end
end

local failure = all_or_nothing(function()
  if topics then
    add(topics, topic)
    add(queues, queue)
  end
  add(bindings, queue) -- last, because its reply is the result
end)
return failure or reply
