-- A list with one field too many.
local fields = {}
for i = 1, 65 do fields[i] = { "f" .. i, type = "flag" } end
fact "many" { zh = "很多", type = "list", fields = fields }
