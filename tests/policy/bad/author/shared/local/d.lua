local x = shared.firm(5)
shared.firm = nil
