-- Equity finance and listing. New equity counts when a qualified institution
-- invested and the money is paid in.

fact "equity_new_2y" { zh = "近2年新增股权融资", en = "New equity financing of the last 2 years",
  alias = { "近两年新增股权融资" },
  type = "money", unit = "万元", low = 0, normal = { 0, 200000 },
  change = { up = 0.05 },
  group = "equity", source = "验资报告", used_by = "srdi lg" }

fact "equity_new_3y" { zh = "近3年新增股权融资", en = "New equity financing of the last 3 years",
  alias = { "近三年新增股权融资" },
  type = "money", unit = "万元", low = 0, normal = { 0, 300000 },
  change = { up = 0.05 },
  group = "equity", source = "验资报告", used_by = "inno" }

fact "funding_round" { zh = "股权融资轮次", en = "Funding round", alias = { "融资轮次" }, type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" }, { "angel", zh = "天使轮", en = "angel" },
             { "A", zh = "A轮", en = "A" }, { "B", zh = "B轮", en = "B" }, { "C", zh = "C轮", en = "C" },
             { "later", zh = "C轮以后", en = "later" } },
  group = "equity", source = "投资协议", used_by = "listing" }

fact "listing_status" { zh = "上市挂牌状态", en = "Listing status", type = "code", ordered = true,
  values = { { "none", zh = "未挂牌", en = "none" },
             { "regional_board", zh = "区域性股权市场挂牌", en = "regional board" },
             { "neeq_base", zh = "新三板基础层", en = "NEEQ base layer" },
             { "neeq_innovation", zh = "新三板创新层", en = "NEEQ innovation layer" },
             { "filing", zh = "上市申报中", en = "filing" },
             { "listed", zh = "已上市", en = "listed" } },
  group = "equity", source = "交易所", used_by = "listing local" }

fact "neeq_months" { zh = "新三板挂牌累计月数", en = "Months on the NEEQ", alias = { "挂牌累计月数" },
  type = "years", unit = "个月", whole = true, low = 0, normal = { 0, 200 },
  group = "equity", source = "交易所", used_by = "listing" }

fact "market_value" { zh = "预计市值", en = "Expected market value",
  type = "money", unit = "万元", low = 0, normal = { 0, 5000000 },
  group = "equity", source = "保荐机构", used_by = "listing" }

fact "listing_intent" { zh = "有上市意向", en = "Intends to list", alias = { "上市意向" }, type = "flag",
  group = "equity", source = "申请书", used_by = "listing" }
