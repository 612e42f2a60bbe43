-- a script
local function big(x) return [[ revenue >= ]] .. x end
for _, n in ipairs { 1, 2, 3 } do
  param("p" .. n) { zh = "参数", ("%d%%"):format(n) }
end
fact "x" { zh = "某", type = "money", unit = "万元", annual = true, low = 0 }
return { a = string.rep("x", 3) }
