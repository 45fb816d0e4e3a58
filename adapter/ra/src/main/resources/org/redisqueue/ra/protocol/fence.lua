-- Records that a call with a receipt was not executed and never will be, after its writes were undone.
if numbered then
  redis.pcall('PSETEX', lane, '3600000', digits .. ' FENCED ')
end
