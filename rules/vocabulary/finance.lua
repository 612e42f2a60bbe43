-- Size and finance. Money is in 万元, ratios are percent numbers. Annual facts
-- are keyed by financial year and come from the audited annual report.

fact "employees" { zh = "从业人员数", en = "Employees", alias = { "从业人员", "职工总数" },
  type = "count", unit = "人", annual = true, whole = true, low = 0, normal = { 5, 5000 },
  change = { up = 15 },
  group = "finance", source = "企业年报、社会保险", used_by = "size stsme srdi lg" }

fact "revenue" { zh = "营业收入", en = "Revenue", alias = { "营业收入总额" },
  type = "money", unit = "万元", annual = true, low = 0, normal = { 300, 400000 },
  change = { up = 0.1 },
  group = "finance", source = "审计报告", used_by = "all" }

fact "main_revenue" { zh = "主营业务收入", en = "Main-business revenue", alias = { "主营收入", "主营业务收入总额" },
  type = "money", unit = "万元", annual = true, low = 0,
  change = { up = 0.1 }, part_of = "revenue",
  group = "finance", source = "审计报告", used_by = "inno srdi lg sc" }

fact "total_assets" { zh = "资产总额", en = "Total assets", alias = { "总资产" },
  type = "money", unit = "万元", annual = true, low = 0, normal = { 100, 1000000 },
  group = "finance", source = "审计报告", used_by = "size stsme inno srdi lg" }

fact "total_liabilities" { zh = "负债总额", en = "Total liabilities", alias = { "总负债" },
  type = "money", unit = "万元", annual = true, low = 0,
  change = { down = 0.1 },
  group = "finance", source = "审计报告", used_by = "inno srdi lg" }

fact "net_assets" { zh = "净资产", en = "Net assets",
  type = "money", unit = "万元", annual = true,
  group = "finance", source = "审计报告", used_by = "development score" }

fact "net_profit" { zh = "净利润", en = "Net profit",
  type = "money", unit = "万元", annual = true,
  change = { up = 1 },
  group = "finance", source = "审计报告", used_by = "srdi listing" }

fact "roe_weighted" { zh = "加权平均净资产收益率", en = "Weighted return on equity", alias = { "净资产收益率" },
  type = "ratio", unit = "%", annual = true, normal = { -30, 40 },
  group = "finance", source = "审计报告", used_by = "listing" }

fact "operating_cash_flow" { zh = "经营活动现金流量净额", en = "Net operating cash flow", alias = { "经营现金流净额" },
  type = "money", unit = "万元", annual = true,
  group = "finance", source = "审计报告", used_by = "listing" }

fact "gross_margin" { zh = "毛利率", en = "Gross margin",
  type = "ratio", unit = "%", annual = true, normal = { 5, 60 },
  group = "finance", source = "审计报告", used_by = "development score" }

fact "sga_ratio" { zh = "销售和管理费用率", en = "Selling and administration expense ratio", alias = { "销售管理费用率" },
  type = "ratio", unit = "%", annual = true, normal = { 2, 30 },
  group = "finance", source = "审计报告", used_by = "development score" }

fact "tax_paid" { zh = "纳税额", en = "Tax paid", alias = { "纳税总额", "上年纳税额" },
  type = "money", unit = "万元", annual = true, low = 0,
  group = "finance", source = "完税证明", used_by = "local" }

fact "export_revenue" { zh = "出口额", en = "Export revenue", alias = { "出口收入" },
  type = "money", unit = "万元", annual = true, low = 0,
  change = { up = 0.1 }, part_of = "revenue",
  group = "finance", source = "海关数据、审计报告", used_by = "sc" }

fact "audit_report_ok" { zh = "有无保留意见的审计报告", en = "Has an unqualified audit report", alias = { "审计报告" },
  type = "flag", annual = true,
  change = { up = 5 },
  group = "finance", source = "会计师事务所", used_by = "applications" }

-- From none (never graded) to AAA; the steps between are the usual ten grades.
fact "bank_credit_grade" { zh = "银行资信等级", en = "Bank credit grade", type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" }, "C", "CC", "CCC", "B", "BB", "BBB", "A", "AA", "AAA" },
  group = "finance", source = "银行", used_by = "local" }
