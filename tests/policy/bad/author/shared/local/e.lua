local x = shared.frim(5)
