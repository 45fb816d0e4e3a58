-- A wait for messages is shorter than this, in ms. After each wait, a consumer learns of the next scheduled message.
-- A consumer must be woken to set a timer only for a message that is due earlier.
local soon = 6000
