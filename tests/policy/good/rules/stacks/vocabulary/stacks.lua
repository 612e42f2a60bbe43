-- Three awards of each stack. Amounts come from three facts of different units,
-- whether they are to be had from three flags; all of them may be unknown.

local function members(prefix)
  subsidy(prefix .. "-a") { zh = "甲", en = "A", amount = [[ grants ]], [[ listed ]] }
  subsidy(prefix .. "-b") { zh = "乙", en = "B", amount = [[ exports ]], [[ honest ]] }
  subsidy(prefix .. "-c") { zh = "丙", en = "C", amount = [[ capital ]], [[ patents >= 1 ]] }
  return { prefix .. "-a", prefix .. "-b", prefix .. "-c" }
end

-- 300,000, 500,000 and 800,000 yuan, all three to be had.
local big = { grants = 300, exports = 500000, capital = 0.008, listed = true, honest = true, patents = 1 }

-- What the stack leaves of each member: 万元, or an interval.
local function case(prefix, name, changes, a, b, c)
  scenario(name .. "（" .. prefix .. "）") { as_of = "2026-01-01", record = with(big, changes),
    expect = { ["amount:" .. prefix .. "-a"] = a, ["amount:" .. prefix .. "-b"] = b, ["amount:" .. prefix .. "-c"] = c } }
end

return { members = members, big = big, case = case }
