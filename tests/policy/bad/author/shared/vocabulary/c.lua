local helper = {}
function helper.fail(t) return t.missing.field end
function helper.bad(name) return fact(name) { type = 5 } end
function helper.where() return fact "w" { colour = "red" } end
return { helper = helper, blank = function() return [[ ]] end }
