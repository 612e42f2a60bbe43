-- Made-up firms for the scenarios: each satisfies every criterion of its
-- designation with room to spare, so that a scenario changes the one thing it
-- is about. `y0` is the last full financial year.
--
--   shared.firm("lg", 2025)              a firm that qualifies
--   with(shared.firm("lg", 2025), {…})   the same firm with some facts changed
--   shared.without(firm, "revenue", …)   the same firm with some facts unknown
--   shared.compliance("tax", …)          what spoils its record, but for tax …
--   shared.award_years                   years that count for an award, and not

-- A valid title of that id, three years long.
local function titled(y0, ...)
  local titles = {}
  for i, id in ipairs { ... } do
    titles[i] = { id = id, granted = (y0 - 1) .. "-07-01", expires = (y0 + 2) .. "-06-30" }
  end
  return titles
end

-- A middling precision-parts maker: revenue 12,000, main share 95 %, debt 40 %,
-- R&D 6 %, growth about 9.5 %, a clean record. No titles, no awards.
local function common(y0)
  return {
    enterprise_name = "样例精密零部件有限公司", industry_code = "C3489",
    is_independent_legal_person = true, is_mainland_registered = true, is_manufacturing = true,
    employees = years(y0, 200, 190, 180),
    revenue = years(y0, 12000, 11000, 10000),
    main_revenue = years(y0, 11400, 10450, 9500),
    total_assets = years(y0, 15000, 14000, 13000),
    total_liabilities = years(y0, 6000, 5900, 5800),
    net_profit = years(y0, 1200, 1050, 900),
    rd_expense = years(y0, 720, 660, 550),
    rd_staff = years(y0, 40),
    rd_institution_level = "city", rd_institution_joint = false,
    ip1_count = 6, ip1_self_count = 6, ip1_top3_owner_count = 6, ip1_highvalue_count = 0,
    ip_recent_transfer_count = 0, ip2_count = 12, ip_applied_benefit = true,
    science_awards = {}, maker_china_rank = {},
    standards = { { level = "national", role = "join", year = y0 - 1 } },
    leading_product_ratio = years(y0, 90), leading_product_count = 1,
    niche_years = 12, new_product_years = 0,
    share_national = years(y0, 15), rank_national = years(y0, 2),
    share_world = years(y0, 6), rank_world = years(y0, 3),
    is_strategic_emerging = true, is_six_bases = true, is_ten_fields = true, is_network_power_field = false,
    chain_gap_effect = true, is_key_node = true, is_time_honoured = false, supplies_major_firms = 2,
    has_own_brand = true, has_reputation = true, energy_advanced = years(y0, true),
    tech_level = "international_leading",
    management_certs = { "ISO9001" }, foreign_product_certs = { "CE" },
    quality_award_level = "none", digital_level = 3, it_core_processes = 3,
    srdi_dev_score_current = 82, srdi_dev_score_prev = 78,
    equity_new_2y = 0, equity_new_3y = 0,
    in_abnormal_list = false, is_seriously_dishonest = false, is_restricted_product = false,
    accident_grade_3y = "none", cyber_incident_3y = "none", env_violation_3y = "none",
    quality_problem_3y = "none", tax_violation_3y = false, data_fraud_3y = false,
    titles = {},
  }
end

-- What each designation asks beyond the common firm.
local extra = {
  inno = function() return {} end,
  stsme = function(y0) return { titles = titled(y0, "hnte") } end,
  srdi = function(y0) return { titles = titled(y0, "inno") } end,
  lg = function(y0) return { titles = titled(y0, "srdi") } end,
  sc = function(y0)
    return { employees = years(y0, 800, 780, 760),
             revenue = years(y0, 50000, 48000, 46000), main_revenue = years(y0, 46000, 44000, 42000) }
  end,
}

local function firm(designation, y0)
  return with(common(y0), extra[designation](y0))
end

local function without(record, ...)
  local rest = {}
  for name, value in pairs(record) do rest[name] = value end
  for _, name in ipairs { ... } do rest[name] = nil end
  return rest
end

-- What spoils a clean record: the fact, a value that still passes (nil where
-- there is none), one that fails, and the criterion that says so.
local spoilers = {
  { fact = "is_mainland_registered", bad = false, criterion = "registered" },
  { fact = "in_abnormal_list", bad = true, criterion = "credit" },
  { fact = "is_seriously_dishonest", bad = true, criterion = "credit" },
  { fact = "is_restricted_product", bad = true, criterion = "product_allowed" },
  { fact = "accident_grade_3y", good = "larger", bad = "major", criterion = "accident" },
  { fact = "cyber_incident_3y", good = "general", bad = "major", criterion = "cyber" },
  { fact = "quality_problem_3y", good = "general", bad = "serious", criterion = "quality" },
  { fact = "env_violation_3y", good = "general", bad = "major", criterion = "environment" },
  { fact = "tax_violation_3y", bad = true, criterion = "tax" },
  { fact = "data_fraud_3y", bad = true, criterion = "data_fraud" },
}

-- Those of them that a document asks for: all but the criteria named.
local function compliance(...)
  local left_out, cases = {}, {}
  for _, criterion in ipairs { ... } do left_out[criterion] = true end
  for _, case in ipairs(spoilers) do
    if not left_out[case.criterion] then cases[#cases + 1] = case end
  end
  return cases
end

-- Years of an award seen from 2026, and whether they are within three years.
local award_years = { { 2027, false }, { 2026, true }, { 2025, true }, { 2024, true }, { 2023, false } }

return { firm = firm, without = without, titled = titled, compliance = compliance, award_years = award_years }
