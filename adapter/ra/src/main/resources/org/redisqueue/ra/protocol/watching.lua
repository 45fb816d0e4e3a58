-- Reads which servers know when scheduled messages are due.
--
-- watchers  STRING  '<server> <time at which it asked, ms> <due time that it was told, ms> ', for up to three servers;
--           a server that has given its place up is '-'. Kept for ten seconds after a claim.
--@include soon
local places, moment = 3, 200

-- Up to three entries { server, time at which it asked, due time that it was told }.
local function watching(watchers)
  local entries, stored = {}, redis.pcall('GET', watchers)
  for server, asked, told in string.gmatch(type(stored) == 'string' and stored or '', '(%S+) (%d+) (%d+) ') do
    if #entries == places then
      break
    end
    entries[#entries + 1] = { server, tonumber(asked), tonumber(told) }
  end
  return entries
end

-- Whether a server asks again when a message is due: it knows of this message, or will ask before. A server that was told
-- of a message that is due by now may have asked already.
local function is_informed(entry, due, now)
  local _, asked, told = unpack(entry)
  return math.abs(now - asked) <= soon and told <= due and told > now
end
