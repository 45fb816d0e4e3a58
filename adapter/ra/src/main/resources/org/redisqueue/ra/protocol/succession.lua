-- How the heads of groups end when they are acknowledged, together and with few commands. See groups.lua. The commands
-- that undo others are not tried first: like the usual case of acknowledge.lua, this expects that Redis does not refuse
-- the commands that a claim needs.

-- The commands that end those of these messages, up to 1,000 of a queue, that belong to groups, and make the next ones of
-- their groups ready, in order: { { a command, the command that undoes it }, ... }. nil unless each message with attributes
-- is the head of a group, and the next messages have no priorities and sound attributes. Writes nothing.
local function succession(base, ids)
  local attributes, heads, waiting = base .. 'attributes', base .. 'heads', base .. 'waiting'
  local ending, groups, known, own = {}, {}, {}, { 'HSET', attributes }
  for i, text in ipairs(redis.call('HMGET', attributes, unpack(ids))) do
    if text then
      local last = (string.find(text, ' ', 18, true) or 0) - 1
      local group = string.byte(text, 17) == 32 and string.sub(text, 18, last) or ''
      if group == '' or known[group] then
        return nil
      end
      local n = #groups + 1
      ending[n], groups[n], known[group] = ids[i], group, true
      own[2 * n + 1], own[2 * n + 2] = ids[i], text
    end
  end
  if #ending == 0 then
    return {}
  end
  local members, followers, entries = {}, {}, { 'ZADD', waiting }
  local leading, former, last, ended = { 'HSET', heads }, { 'HSET', heads }, { 'HSET', heads }, { 'HDEL', heads }
  for i, head in ipairs(redis.call('HMGET', heads, unpack(groups))) do
    local group, n = groups[i], #members + 1
    local found = redis.call('ZRANGE', waiting, '[' .. group .. ' ', '(' .. group .. '!', 'BYLEX', 'LIMIT', '0', '1')
    if head ~= ending[i] then
      return nil
    elseif found[1] then
      members[n], followers[n] = found[1], string.sub(found[1], #group + 19)
      entries[2 * n + 1], entries[2 * n + 2] = 0, found[1]
      leading[2 * n + 1], leading[2 * n + 2] = group, followers[n]
      former[2 * n + 1], former[2 * n + 2] = group, head
    else
      ended[#ended + 1], last[#last + 1], last[#last + 2] = group, group, head
    end
  end
  for i, text in ipairs(#followers > 0 and redis.call('HMGET', attributes, unpack(followers)) or {}) do
    local group = leading[2 * i + 1]
    if text ~= string.sub(members[i], #group + 2, #group + 17) .. ' ' .. group or followers[i] == former[2 * i + 2] then
      return nil -- the next message has a priority, or the set is damaged
    end
  end
  local steps = {}
  if #followers > 0 then
    steps[1], steps[2] = { leading, former }, { { 'ZREM', waiting, unpack(members) }, entries }
    steps[3] = { { 'LPUSH', base .. 'ready', unpack(followers) }, { 'LTRIM', base .. 'ready', #followers, -1 } }
  end
  if #ended > 2 then
    steps[#steps + 1] = { ended, last }
  end
  steps[#steps + 1] = { { 'HDEL', attributes, unpack(ending) }, own }
  return steps
end
