-- Tells consumers when the next scheduled message is due. Must be included after wakeup.lua.
--
-- Only three servers are told, 15 ms apart, so that the death of one of them delays nothing, and a hundred idle servers
-- do not all ask at once. A server keeps its place while it asks at least every six seconds, which is longer than a
-- wait, and while it knows of this message or is about to ask. It gives its place up when it does not wait, and when it
-- passes a wake-up on. The callers of `receive` in a server share a separate place, because they soon stop waiting. A
-- consumer whose token does not name a server is always told.
--@include watching
local apart, most_bytes = 15, 300

local function read_places(watchers)
  local size = redis.pcall('STRLEN', watchers)
  return type(size) == 'number' and size <= most_bytes and watching(watchers) or {}
end

-- Writes the entries with a different one at a place.
local function put_place(watchers, entries, place, ...)
  entries[place] = { ... }
  local text = ''
  for _, each in ipairs(entries) do
    text = text .. string.format('%s %.0f %.0f ', unpack(each))
  end
  redis.pcall('PSETEX', watchers, '10000', text)
end

-- The name under which the consumer with this server and this number of a listener has a place.
local function watcher_name(server, listener)
  return listener == '0' and server .. '.0' or server
end

local function give_up_place(watchers, name)
  local entries = read_places(watchers)
  for i, entry in ipairs(entries) do
    if entry[1] == name then
      put_place(watchers, entries, i, '-', 0, 0)
    end
  end
end

-- How long the consumer with this token should wait for the next scheduled message, ms; nil = others take care of it.
-- `waits`: whether the consumer waits after this claim.
local function wait_for_scheduled(watchers, ready, token, waits, due, now)
  if due <= now then
    return 0 -- there are more than one claim publishes
  end
  local server, listener = string.match(token, '^([^.]+)%.([^.]+)%.[^.]+%.[^.]+$')
  if not server then
    return waits and due - now or nil
  end
  local name = watcher_name(server, listener)
  local taken, mine, free, informed = read_places(watchers), nil, nil, 0
  for i = 1, places do
    local entry = taken[i] or { '', 0, 0 }
    if entry[1] == name then
      mine = i
    elseif is_informed(entry, due, now) then
      informed = informed + 1
    else
      free = free or i
    end
  end
  if not waits then
    if mine then
      put_place(watchers, taken, mine, '-', 0, 0)
    end
    if due - now < soon and (mine or informed == 0) then
      wake(ready) -- others may not know, and this claim may have removed the wake-up of the send
    end
    return nil
  end
  mine = mine or free
  if not mine then
    return nil
  end
  local _, asked, told = unpack(taken[mine] and taken[mine][1] == name and taken[mine] or { '', 0, 0 })
  if told ~= due or now - asked >= 1000 then
    put_place(watchers, taken, mine, name, now, due)
  end
  if told ~= due and due - now < soon and (informed == 0 or informed < places - 1 and due - now > moment) then
    wake(ready) -- the next one asks before its wait ends
  end
  return due - now + apart * (mine - 1)
end
