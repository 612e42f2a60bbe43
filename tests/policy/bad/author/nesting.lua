local g = any { [[ a ]] }
for i = 1, 100 do
  g = any { g }
end
