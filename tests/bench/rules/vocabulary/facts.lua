-- The facts of the bench's synthetic enterprises (tests/bench/generate.c). Each
-- of the three years of a figure is a fact of its own: y0 is the latest.
-- Money is in 万元, the market share is a percent number.

for _, name in ipairs { "id", "uscc", "name", "legal_rep", "address", "region" } do
  fact(name) { type = "text" }
end

fact "industry" { type = "code" }
fact "sector" { zh = "划型行业", type = "code", values = { "industrial", "software", "wholesale" } }
fact "key_field" { zh = "主导产品领域", type = "code", values = {
  "核心基础零部件", "核心基础元器件", "关键软件", "先进基础工艺", "关键基础材料", "产业技术基础",
  "一般配套", "其他" } }
fact "rd_institution" { zh = "研发机构", type = "code", ordered = true,
  values = { "none", "municipal", "provincial", "national" } }
fact "tax_credit" { type = "code", values = { "A", "B", "M", "C" } }
fact "certifications" { zh = "认证", type = "set" }
fact "updated" { type = "date" }

fact "founded_year" { type = "number", whole = true }
fact "years_in_field" { zh = "从事细分市场年限", type = "years", unit = "年" }
fact "employees" { zh = "从业人员", type = "count", unit = "人", whole = true, low = 0 }
fact "rd_staff" { zh = "研发人员", type = "count", unit = "人", whole = true, low = 0 }

local amounts = {
  { "revenue", "营业收入" }, { "main_revenue", "主营业务收入" }, { "rd_expense", "研发费用" },
  { "net_profit", "净利润" },
}
for _, amount in ipairs(amounts) do
  for year = 0, 2 do
    fact(amount[1] .. "_y" .. year) { zh = amount[2] .. year, type = "money", unit = "万元" }
  end
end
for _, name in ipairs { "total_assets", "total_liabilities", "funding_total", "funding_2y",
                        "export_revenue" } do
  fact(name) { type = "money", unit = "万元" }
end

for _, name in ipairs { "patents_class1", "patents_class2", "software_copyrights", "rank_global",
                        "rank_nation", "rank_province", "digital_level", "standards_led",
                        "brands" } do
  fact(name) { type = "count", whole = true, low = 0 }
end
fact "market_share_pct" { zh = "市场占有率", type = "ratio", unit = "%" }

for _, name in ipairs { "violations", "dishonest", "safety_accident", "env_penalty", "listed",
                        "high_tech", "srdi_recognised", "little_giant", "national_award",
                        "maker_top50", "new_product", "fills_gap", "cloud_adopted" } do
  fact(name) { type = "flag" }
end

-- What several titles ask for.

derive "rd_share" { zh = "研发费用占比", unit = "%", [[ rd_expense_y0 / revenue_y0 ]] }
derive "main_share" { zh = "主营业务收入占比", unit = "%", [[ main_revenue_y0 / revenue_y0 ]] }
derive "debt_share" { zh = "资产负债率", unit = "%", [[ total_liabilities / total_assets ]] }
derive "profit_share" { zh = "净利润率", unit = "%", [[ net_profit_y0 / revenue_y0 ]] }

-- 100% and more where main revenue grew, on average over two years.
derive "mean_growth_factor" { zh = "主营业务收入两年平均倍数", unit = "%",
  [[ (main_revenue_y0 / main_revenue_y1 + main_revenue_y1 / main_revenue_y2) / 2 ]] }
derive "growth_factor" { zh = "主营业务收入倍数", unit = "%", [[ main_revenue_y0 / main_revenue_y1 ]] }

local function reaches(industrial, software, wholesale)
  return string.format([[
    sector = 'industrial' and employees >= %d人 and revenue_y0 >= %d万元 or
    sector = 'software' and employees >= %d人 and revenue_y0 >= %d万元 or
    sector = 'wholesale' and employees >= %d人 and revenue_y0 >= %d万元 ]],
    industrial[1], industrial[2], software[1], software[2], wholesale[1], wholesale[2])
end

derive "size" { zh = "企业规模", values = { "large", "medium", "small", "micro" },
  "if " .. reaches({ 1000, 40000 }, { 300, 10000 }, { 200, 40000 }) .. " then 'large' else " ..
  "if " .. reaches({ 300, 2000 }, { 100, 1000 }, { 20, 5000 }) .. " then 'medium' else " ..
  "if " .. reaches({ 20, 300 }, { 10, 50 }, { 5, 1000 }) .. " then 'small' else 'micro'" }

derive "is_sme" { zh = "中小企业", [[ size <> 'large' ]] }
derive "is_clean" { zh = "无违法失信",
  [[ not violations and not dishonest and not safety_accident and not env_penalty ]] }
derive "is_core_field" { zh = "属于核心基础领域", [[ key_field in {
  '核心基础零部件', '核心基础元器件', '关键软件', '先进基础工艺', '关键基础材料', '产业技术基础' } ]] }
derive "is_certified" { zh = "获得认证", [[ has(certifications,
  { 'ISO9001', 'ISO14001', 'ISO45001', 'IATF16949', 'GJB9001C', 'CE', 'UL' }) ]] }
