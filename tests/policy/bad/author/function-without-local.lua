local function fine() end
function helper() end
