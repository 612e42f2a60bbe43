-- A small vocabulary for the documents of good/rules/ and bad/rules/: one fact
-- or more of every type and every unit that behaves in a way of its own.

fact "uscc" { zh = "统一社会信用代码", en = "Unified social credit code", type = "text", pattern = "uscc",
  group = "identity" }
fact "enterprise_name" { zh = "企业名称", en = "Enterprise name", type = "text", group = "identity" }
fact "region_code" { zh = "注册地", en = "Region", type = "text", pattern = "region", group = "identity" }
fact "founded" { zh = "成立日期", en = "Date of establishment", type = "date", group = "identity" }
fact "industry_code" { zh = "行业代码", en = "Industry", type = "code", group = "identity",
  sections = { { "13", "43", "C" }, { "63", "65", "I" } } }
fact "listed" { zh = "上市公司", en = "Listed", type = "flag", group = "identity" }
fact "honest" { zh = "诚信经营", en = "Honest", type = "flag", group = "identity" }

fact "employees" { zh = "从业人员", en = "Employees", alias = { "从业人员数" }, type = "count", unit = "人",
  annual = true, whole = true, low = 0, group = "finance" }
fact "revenue" { zh = "营业收入", en = "Revenue", alias = { "营收" }, type = "money", unit = "万元",
  annual = true, low = 0, group = "finance", source = "审计报告" }
fact "main_revenue" { zh = "主营业务收入", en = "Main revenue", type = "money", unit = "万元",
  annual = true, low = 0, group = "finance", source = "审计报告" }
fact "profit" { zh = "净利润", en = "Net profit", type = "money", unit = "万元", annual = true, group = "finance" }
fact "rd_expense" { zh = "研发费用", en = "R&D expense", type = "money", unit = "万元", annual = true,
  low = 0, group = "finance" }
fact "rd_share" { zh = "研发占比", en = "R&D share", type = "ratio", unit = "%", annual = true, group = "finance" }
fact "capital" { zh = "注册资本", en = "Registered capital", type = "money", unit = "亿元", group = "finance" }
fact "exports" { zh = "出口额", en = "Exports", type = "money", unit = "元", group = "finance" }
fact "grants" { zh = "补助", en = "Grants", type = "money", unit = "千元", group = "finance" }

fact "defects" { zh = "不良率", en = "Defect rate", type = "ratio", unit = "‰", group = "quality" }
fact "payback" { zh = "回收期", en = "Payback", type = "years", unit = "个月", group = "quality" }
fact "overdue" { zh = "逾期天数", en = "Days overdue", type = "days", unit = "天", group = "quality" }
fact "niche_years" { zh = "从事细分市场年限", en = "Years in the niche", type = "years", unit = "年", group = "quality" }
fact "rating" { zh = "质量评分", en = "Rating", type = "score", unit = "分", group = "quality" }
fact "market_rank" { zh = "市场排名", en = "Market rank", type = "number", group = "quality" }
fact "since_year" { zh = "入行年份", en = "Year of entry", type = "number", whole = true, group = "quality" }

fact "patents" { zh = "发明专利", en = "Patents", type = "count", unit = "项", whole = true, low = 0, group = "innovation" }
fact "institution" { zh = "研发机构级别", en = "R&D institution", type = "code", ordered = true, group = "innovation",
  values = { { "none", zh = "无", en = "none" }, { "city", zh = "市级", en = "city" },
             { "province", zh = "省级", en = "province" }, { "national", zh = "国家级", en = "national" } } }
fact "stage" { zh = "发展阶段", en = "Stage", type = "code", group = "innovation",
  values = { "seed", "growth", "mature" } }
fact "certs" { zh = "管理体系认证", en = "Certificates", type = "set", group = "quality" }
fact "channels" { zh = "销售渠道", en = "Channels", type = "set", group = "quality",
  values = { "shop", "online", "agent" } }
fact "awards" { zh = "奖励", en = "Awards", type = "list", group = "innovation", fields = {
  { "level", zh = "级别", en = "level", type = "code", values = { "city", "province", "national" }, ordered = true },
  { "rank", zh = "名次", en = "rank", type = "count" },
  { "year", zh = "年度", en = "year", type = "number" },
  { "shared", zh = "共享", en = "shared", type = "flag" },
  { "bonus", zh = "奖金", en = "bonus", type = "money", unit = "万元" } } }
fact "loans" { zh = "贷款", en = "Loans", type = "list", group = "finance", fields = {
  { "amount", zh = "金额", en = "amount", type = "money", unit = "万元" },
  { "due", zh = "到期日", en = "due", type = "date" } } }

title "hnte" { zh = "高新技术企业", en = "High-tech enterprise" }
title "old_name" { zh = "老字号", en = "Time-honoured brand" }

-- Firms that scenarios change one thing of.
return {
  firm = {
    enterprise_name = "样例有限公司", region_code = "440305", industry_code = "C3489", listed = false, honest = true,
    founded = "2015-05-20", employees = years(2025, 120, 110, 100), revenue = years(2025, 12000, 11000, 10000),
    main_revenue = years(2025, 10800, 9900, 9000), profit = years(2025, 600, 500, 400),
    rd_expense = years(2025, 600, 550, 500), niche_years = 8, patents = 5, institution = "province",
    certs = { "ISO9001" }, channels = { "shop", "online" }, awards = {}, titles = {},
  },
}
