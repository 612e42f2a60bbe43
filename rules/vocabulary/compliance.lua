-- Compliance. Grades ascend; a fact of three years holds the gravest grade of
-- the 36 months before the application.

fact "in_abnormal_list" { zh = "列入经营异常名录", en = "Is in the abnormal-operation list", type = "flag",
  change = { down = 5 },
  group = "compliance", source = "国家企业信用信息公示系统", used_by = "inno stsme srdi lg sc" }

fact "is_seriously_dishonest" { zh = "属于严重失信主体", en = "Is a seriously dishonest entity", alias = { "严重失信主体" },
  type = "flag", group = "compliance", source = "信用中国", used_by = "inno stsme srdi lg sc" }

fact "is_restricted_product" { zh = "产品属于禁止限制或淘汰类", en = "Product is prohibited, restricted or to be eliminated",
  alias = { "禁止限制淘汰类产品" }, type = "flag",
  group = "compliance", source = "产业结构调整指导目录", used_by = "inno stsme srdi lg sc" }

fact "accident_grade_3y" { zh = "近3年生产安全事故最高等级", en = "Gravest production-safety accident of 3 years",
  alias = { "安全事故等级" }, type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "general", zh = "一般", en = "general" },
             { "larger", zh = "较大", en = "larger" },
             { "major", zh = "重大", en = "major" },
             { "extra_major", zh = "特别重大", en = "extra major" } },
  group = "compliance", source = "应急管理部门", used_by = "inno stsme srdi lg sc" }

fact "cyber_incident_3y" { zh = "近3年网络和数据安全事件最高等级", en = "Gravest network or data incident of 3 years",
  alias = { "网络数据安全事件" }, type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "general", zh = "一般", en = "general" },
             { "major", zh = "重大", en = "major" } },
  group = "compliance", source = "网信部门", used_by = "inno srdi lg sc" }

fact "env_violation_3y" { zh = "近3年环境违法最高等级", en = "Gravest environmental violation of 3 years",
  alias = { "环境违法等级" }, type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "general", zh = "一般", en = "general" },
             { "major", zh = "重大", en = "major" } },
  group = "compliance", source = "生态环境部门", used_by = "inno stsme srdi lg sc" }

fact "quality_problem_3y" { zh = "近3年质量问题最高等级", en = "Gravest quality problem of 3 years",
  alias = { "质量问题等级" }, type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "general", zh = "一般", en = "general" },
             { "serious", zh = "严重", en = "serious" } },
  group = "compliance", source = "市场监管部门", used_by = "inno stsme srdi lg sc" }

fact "tax_violation_3y" { zh = "近3年有偷漏税等违法行为", en = "Tax violations in 3 years", alias = { "偷漏税等违法" },
  type = "flag", group = "compliance", source = "税务部门", used_by = "inno srdi lg sc" }

fact "data_fraud_3y" { zh = "近3年有数据或材料造假", en = "False data or papers in 3 years", alias = { "数据或材料造假" },
  type = "flag", group = "compliance", source = "主管部门记录", used_by = "inno srdi lg sc" }

fact "platform_update_date" { zh = "平台信息更新日期", en = "Date of the last platform update", type = "date",
  group = "compliance", source = "优质中小企业梯度培育平台", used_by = "library" }

fact "major_change_reported" { zh = "重大变化及报告记录", en = "Major changes and their reports", alias = { "重大变化及报告日期" },
  type = "list",
  fields = { { "changed", type = "date", zh = "变化日期", en = "date of the change" },
             { "reported", type = "date", zh = "报告日期", en = "date of the report" } },
  group = "compliance", source = "优质中小企业梯度培育平台", used_by = "library" }
