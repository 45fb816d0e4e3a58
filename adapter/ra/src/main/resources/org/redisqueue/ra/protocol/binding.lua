-- Reads and checks the keys and arguments of a binding. Anyone can write a name to the set of bindings, so the name of the
-- queue may be invalid.
local MOST = 1000 -- queues that a topic can have
local bindings, topics, queues, topic, queue = KEYS[1], KEYS[2], KEYS[3], ARGV[1] or '', ARGV[2]

local function is_name(text)
  return #text > 0 and #text <= 200 and not string.find(text, '[^%w._:-]')
end

local function is_queue(text) -- a name, optionally after a hash tag
  local tag, rest = string.match(text, '^{(.-)}(.+)$')
  return #text <= 200 and is_name(rest or text) and (not tag or is_name(tag))
end

if not is_name(topic) or not queue then
  error('a name must be 1 to 200 characters from A-Z a-z 0-9 . _ : -', 0)
end
local prefix = string.sub(bindings, 1, -#('{' .. topic .. '}:bindings') - 1)
if prefix .. '{' .. topic .. '}:bindings' ~= bindings then
  error('a key does not belong to its topic', 0)
end
if topics and topics ~= prefix .. 'topics' or queues and queues ~= prefix .. 'queues' then
  error('a key does not belong to its prefix', 0)
end
