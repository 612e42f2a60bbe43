-- Product and market. Facts that need a person's judgement are `judged`: a
-- record states them with the name of whoever judged, and no rule guesses them.

fact "leading_product" { zh = "主导产品名称", en = "Leading product", type = "text",
  group = "market", source = "申请书", used_by = "display" }

fact "product_code" { zh = "统计用产品分类代码", en = "Product code of the statistical catalogue",
  alias = { "产品代码" }, type = "code",
  group = "market", source = "统计用产品分类目录", used_by = "sc" }

fact "leading_product_ratio" { zh = "主导产品收入占比", en = "Share of leading-product revenue",
  type = "ratio", unit = "%", annual = true, low = 0, high = 100, normal = { 50, 100 },
  change = { up = 10 },
  group = "market", source = "产品销售台账", used_by = "sc" }

fact "leading_product_count" { zh = "主导产品个数", en = "Number of leading products", alias = { "主导产品数" },
  type = "count", unit = "个", whole = true, low = 0, normal = { 1, 5 },
  group = "market", source = "申请书", used_by = "sc local" }

fact "niche_years" { zh = "从事特定细分市场年限", en = "Years in the niche market", alias = { "从事细分市场年限" },
  type = "years", unit = "年", low = 0, normal = { 0, 60 },
  change = { yearly = 1 },
  group = "market", source = "合同、发票", used_by = "srdi lg sc" }

-- 0 says that the product is not a new one.
fact "new_product_years" { zh = "新产品上市年限", en = "Years since the new product was launched", alias = { "新产品年限" },
  type = "years", unit = "年", low = 0, normal = { 0, 10 },
  change = { yearly = 1 },
  group = "market", source = "新产品投产证明", used_by = "sc" }

fact "share_national" { zh = "国内细分市场占有率", en = "Share of the national niche market", alias = { "国内市场占有率" },
  type = "ratio", unit = "%", annual = true, low = 0, high = 100,
  change = { up = 50 },
  group = "market", source = "企业自评及佐证", used_by = "lg local" }

fact "rank_national" { zh = "国内细分市场排名", en = "Rank in the national niche market", alias = { "国内排名" },
  type = "count", annual = true, whole = true, low = 1, normal = { 1, 999 },
  change = { down = 100 },
  group = "market", source = "佐证材料", used_by = "lg local" }

fact "rank_province" { zh = "省内细分市场排名", en = "Rank in the province", alias = { "省内排名" },
  type = "count", annual = true, whole = true, low = 1, normal = { 1, 999 },
  change = { down = 50 },
  group = "market", source = "佐证材料", used_by = "local" }

fact "share_world" { zh = "国际细分市场占有率", en = "Share of the world niche market", alias = { "国际市场占有率" },
  type = "ratio", unit = "%", annual = true, low = 0, high = 100,
  change = { up = 100 },
  group = "market", source = "佐证材料", used_by = "lg sc" }

fact "rank_world" { zh = "国际细分市场排名", en = "Rank in the world niche market",
  alias = { "国际排名", "全球市场占有率排名" },
  type = "count", annual = true, whole = true, low = 1, normal = { 1, 999 },
  change = { down = 200 },
  group = "market", source = "佐证材料", used_by = "sc" }

fact "share_evidence" { zh = "占有率佐证类型", en = "Kind of evidence for the share", type = "code",
  values = { { "self", zh = "企业自评", en = "self-declared" },
             { "association", zh = "行业协会证明", en = "association" },
             { "third_party", zh = "第三方机构报告", en = "third party" },
             { "statistics", zh = "统计数据", en = "statistics" } },
  group = "market", source = "附件材料", used_by = "fact quality" }

fact "is_strategic_emerging" { zh = "属于战略性新兴产业", en = "Is in a strategic emerging industry", type = "flag",
  group = "market", source = "战略性新兴产业分类", used_by = "inno lg local" }

fact "is_six_bases" { zh = "属于工业六基领域", en = "Is in the six industrial bases", alias = { "属于工业六基" },
  type = "flag", group = "market", source = "分类目录", used_by = "srdi lg" }

fact "is_ten_fields" { zh = "属于制造强国十大重点领域", en = "Is in the ten strategic manufacturing fields",
  alias = { "属于十大重点领域" }, type = "flag",
  group = "market", source = "分类目录", used_by = "lg" }

fact "is_network_power_field" { zh = "属于网络强国建设领域", en = "Is in the network-power fields",
  alias = { "属于网络强国领域" }, type = "flag",
  group = "market", source = "分类目录", used_by = "lg" }

fact "chain_gap_effect" { zh = "对产业链补短板锻长板填空白有实际作用", en = "Closes, strengthens or fills links of a chain",
  alias = { "补短板锻长板填空白" }, type = "flag", judged = true,
  group = "market", source = "专家意见", used_by = "srdi lg" }

fact "is_key_node" { zh = "处于产业链关键环节", en = "Sits at a key node of its chain", type = "flag", judged = true,
  group = "market", source = "专家意见", used_by = "lg" }

fact "is_time_honoured" { zh = "中华老字号", en = "Is a time-honoured brand", alias = { "属于中华老字号" },
  type = "flag", group = "market", source = "公布名单", used_by = "srdi" }

fact "supplies_major_firms" { zh = "配套知名大企业数", en = "Key leading firms it supplies",
  type = "count", unit = "家", whole = true, low = 0, normal = { 0, 20 },
  change = { up = 50 },
  group = "market", source = "供货合同", used_by = "srdi" }

fact "has_own_brand" { zh = "拥有直接面向市场的自主品牌", en = "Has an own brand", alias = { "自主品牌" },
  type = "flag", change = { up = 20 }, group = "market", source = "商标注册证", used_by = "srdi lg sc" }

fact "has_reputation" { zh = "享有较高知名度和影响力", en = "Has reputation and influence", alias = { "知名度影响力" },
  type = "flag", judged = true,
  group = "market", source = "专家意见", used_by = "srdi lg" }

fact "energy_advanced" { zh = "产品能耗达到限额标准先进值", en = "Energy use reaches the advanced value", alias = { "能耗达先进值" },
  type = "flag", annual = true,
  change = { up = 100 },
  group = "market", source = "能源审计", used_by = "sc" }

fact "tech_level" { zh = "技术水平", en = "Level of technology", type = "code", ordered = true, judged = true,
  values = { { "general", zh = "一般", en = "general" },
             { "domestic_advanced", zh = "国内先进", en = "advanced in China" },
             { "domestic_leading", zh = "国内领先", en = "leading in China" },
             { "international_advanced", zh = "国际先进", en = "internationally advanced" },
             { "international_leading", zh = "国际领先", en = "internationally leading" } },
  group = "market", source = "技术鉴定", used_by = "sc" }

fact "first_set_titles" { zh = "首台（套）等认定", en = "First-set equipment titles", alias = { "首台套等认定" },
  type = "list",
  fields = { { "level", type = "code", ordered = true, zh = "级别", en = "level",
               values = { { "city", zh = "市级", en = "city" },
                          { "provincial", zh = "省级", en = "provincial" },
                          { "national", zh = "国家级", en = "national" } } },
             { "year", type = "number", zh = "年度", en = "year" } },
  group = "market", source = "公布名单", used_by = "local" }
