-- What only local documents ask for. Each fact says which rule cannot be written
-- without it; `key_…` and `…_merits` are sets of codes that the documents name.

-- Shandong's SD-1 and the demo templates: plans and key fields a product is in.
fact "key_fields" { zh = "所属规划和重点领域", en = "Plans and key fields of the product", type = "set",
  group = "market", source = "地方规划、重点领域目录", used_by = "local" }

-- Shandong's SD-2 and the demo templates: proofs of a feature that no other fact records.
fact "feature_merits" { zh = "特色化佐证", en = "Proofs of a local feature", type = "set",
  group = "market", source = "证书、证明材料", used_by = "local" }

-- The fourth band of Shandong's SD-4 is cut in what was seen: the points are taken as given.
fact "sd_listing_points" { zh = "山东上市进程指标得分", en = "Shandong's points for the progress to a listing",
  type = "score", unit = "分", low = 0, high = 3, group = "equity", source = "主管部门评分", used_by = "local" }

-- Zhejiang's quality products: three classes with their own floors of sales.
fact "zj_product_class" { zh = "浙江制造精品申报类别", en = "Class of a Zhejiang quality product", type = "code",
  values = { { "1", zh = "第一类", en = "class 1" }, { "2", zh = "第二类", en = "class 2" },
             { "3", zh = "第三类", en = "class 3" } },
  group = "market", source = "申报书", used_by = "local" }

-- Zhejiang's hidden champions: the alternative to a bank's grade.
fact "credit_report_clean" { zh = "人民银行征信报告无不良记录", en = "Central-bank credit report is clean", type = "flag",
  group = "finance", source = "征信报告", used_by = "local" }

-- Chain leaders: what reviewers found, where the rules give no number.
fact "chain_lead_merits" { zh = "链主评审认可的方面", en = "Merits as a chain leader", type = "set", judged = true,
  group = "chain", source = "评审意见", used_by = "local" }

-- Guangdong's and Shanghai's awards for firms that rise above the designated size.
fact "above_size_date" { zh = "首次纳入规上统计日期", en = "First counted as above the designated size", type = "date",
  alias = { "首次升规日期" }, group = "identity", source = "统计部门", used_by = "local subsidies" }
fact "value_added" { zh = "工业增加值", en = "Value added", type = "money", unit = "万元", annual = true,
  group = "finance", source = "统计报表", used_by = "local subsidies" }
fact "output_value" { zh = "产值", en = "Output value", type = "money", unit = "万元", annual = true, low = 0,
  alias = { "工业总产值" }, group = "finance", source = "统计报表", used_by = "local subsidies" }

-- Pudong and Lingang pay a share of the extra deduction on the tax return.
fact "rd_super_deduction" { zh = "研发费用加计扣除额", en = "R&D super-deduction", type = "money", unit = "万元",
  annual = true, low = 0, group = "chain", source = "企业所得税申报表", used_by = "local subsidies" }

-- Longgang pays by the area of a factory, Zhenhai and Hubei by parts of an investment.
fact "factory_area_bought" { zh = "购置自用厂房面积（平方米）", en = "Factory area bought for own use, square metres",
  type = "number", annual = true, low = 0, group = "chain", source = "不动产权证", used_by = "local subsidies" }
fact "green_retrofit_investment" { zh = "绿色化改造投资", en = "Investment in green retrofits", type = "money",
  unit = "万元", annual = true, low = 0, group = "chain", source = "项目档案", used_by = "local subsidies" }
fact "upgrade_project_investment" { zh = "技术改造项目总投资", en = "Total investment of the upgrading project",
  type = "money", unit = "万元", annual = true, low = 0, group = "chain", source = "项目备案", used_by = "local subsidies" }
fact "is_digital_core" { zh = "属于数字经济核心产业", en = "Is in the core digital industries", type = "flag",
  group = "market", source = "数字经济及其核心产业统计分类", used_by = "local subsidies" }

-- Hefei pays for the Beijing exchange; listing_status does not say which exchange.
fact "listing_board" { zh = "上市或申报的交易所", en = "Exchange of the listing or filing", type = "code",
  values = { { "sse", zh = "上海证券交易所", en = "Shanghai" }, { "szse", zh = "深圳证券交易所", en = "Shenzhen" },
             { "bse", zh = "北京证券交易所", en = "Beijing" }, { "overseas", zh = "境外", en = "overseas" } },
  group = "equity", source = "交易所", used_by = "local subsidies" }

-- Demo template T-D.
fact "local_staff" { zh = "本地从业人员数", en = "Local employees", type = "count", unit = "人", annual = true,
  whole = true, low = 0, group = "finance", source = "社会保险", used_by = "local" }

derive "leading_product_sales" { zh = "主导产品销售收入", en = "Sales of the leading product", unit = "万元",
  group = "market", [[ main_revenue * leading_product_ratio ]] }

-- Titles of places whose conditions are not written here, and national ones
-- that only local awards name.
title "sc_product" { zh = "制造业单项冠军产品", en = "Champion product" }
title "sc_cultivated" { zh = "制造业单项冠军培育企业", en = "Champion under cultivation", alias = { "单项冠军培育企业" } }
title "leading_enterprise" { zh = "国家级领航企业", en = "National leading enterprise" }
title "world_500" { zh = "世界500强企业", en = "World top-500 enterprise" }
title "china_mfg_500" { zh = "中国制造业500强企业", en = "China top-500 manufacturer" }
title "sz_champion" { zh = "深圳市制造业单项冠军示范企业", en = "Shenzhen champion enterprise" }
title "sz_champion_product" { zh = "深圳市制造业单项冠军产品", en = "Shenzhen champion product" }
title "bj_hidden_champion" { zh = "北京市隐形冠军企业", en = "Beijing hidden champion" }
title "js_lg" { zh = "江苏省专精特新小巨人企业", en = "Jiangsu little giant" }

-- SME affairs: usually the industry department itself, in some places an office of its own.
body "sme_office" { zh = "中小企业主管部门", en = "SME office", instead = "miit", mark = "V:W100" }
