-- Management, quality, digital, green.
-- Certificates are sets of codes, best spelled without spaces: ISO9001, ISO14001,
-- ISO45001, CE, UL … Codes are compared letter by letter; a certificate that
-- rules ask for by name has its usual spellings in derived.lua.

fact "management_certs" { zh = "管理体系认证", en = "Management-system certificates", type = "set",
  change = { up = 5 },
  group = "management", source = "认证证书", used_by = "srdi lg" }

fact "foreign_product_certs" { zh = "发达经济体产品认证", en = "Product certificates of developed economies",
  alias = { "发达国家产品认证" }, type = "set",
  change = { up = 10 },
  group = "management", source = "认证证书", used_by = "lg local" }

fact "quality_award_level" { zh = "质量奖级别", en = "Level of quality award", type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "city", zh = "市级", en = "city" },
             { "provincial", zh = "省级", en = "provincial" },
             { "national", zh = "国家级", en = "national" } },
  change = { up = 100 },
  group = "management", source = "获奖证书", used_by = "srdi" }

fact "digital_level" { zh = "数字化水平自测等级", en = "Digital level of the self-test", alias = { "数字化自测等级" },
  type = "count", whole = true, low = 1, high = 4,
  change = { up = 100 },
  group = "management", source = "平台自测结果", used_by = "srdi" }

fact "it_core_processes" { zh = "信息系统支撑的核心业务数", en = "Core processes run on information systems",
  alias = { "信息系统支撑核心业务数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 6 },
  change = { up = 20 },
  group = "management", source = "信息系统清单", used_by = "lg local" }

fact "factory_titles" { zh = "智能工厂绿色工厂等称号", en = "Smart-factory and green-factory titles",
  alias = { "工厂称号" }, type = "set",
  group = "management", source = "公布名单", used_by = "measures" }

fact "lean_practice" { zh = "实行精益管理", en = "Practises lean management", alias = { "精益管理" }, type = "flag",
  change = { up = 10 },
  group = "management", source = "现场核查", used_by = "local" }

-- The development score is issued by the platform. It is an input: its weights
-- are not published in what was seen, so nothing here recomputes it.
fact "srdi_dev_score_current" { zh = "专精特新发展评价本年度得分", en = "Development score, current year",
  alias = { "本年度发展评价得分" }, type = "score", unit = "分", low = 0, high = 100,
  change = { up = 20 },
  group = "management", source = "优质中小企业梯度培育平台", used_by = "srdi lg" }

fact "srdi_dev_score_prev" { zh = "专精特新发展评价上年度得分", en = "Development score, previous year",
  alias = { "上年度发展评价得分" }, type = "score", unit = "分", low = 0, high = 100,
  group = "management", source = "优质中小企业梯度培育平台", used_by = "srdi lg" }
