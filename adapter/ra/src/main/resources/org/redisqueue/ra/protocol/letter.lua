-- The reason and the number of deliveries of a dead letter, and whether it never had a message, from its record in the
-- hash errors. A message with the id of a letter without a message was sent later and does not belong to the letter.
local longest_reason = 4000
local function letter(record_text)
  if not record_text then
    return 'unknown', 0, false
  end
  local parsed, record = pcall(cjson.decode, record_text)
  if not parsed or type(record) ~= 'table' then
    return string.sub(record_text, 1, longest_reason), 0, false
  end
  local reason = type(record.reason) == 'string' and record.reason or 'unknown'
  local deliveries = record.deliveries
  if type(deliveries) ~= 'number' or not (deliveries >= 0 and deliveries < 2 ^ 31) then
    deliveries = 0
  end
  return string.sub(reason, 1, longest_reason), math.floor(deliveries), record.gone == true
end
