-- Who the enterprise is: its codes, place, trade and owners.
-- "C3489" and "3489" are the same industry: the two digits say the section
-- (GB/T 4754-2017), so a record may leave the letter out.

fact "uscc" { zh = "统一社会信用代码", en = "Unified social credit code",
  alias = { "信用代码" }, type = "text", pattern = "uscc",
  group = "identity", source = "营业执照", used_by = "all" }

fact "enterprise_name" { zh = "企业名称", en = "Enterprise name", alias = { "单位名称" },
  type = "text", group = "identity", source = "营业执照", used_by = "display" }

-- A code, so that rules may ask for a part of it: region_code within '4403'.
fact "region_code" { zh = "注册地行政区划代码", en = "Region code of the registered address",
  alias = { "行政区划代码", "注册地代码" }, type = "code", pattern = "region",
  group = "identity", source = "营业执照", used_by = "places routing" }

fact "park_code" { zh = "所在园区", en = "Industrial park", alias = { "园区代码" },
  type = "code", group = "identity", source = "园区管委会", used_by = "routing local" }

fact "established_date" { zh = "成立日期", en = "Date of establishment", type = "date",
  group = "identity", source = "营业执照", used_by = "stsme local" }

fact "is_independent_legal_person" { zh = "具有独立法人资格", en = "Is an independent legal person",
  alias = { "独立法人" }, type = "flag",
  group = "identity", source = "营业执照", used_by = "inno srdi lg sc" }

fact "is_mainland_registered" { zh = "在中国境内注册", en = "Is registered in mainland China",
  alias = { "境内注册" }, type = "flag",
  group = "identity", source = "营业执照", used_by = "inno stsme srdi lg sc" }

fact "industry_code" { zh = "国民经济行业代码", en = "Industry code (GB/T 4754-2017)",
  alias = { "行业代码" }, type = "code",
  sections = {
    { "01", "05", "A" }, { "06", "12", "B" }, { "13", "43", "C" }, { "44", "46", "D" },
    { "47", "50", "E" }, { "51", "52", "F" }, { "53", "60", "G" }, { "61", "62", "H" },
    { "63", "65", "I" }, { "66", "69", "J" }, { "70", "70", "K" }, { "71", "72", "L" },
    { "73", "75", "M" }, { "76", "79", "N" }, { "80", "82", "O" }, { "83", "83", "P" },
    { "84", "85", "Q" }, { "86", "90", "R" }, { "91", "96", "S" }, { "97", "97", "T" },
  },
  group = "identity", source = "企业年报", used_by = "size fields" }

-- The sectors of the size classes. A record that leaves this out gets its
-- sector from industry_code, see derived.lua.
fact "size_sector" { zh = "划型行业", en = "Sector of the size classes", type = "code",
  values = {
    { "agriculture", zh = "农、林、牧、渔业", en = "agriculture, forestry, animal husbandry, fishery" },
    { "industry", zh = "工业", en = "industry" },
    { "construction", zh = "建筑业", en = "construction" },
    { "wholesale", zh = "批发业", en = "wholesale" },
    { "retail", zh = "零售业", en = "retail" },
    { "transport", zh = "交通运输业", en = "transport" },
    { "storage", zh = "仓储业", en = "storage" },
    { "post", zh = "邮政业", en = "post" },
    { "lodging", zh = "住宿业", en = "lodging" },
    { "catering", zh = "餐饮业", en = "catering" },
    { "information", zh = "信息传输业", en = "information transmission" },
    { "software", zh = "软件和信息技术服务业", en = "software and IT services" },
    { "real_estate", zh = "房地产开发经营", en = "real-estate development" },
    { "property", zh = "物业管理", en = "property management" },
    { "leasing", zh = "租赁和商务服务业", en = "leasing and business services" },
    { "other", zh = "其他未列明行业", en = "other sectors" },
  },
  group = "identity", source = "按行业代码划分", used_by = "size" }

fact "ownership_type" { zh = "登记注册和控股类型", en = "Type of ownership", alias = { "控股类型", "所有制类型" },
  type = "code",
  values = {
    { "central_state", zh = "中央国有", en = "central state" },
    { "local_state", zh = "地方国有", en = "local state" },
    { "private", zh = "民营", en = "private" },
    { "foreign", zh = "外商投资", en = "foreign" },
    { "hk_mo_tw", zh = "港澳台投资", en = "Hong Kong, Macao, Taiwan" },
    { "collective", zh = "集体", en = "collective" },
    { "other", zh = "其他", en = "other" },
  },
  group = "identity", source = "登记信息、股权结构", used_by = "measures subsidies", fairness = "ownership" }

fact "is_state_held" { zh = "国有控股", en = "Is state-held", type = "flag",
  group = "identity", source = "股权结构", used_by = "measures", fairness = "ownership" }

fact "is_private" { zh = "民营企业", en = "Is a private enterprise", type = "flag",
  group = "identity", source = "股权结构", used_by = "subsidies", fairness = "ownership" }

fact "is_central_soe_subsidiary" { zh = "中央企业下属企业", en = "Belongs to a central state-owned enterprise",
  alias = { "中央企业下属" }, type = "flag",
  group = "identity", source = "股权结构", used_by = "sc", fairness = "ownership" }

fact "is_manufacturing" { zh = "制造业企业", en = "Is a manufacturer", type = "flag",
  group = "identity", source = "按行业代码划分", used_by = "sc subsidies" }

fact "is_producer_service" { zh = "提供生产性服务", en = "Provides producer services",
  alias = { "生产性服务" }, type = "flag",
  group = "identity", source = "按行业代码划分", used_by = "sc" }

fact "is_above_size" { zh = "规模以上企业", en = "Is above the designated size", alias = { "规上企业", "规模以上" },
  type = "flag", group = "identity", source = "统计基本单位名录库", used_by = "local subsidies" }

-- An empty list says that the enterprise has always been where it is.
fact "moved_in" { zh = "迁入记录", en = "Moves into the place", alias = { "迁入日期与来源" }, type = "list",
  fields = { { "date", type = "date", zh = "迁入日期", en = "date" },
             { "region", type = "code", zh = "迁出地区划代码", en = "region it came from" } },
  group = "identity", source = "变更登记", used_by = "subsidies" }

fact "vat_payer_type" { zh = "增值税纳税人类型", en = "Type of VAT payer", alias = { "纳税人类型" }, type = "code",
  values = { { "general", zh = "一般纳税人", en = "general" },
             { "small", zh = "小规模纳税人", en = "small-scale" } },
  group = "identity", source = "税务登记", used_by = "subsidies" }
