-- The options of a sent message: a JSON object that follows its time to live in the arguments of a script, see
-- readoptions.lua, and that is part of the record of a prepared branch. Options:
--   delay     ms, counted from the publication, that is, from the commit
--   at        time of the Redis clock, ms, at which the message becomes due; in the past = at once
--   group     1 to 200 printable ASCII characters without spaces; the messages of a group are delivered in sequence
--   priority  -10 to 10, not 0; messages with a higher one are delivered first, those without one as if it were 0
--   ttl       time to live, ms; only in the record of a branch, for a message with a delay or a time
--   key       deduplication key, 1 to 200 printable ASCII characters without spaces, see deduplication.lua
--   window    how long the key is kept from the publication on, ms; required with a key
--   rollback  1 = the transaction is rolled back if another message has the key; otherwise, the message is dropped
--   forwarded id of the envelope that held the message in an outbox: it is not sent if that envelope was forwarded before
-- A message with a delay or a time is scheduled until it is due. Its time to live starts then.
local LONGEST = 315360000000

-- The reason why options are not valid; nil if they are.
local function invalid_options(options)
  if type(options) ~= 'table' then
    return 'they are not an object'
  end
  for name, value in pairs(options) do
    local most = (name == 'delay' or name == 'ttl' or name == 'window') and LONGEST or name == 'rollback' and 1
    most = most or name == 'at' and 99999999999999 or name == 'priority' and 10
    local least = name == 'priority' and -10 or 0
    local text = name == 'key' and 'the deduplication key' or name == 'group' and 'the group'
    text = text or name == 'forwarded' and 'the id of the envelope'
    if text then
      if type(value) ~= 'string' or #value < 1 or #value > 200 or string.find(value, '[^\33-\126]') then
        return text .. ' is not valid'
      end
    elseif not most then
      return 'an option is unknown'
    elseif type(value) ~= 'number' or value < least or value > most or value % 1 ~= 0 then
      return 'an option is out of range'
    elseif name == 'priority' and value == 0 then
      return 'an option is out of range'
    end
  end
  if (options.key ~= nil) ~= ((options.window or 0) > 0) or options.rollback and not options.key then
    return 'its deduplication key or its window is missing'
  end
end

-- When a message with these options becomes due, ms; nil = it is ready at once.
local function due_time(options, now)
  local due = options and (options.delay and now + options.delay or options.at)
  return due and due > now and due or nil
end
