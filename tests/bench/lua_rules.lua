-- The bench's rules as data, walked record by record by a small interpreter:
-- what a script host offers when rules have to be replaceable while it runs.
--
-- A condition is a node { operator, operand, … }; fact "name" reads a record,
-- result "g01" what an earlier rule came to. Returns a function that judges a
-- record. Runs in Lua 5.1 to 5.4; inside Redis too, where no library function
-- may be called while a function is being loaded.

local function fact(name) return { "fact", name } end
local function result(name) return { "result", name } end
local function at_least(a, b) return { ">=", a, b } end
local function at_most(a, b) return { "<=", a, b } end
local function below(a, b) return { "<", a, b } end
local function equal(a, b) return { "==", a, b } end
local function product(a, b) return { "*", a, b } end
local function sum(a, b) return { "+", a, b } end
local function no(a) return { "not", a } end
local function all(...) return { "all", ... } end
local function any(...) return { "any", ... } end

local function set(list)
  local members = {}
  for i = 1, #list do
    members[list[i]] = true
  end
  return members
end

-- Ratios multiplied out: whole numbers stay exact.
local function reaches(a, b, percent) return at_least(product(a, 100), product(b, percent)) end
local function stays_within(a, b, percent) return at_most(product(a, 100), product(b, percent)) end
local function between(a, low, high) return all(at_least(a, low), at_most(a, high)) end

local revenue, employees = fact "revenue_y0", fact "employees"
local rd, rd_staff = fact "rd_expense_y0", fact "rd_staff"
local main, main1, main2 = fact "main_revenue_y0", fact "main_revenue_y1", fact "main_revenue_y2"
local debt, assets, profit = fact "total_liabilities", fact "total_assets", fact "net_profit_y0"
local years, funding = fact "years_in_field", fact "funding_2y"
local patents1, patents2 = fact "patents_class1", fact "patents_class2"
local rank, institution = fact "rank_province", fact "rd_institution"
local sector, certificates = fact "sector", fact "certifications"

local in_key_field = { "in", fact "key_field", set {
  "核心基础零部件", "核心基础元器件", "关键软件", "先进基础工艺", "关键基础材料", "产业技术基础",
} }
local known_certificates = set {
  "ISO9001", "ISO14001", "ISO45001", "IATF16949", "GJB9001C", "CE", "UL",
}

-- Mean growth of main revenue over two years.
local function grows(percent)
  return at_least(product(sum(product(main, main2), product(main1, main1)), 50),
    product(100 + percent, product(main1, main2)))
end

local function rd_input(amount, percent)
  return any(at_least(rd, amount), reaches(rd, revenue, percent))
end

-- Bands of one operand, best first: { percent, points }, ….
local function bands(test, list)
  local cases = {}
  for i = 1, #list do
    cases[i] = { test(list[i][1]), list[i][2] }
  end
  return cases
end

local function of_revenue(a)
  return function(percent) return reaches(a, revenue, percent) end
end

local function of_assets(percent) return stays_within(debt, assets, percent) end

local function of_size(bounds)
  local cases = {}
  local names = { "industrial", "software", "wholesale" }
  for i = 1, #names do
    cases[i] = all(equal(sector, names[i]), at_least(employees, bounds[i][1]),
      at_least(revenue, bounds[i][2]))
  end
  return any(cases[1], cases[2], cases[3])
end

