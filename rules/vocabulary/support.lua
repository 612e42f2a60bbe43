-- Facts that only the money rules ask for. Each stands here because a rule
-- cannot be written without it; the reason is in the comment. The rest of what
-- these rules ask for (taxable_income, deductible_input_vat, tax_lists,
-- equipment_investment, fixed_asset_loan) is in chain.lua.

-- The scoring table of the high-tech enterprise test was not seen, so the score
-- is an input, like the development score of the ladder.
fact "hnte_score" { zh = "高新技术企业创新能力评价得分", en = "Innovation score of the high-tech enterprise test",
  type = "score", unit = "分", low = 0, high = 100,
  change = { up = 10 },
  group = "innovation", source = "认定机构专家评价", used_by = "hnte" }

-- The one-off deduction turns on the price of one unit; equipment_investment is
-- a yearly total that does not show it.
fact "equipment_bought" { zh = "新购进的设备器具", en = "Newly bought equipment and tools", type = "list",
  fields = { { "unit_value", type = "money", unit = "万元", zh = "单位价值", en = "value of one unit" },
             { "date", type = "date", zh = "购进日期", en = "date bought" } },
  group = "finance", source = "固定资产台账、发票", used_by = "subsidies" }

-- Central money is recovered, or half of it withheld, by what the performance
-- review finds. Both facts are left out until there is a review.
fact "has_key_lg_plan" { zh = "已编制重点小巨人实施方案", en = "Has an implementation plan as a key little giant",
  type = "flag", group = "finance", source = "实施方案", used_by = "subsidies" }
fact "key_lg_investment" { zh = "绩效评价确认的完成投资额", en = "Investment the performance review found done",
  type = "money", unit = "万元", low = 0,
  group = "finance", source = "绩效评价报告", used_by = "subsidies" }
fact "key_lg_goals_met" { zh = "绩效评价确认的目标完成情况", en = "The performance review found the goals met",
  type = "flag", group = "finance", source = "绩效评价报告", used_by = "subsidies" }

-- fixed_asset_loan lists amounts and days. A list cannot be added up in an
-- expression, and it does not say what a loan is for or who stands behind it.
fact "loan_principal" { zh = "申请贴息的贷款本金", en = "Loan principal for which interest support is asked",
  type = "money", unit = "万元", low = 0, normal = { 0, 50000 },
  group = "finance", source = "贷款合同", used_by = "subsidies" }
fact "loan_use" { zh = "贷款用途", en = "What the loan is for", type = "code",
  values = { { "renewal", zh = "设备更新项目固定资产贷款", en = "fixed assets of an equipment-renewal project" },
             { "sci_tech", zh = "科技创新贷款", en = "sci-tech innovation" },
             { "fixed_asset", zh = "其他固定资产贷款", en = "other fixed assets" },
             { "policy_instrument", zh = "新型政策性金融工具资金", en = "money of the new policy instrument" },
             { "other", zh = "其他", en = "other" } },
  group = "finance", source = "贷款合同", used_by = "subsidies" }
fact "loan_relending" { zh = "贷款得到再贷款政策支持", en = "The loan is backed by central-bank re-lending",
  type = "flag", group = "finance", source = "经办银行", used_by = "subsidies" }
fact "renewal_project_listed" { zh = "项目列入设备更新项目清单", en = "The project is on the equipment-renewal list",
  type = "flag", group = "finance", source = "主管部门公布或推送的清单", used_by = "subsidies" }

-- "Upstream and downstream" of the named chains, agriculture-related processing
-- and emerging fields cannot be read off an industry code.
fact "loan_field_listed" { zh = "贷款投向属于贴息支持的领域", en = "The loan goes to a supported field",
  type = "flag", group = "finance", source = "经办银行审核", used_by = "subsidies" }
