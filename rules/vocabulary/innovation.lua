-- R&D and intellectual property.
-- Ⅰ类: inventions, new plant varieties, national crop varieties, national new
-- drugs, first-grade protected traditional medicines, layout designs of
-- integrated circuits. Ⅱ类: utility models, designs, software copyright.

fact "rd_expense" { zh = "研发费用", en = "R&D expense", alias = { "研发费用总额", "研究开发费用" },
  type = "money", unit = "万元", annual = true, low = 0,
  change = { up = 1 },
  group = "innovation", source = "审计报告、研发费用辅助账", used_by = "all" }

fact "rd_expense_domestic" { zh = "境内研发费用", en = "R&D expense in China",
  type = "money", unit = "万元", annual = true, low = 0,
  change = { up = 1 }, part_of = "rd_expense",
  group = "innovation", source = "研发费用辅助账", used_by = "hnte" }

fact "rd_staff" { zh = "研发人员数", en = "R&D staff", alias = { "研发人员" },
  type = "count", unit = "人", annual = true, whole = true, low = 0,
  change = { up = 20 }, part_of = "employees",
  group = "innovation", source = "人员名册、社会保险", used_by = "srdi lg" }

fact "sci_tech_staff" { zh = "科技人员数", en = "Sci-tech staff", alias = { "科技人员" },
  type = "count", unit = "人", annual = true, whole = true, low = 0,
  change = { up = 20 }, part_of = "employees",
  group = "innovation", source = "人员名册、社会保险", used_by = "stsme hnte" }

fact "rd_institution_level" { zh = "研发机构级别", en = "Level of the R&D institution", alias = { "研发机构等级" },
  type = "code", ordered = true,
  values = { { "none", zh = "无", en = "none" },
             { "below_city", zh = "市级以下", en = "below city" },
             { "city", zh = "市级", en = "city" },
             { "provincial", zh = "省部级", en = "provincial" },
             { "national", zh = "国家级", en = "national" } },
  change = { up = 100 },
  group = "innovation", source = "认定文件", used_by = "inno stsme srdi lg sc" }

fact "rd_institution_joint" { zh = "与高校院所共建研发机构", en = "Has a joint R&D institution",
  alias = { "共建研发机构" }, type = "flag",
  change = { up = 50 },
  group = "innovation", source = "共建协议", used_by = "lg" }

fact "ip1_count" { zh = "与主导产品相关的Ⅰ类知识产权数", en = "Class I IP related to the leading product",
  alias = { "Ⅰ类知识产权数", "I类知识产权数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 200 },
  change = { up = 30 },
  group = "innovation", source = "权利证书", used_by = "inno srdi lg sc" }

fact "ip1_self_count" { zh = "自主研发的Ⅰ类知识产权数", en = "Self-developed class I IP",
  alias = { "自主研发Ⅰ类数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 200 },
  change = { up = 30 }, part_of = "ip1_count",
  group = "innovation", source = "权利证书", used_by = "inno srdi lg" }

fact "ip1_top3_owner_count" { zh = "企业居权利人前三位的Ⅰ类知识产权数",
  en = "Class I IP with the firm among the first three holders", alias = { "前三权利人Ⅰ类数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 200 },
  change = { up = 10 }, part_of = "ip1_count",
  group = "innovation", source = "权利证书", used_by = "srdi lg" }

fact "ip1_highvalue_count" { zh = "Ⅰ类高价值知识产权数", en = "High-value class I IP",
  alias = { "高价值Ⅰ类数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 200 },
  change = { up = 60 }, part_of = "ip1_count",
  group = "innovation", source = "权利证书、合同", used_by = "inno srdi" }

fact "ip_recent_transfer_count" { zh = "受让未满一年的Ⅰ类知识产权数", en = "Class I IP transferred less than a year ago",
  alias = { "受让未满一年的知识产权数", "受让未满一年数" },
  type = "count", unit = "项", whole = true, low = 0,
  group = "innovation", source = "转让登记", used_by = "inno srdi lg" }

fact "ip2_count" { zh = "与主导产品相关的Ⅱ类知识产权数", en = "Class II IP related to the leading product",
  alias = { "Ⅱ类知识产权数", "II类知识产权数" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 500 },
  change = { up = 5 },
  group = "innovation", source = "权利证书", used_by = "inno srdi sc" }

fact "ip_applied_benefit" { zh = "知识产权已应用并产生经济效益", en = "IP is applied and yields benefit",
  alias = { "知识产权已产生效益" }, type = "flag",
  change = { up = 50 },
  group = "innovation", source = "企业声明、销售凭证", used_by = "srdi lg sc" }

fact "invention_patents" { zh = "有效发明专利数", en = "Valid invention patents", alias = { "发明专利数" },
  type = "count", unit = "件", whole = true, low = 0, normal = { 0, 500 },
  change = { up = 30 },
  group = "innovation", source = "权利证书", used_by = "local" }

fact "science_awards" { zh = "科技奖励", en = "Science and technology awards", type = "list",
  fields = { { "level", type = "code", ordered = true, zh = "级别", en = "level",
               values = { { "provincial", zh = "省级", en = "provincial" },
                          { "national", zh = "国家级", en = "national" } } },
             { "rank", type = "count", zh = "单位排名", en = "rank of the firm" },
             { "year", type = "number", zh = "年度", en = "year" } },
  group = "innovation", source = "获奖证书", used_by = "inno stsme srdi lg" }

-- Places in the national top-500 list of the enterprise group.
fact "maker_china_rank" { zh = "创客中国大赛企业组名次", en = "Places in the Maker China contest",
  alias = { "创客中国名次" }, type = "list",
  fields = { { "rank", type = "count", zh = "名次", en = "place" },
             { "year", type = "number", zh = "年度", en = "year" } },
  group = "innovation", source = "大赛公布名单", used_by = "srdi lg" }

fact "standards" { zh = "参与制修订的标准", en = "Standards the firm wrote or joined", alias = { "标准制修订" },
  type = "list",
  fields = { { "level", type = "code", ordered = true, zh = "级别", en = "level",
               values = { { "industry", zh = "行业标准", en = "industry" },
                          { "national", zh = "国家标准", en = "national" },
                          { "international", zh = "国际标准", en = "international" } } },
             { "role", type = "code", ordered = true, zh = "作用", en = "role",
               values = { { "join", zh = "参与", en = "joined" },
                          { "lead", zh = "主导", en = "led" } } },
             { "year", type = "number", zh = "发布年度", en = "year" } },
  group = "innovation", source = "标准文本", used_by = "stsme srdi sc" }

fact "national_projects" { zh = "承担国家重大项目数", en = "Major national projects", alias = { "承担国家重大项目" },
  type = "count", unit = "项", whole = true, low = 0, normal = { 0, 20 },
  group = "innovation", source = "项目合同", used_by = "sc" }

fact "hitech_revenue_ratio" { zh = "高新技术产品收入占比", en = "Share of high-tech product revenue",
  type = "ratio", unit = "%", annual = true, low = 0, high = 100,
  change = { up = 10 },
  group = "innovation", source = "专项审计报告", used_by = "hnte" }