-- In the order of what depends on what: { kind, name, … }.
local rules = {
  { "class", "size", {
    { of_size { { 1000, 40000 }, { 300, 10000 }, { 200, 40000 } }, "large" },
    { of_size { { 300, 2000 }, { 100, 1000 }, { 20, 5000 } }, "medium" },
    { of_size { { 20, 300 }, { 10, 50 }, { 5, 1000 } }, "small" },
  }, "micro" },

  { "criterion", "g01", no(equal(result "size", "large")) },
  { "criterion", "g02", at_least(years, 3) },
  { "criterion", "g03", reaches(main, revenue, 70) },
  { "criterion", "g04", grows(5) },
  { "criterion", "g05", of_assets(70) },
  { "criterion", "g06", { "has any", certificates, known_certificates } },
  { "criterion", "g07", any(between(rank, 1, 3), at_least(fact "market_share_pct", 10)) },
  { "criterion", "g08", any(
    all(at_least(revenue, 10000), reaches(rd, revenue, 3)),
    all(at_least(revenue, 5000), below(revenue, 10000), reaches(rd, revenue, 6)),
    all(below(revenue, 5000), at_least(funding, 8000), at_least(rd, 3000))) },
  { "criterion", "g09", any(at_least(revenue, 5000), reaches(rd_staff, employees, 50)) },
  { "criterion", "g10", at_least(patents1, 2) },
  { "criterion", "g11", all(no(fact "violations"), no(fact "dishonest"),
    no(fact "safety_accident"), no(fact "env_penalty")) },
  { "criterion", "g12", fact "srdi_recognised" },
  { "criterion", "g13", in_key_field },
  { "criterion", "g14", any(fact "national_award", fact "maker_top50") },
  { "criterion", "g15", no(equal(institution, "none")) },
  { "criterion", "g16", any(result "g14",
    all(result "g08", result "g09", result "g10", result "g15")) },

  { "points", "s1", { { at_least(patents1, 3), 20 }, { at_least(patents1, 2), 15 },
    { at_least(patents1, 1), 10 }, { at_least(patents2, 1), 5 } } },
  { "points", "s2", bands(of_revenue(rd), { { 5, 20 }, { 3, 15 }, { 2, 10 }, { 1, 5 } }) },
  { "points", "s3", bands(function(percent) return reaches(main, main1, 100 + percent) end,
    { { 15, 20 }, { 10, 15 }, { 5, 10 }, { 0, 5 } }) },
  { "points", "s4", bands(of_assets, { { 55, 10 }, { 75, 5 } }) },
  { "points", "s5", { { in_key_field, 10 }, { fact "high_tech", 5 } } },
  { "points", "s6", bands(of_revenue(main), { { 70, 20 }, { 60, 15 }, { 55, 10 }, { 50, 5 } }) },

  { "points", "t01", bands(of_revenue(main), { { 80, 5 }, { 70, 3 }, { 60, 1 } }) },
  { "points", "t02", bands(grows, { { 10, 10 }, { 8, 8 }, { 6, 6 }, { 4, 4 }, { 0, 2 } }) },
  { "points", "t03", bands(function(least) return at_least(years, least) end,
    { { 10, 5 }, { 8, 4 }, { 6, 3 }, { 4, 2 }, { 2, 1 } }) },
  { "points", "t04", { { in_key_field, 5 }, { fact "fills_gap", 3 } } },
  { "points", "t05", bands(function(least) return at_least(fact "digital_level", least) end,
    { { 4, 5 }, { 3, 4 }, { 2, 2 } }) },
  { "points", "t06", { { at_least({ "count", certificates }, 3), 5 },
    { at_least({ "count", certificates }, 1), 3 } } },
  { "points", "t07", bands(of_revenue(profit),
    { { 10, 10 }, { 8, 8 }, { 6, 6 }, { 4, 4 }, { 2, 2 } }) },
  { "points", "t08", bands(of_assets, { { 50, 5 }, { 60, 3 }, { 70, 1 } }) },
  { "points", "t09", { { equal(rank, 1), 15 }, { between(rank, 2, 3), 10 },
    { between(rank, 4, 5), 5 } } },
  { "points", "t10", { { at_least(patents1, 2), 10 }, { at_least(patents1, 1), 8 },
    { at_least(patents2, 1), 2 } } },
  { "points", "t11", { { rd_input(500, 10), 10 }, { rd_input(400, 8), 8 }, { rd_input(300, 6), 6 },
    { rd_input(200, 4), 4 }, { rd_input(100, 3), 2 } } },
  { "points", "t12", bands(function(percent) return reaches(rd_staff, employees, percent) end,
    { { 20, 5 }, { 10, 3 }, { 5, 1 } }) },
  { "points", "t13", { { equal(institution, "national"), 10 },
    { equal(institution, "provincial"), 8 }, { equal(institution, "municipal"), 4 } } },

  { "score", "innov", { "s1", "s2", "s3", "s4", "s5", "s6" } },
  { "score", "srdi", { "t01", "t02", "t03", "t04", "t05", "t06", "t07", "t08", "t09", "t10",
    "t11", "t12", "t13" } },

  { "criterion", "q02", at_least(years, 2) },
  { "criterion", "q03", all(at_least(rd, 100), reaches(rd, revenue, 3)) },
  { "criterion", "q04", any(at_least(revenue, 1000), at_least(funding, 2000)) },
  { "criterion", "q05", at_least(result "srdi", 60) },
  { "criterion", "i01", any(fact "national_award", equal(institution, "provincial"),
    equal(institution, "national"), all(fact "high_tech", at_least(funding, 500))) },
  { "criterion", "i02", at_least(result "innov", 60) },
  { "criterion", "i03", at_least(sum(result "s1", result "s2"), 20) },
  { "criterion", "i04", at_least(sum(result "s3", result "s4"), 15) },
  { "criterion", "i05", at_least(sum(result "s5", result "s6"), 15) },
  { "criterion", "c01", any(at_least(years, 10), all(fact "new_product", at_least(years, 3))) },
  { "criterion", "c03", any(at_least(revenue, 40000), fact "little_giant") },
  { "criterion", "c04", between(fact "rank_global", 1, 3) },
  { "criterion", "c05", equal(sector, "industrial") },
  { "criterion", "c06", reaches(rd, revenue, 3) },

  { "title", "innov", all(result "g01", result "g11",
    any(result "i01", all(result "i02", result "i03", result "i04", result "i05"))) },
  { "title", "srdi", all(result "g01", result "q02", result "q03", result "q04", result "g11",
    result "q05") },
  { "title", "giant", all(result "g01", result "g02", result "g03", result "g04", result "g05",
    result "g06", result "g07", result "g11", result "g12", result "g13", result "g16") },
  { "title", "champ", all(result "c01", result "g03", result "c03", result "c04", result "c05",
    result "c06", result "g06", result "g11") },
}

