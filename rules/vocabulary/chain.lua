-- The firm's role in its chain, and what it asks for.

fact "key_chain" { zh = "所属重点产业链", en = "Key chain the firm belongs to", type = "code",
  group = "chain", source = "地方重点产业链名单", used_by = "cl local" }

fact "chain_partner_count" { zh = "上下游合作企业数", en = "Upstream and downstream partners",
  type = "count", unit = "家", whole = true, low = 0, normal = { 0, 5000 },
  change = { up = 5 },
  group = "chain", source = "合作合同", used_by = "cl local" }

fact "local_supply_ratio" { zh = "本地配套率", en = "Share bought locally",
  type = "ratio", unit = "%", annual = true, low = 0, high = 100,
  group = "chain", source = "采购台账", used_by = "cl local", fairness = "local_share" }

fact "smes_driven" { zh = "带动中小企业数", en = "SMEs the firm carries along",
  type = "count", unit = "家", whole = true, low = 0, normal = { 0, 2000 },
  change = { up = 5 },
  group = "chain", source = "企业说明", used_by = "cl measures" }

fact "chain_lead_willing" { zh = "愿意承担链主职责", en = "Is willing to lead its chain", alias = { "承担链主意愿" },
  type = "flag", change = { up = 0 }, group = "chain", source = "企业声明", used_by = "cl" }

fact "relocation_willing" { zh = "愿意向中西部和东北转移产业", en = "Is willing to move production inland or north-east",
  alias = { "转移意愿" }, type = "flag",
  group = "chain", source = "企业声明", used_by = "measures" }

fact "demands" { zh = "企业诉求", en = "Demands of the firm", type = "list",
  fields = { { "type", type = "code", zh = "诉求类型", en = "type" },
             { "quantity", type = "number", zh = "数量", en = "quantity" },
             { "date", type = "date", zh = "提出日期", en = "date" } },
  group = "chain", source = "企业直通车诉求单", used_by = "routing" }

fact "equipment_investment" { zh = "设备和技术改造投资", en = "Investment in equipment and upgrading",
  alias = { "设备与技改投资" }, type = "money", unit = "万元", annual = true, low = 0, normal = { 0, 100000 },
  group = "chain", source = "项目档案", used_by = "subsidies" }

fact "fixed_asset_loan" { zh = "固定资产贷款", en = "Fixed-asset loans", type = "list",
  fields = { { "amount", type = "money", unit = "万元", zh = "金额", en = "amount" },
             { "date", type = "date", zh = "发放日期", en = "date" } },
  group = "chain", source = "贷款合同", used_by = "subsidies" }

fact "deductible_input_vat" { zh = "可抵扣进项税额", en = "Deductible input VAT", alias = { "可抵扣进项税" },
  type = "money", unit = "万元", annual = true, low = 0,
  group = "chain", source = "增值税申报表", used_by = "subsidies" }

fact "taxable_income" { zh = "应纳税所得额", en = "Taxable income",
  type = "money", unit = "万元", annual = true,
  group = "chain", source = "企业所得税申报表", used_by = "subsidies" }

fact "tax_lists" { zh = "税收优惠名单", en = "Lists for tax relief", alias = { "先进制造业等名单" }, type = "list",
  fields = { { "code", type = "code", zh = "名单", en = "list",
               values = { { "advanced_mfg", zh = "先进制造业企业", en = "advanced manufacturers" },
                          { "machine_tool", zh = "工业母机企业", en = "machine-tool firms" },
                          { "ic", zh = "集成电路企业", en = "integrated-circuit firms" } } },
             { "year", type = "number", zh = "年度", en = "year" } },
  group = "chain", source = "公布名单", used_by = "subsidies" }
