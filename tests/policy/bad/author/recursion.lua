local function down(n)
  return 1 + down(n + 1)
end
local bottom = down(1)