local record, results

local operators = {}

local function value(node)
  if type(node) ~= "table" then
    return node
  end
  return operators[node[1]](node)
end

operators["fact"] = function(node) return record[node[2]] end
operators["result"] = function(node) return results[node[2]] end
operators[">="] = function(node) return value(node[2]) >= value(node[3]) end
operators["<="] = function(node) return value(node[2]) <= value(node[3]) end
operators["<"] = function(node) return value(node[2]) < value(node[3]) end
operators["=="] = function(node) return value(node[2]) == value(node[3]) end
operators["*"] = function(node) return value(node[2]) * value(node[3]) end
operators["+"] = function(node) return value(node[2]) + value(node[3]) end
operators["not"] = function(node) return not value(node[2]) end
operators["in"] = function(node) return node[3][value(node[2])] or false end
operators["count"] = function(node) return #value(node[2]) end

operators["has any"] = function(node)
  local list, members = value(node[2]), node[3]
  for i = 1, #list do
    if members[list[i]] then
      return true
    end
  end
  return false
end

operators["all"] = function(node)
  for i = 2, #node do
    if not value(node[i]) then
      return false
    end
  end
  return true
end

operators["any"] = function(node)
  for i = 2, #node do
    if value(node[i]) then
      return true
    end
  end
  return false
end

local function first_case(cases, otherwise)
  for i = 1, #cases do
    if value(cases[i][1]) then
      return cases[i][2]
    end
  end
  return otherwise
end

local kinds = {
  class = function(rule, decision)
    decision.size = first_case(rule[3], rule[4])
    return decision.size
  end,
  criterion = function(rule, decision)
    local met = value(rule[3])
    decision.crit[rule[2]] = met
    return met
  end,
  points = function(rule, decision)
    local points = first_case(rule[3], 0)
    decision.pts[rule[2]] = points
    return points
  end,
  score = function(rule, decision)
    local total, indicators = 0, rule[3]
    for i = 1, #indicators do
      total = total + results[indicators[i]]
    end
    decision.score[rule[2]] = total
    return total
  end,
  title = function(rule, decision)
    decision.titles[rule[2]] = value(rule[3])
    return nil
  end,
}

local function judge(its_record)
  local decision = { id = its_record.id, titles = {}, score = {}, crit = {}, pts = {} }
  record, results = its_record, {}
  for i = 1, #rules do
    local rule = rules[i]
    results[rule[2]] = kinds[rule[1]](rule, decision)
  end
  return decision
end

return judge
