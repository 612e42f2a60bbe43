return { limit = 5, firm = function(n) return { employees = n } end }
