-- The record of a prepared branch, which prepare.lua writes and the scripts that end a branch read. JSON:
--   { time, consumed = { { queue, id, token }, ... }, sent = { { queue, id, deadline, options }, ... } }
-- A deadline is in ms of the Redis clock, 0 = none. A message has options, see options.lua, or none: then the list ends
-- before them. Records of earlier versions have no options, or neither deadlines nor options.
--@include options
--
-- read_record(text, prepared, one_slot)
--   text       the record
--   prepared   the key that holds it, whose queue is the home queue of the branch
--   one_slot   whether all messages must belong to the home queue or to queues with the same hash tag, as in a cluster
-- A sent message may also belong to the outbox of such a queue, whose name is that of the queue followed by '}outbox'.
-- Returns the record, in which each sent message has a deadline; or nil and the reason why the record is malformed. The
-- reason does not quote the record.
--
-- malformed_record(prepared, branch, reason)
-- Returns the error reply for a malformed record. A script returns it before its first write.

local function is_queue(name)
  if type(name) ~= 'string' or #name > 200 then
    return false
  end
  local tagged = string.find(name, '^{[%w._:%-]+}[%w._:%-]+$') -- with a hash tag
  return (tagged or string.find(name, '^[%w._:%-]+$')) ~= nil
end

local function is_word(word) -- an id or a token
  return type(word) == 'string' and #word > 0 and #word <= 200 and not string.find(word, '[^\33-\126]')
end

local function is_list(value)
  if type(value) ~= 'table' then
    return false
  end
  local entries = 0
  for _ in pairs(value) do
    entries = entries + 1
  end
  return entries == #value
end

local function is_home(queue, prepared) -- whether a queue keeps its branches under this key
  local ending = ':{' .. queue .. '}:prepared'
  return string.sub(prepared, -#ending) == ending
end

local function is_near(queue, prepared) -- whether the keys of a queue are in the same slot as this key
  local tag = string.match(queue, '^({[^}]+})')
  return is_home(queue, prepared) or tag and string.match(prepared, '^[^{]*{({[^}]+})') == tag
end

local function owner(name) -- the queue whose outbox has this name; nil if it is not the name of an outbox
  return type(name) == 'string' and string.match(name, '^(.*)}outbox$') or nil
end

local function misnamed(messages, prepared, one_slot, sent) -- the first invalid queue or id, as text
  for i, message in ipairs(messages) do
    local outbox_of = sent and is_list(message) and owner(message[1])
    local queue = is_list(message) and (outbox_of or message[1])
    if not is_list(message) then
      return i .. ' is not a list'
    elseif not is_queue(queue) then
      return i .. ' has no valid queue'
    elseif (one_slot or outbox_of) and not is_near(queue, prepared) then
      return i .. ' belongs to a queue in another slot'
    elseif not is_word(message[2]) then
      return i .. ' has no valid id'
    end
  end
end

local function read_record(text, prepared, one_slot)
  local parsed, record = pcall(cjson.decode, text)
  if not parsed or type(record) ~= 'table' then
    return nil, 'it is not a JSON object'
  end
  if not is_list(record.consumed) or not is_list(record.sent) then
    return nil, 'it has no lists of consumed and sent messages'
  end
  local wrong = misnamed(record.consumed, prepared, one_slot, false)
  if wrong then
    return nil, 'consumed message ' .. wrong
  end
  wrong = misnamed(record.sent, prepared, one_slot, true)
  if wrong then
    return nil, 'sent message ' .. wrong
  end
  for i, message in ipairs(record.consumed) do
    if not is_word(message[3]) or message[3] == '-' or #message ~= 3 then
      return nil, 'consumed message ' .. i .. ' has no valid token'
    end
  end
  for i, message in ipairs(record.sent) do
    local deadline = message[3] or 0
    local valid = type(deadline) == 'number' and deadline >= 0 and deadline <= 2 ^ 53 and deadline % 1 == 0
    if not valid or #message > 4 then
      return nil, 'sent message ' .. i .. ' has no valid deadline'
    elseif message[4] ~= nil and invalid_options(message[4]) then
      return nil, 'sent message ' .. i .. ' has invalid options'
    end
    message[3] = deadline
  end
  -- The first queue that the branch consumes from is the home queue. The sent messages do not identify it: a message
  -- whose id was in use is not in the record.
  if #record.consumed > 0 and not is_home(record.consumed[1][1], prepared) then
    return nil, 'its first consumed message does not belong to the queue that keeps the record'
  end
  return record
end

local function malformed_record(prepared, branch, reason)
  local name = branch .. ' of ' .. prepared
  return redis.error_reply('RQMALFORMED Branch ' .. name .. ' has a malformed record: ' .. reason)
end
