fact "enterprise_name" { zh = "企业名称", en = "Name", type = "text" }
fact "a" { zh = "甲", en = "A", type = "money", unit = "万元", annual = true }
fact "b" { zh = "乙", en = "B", type = "money", unit = "万元", annual = true }
fact "n" { zh = "人数", en = "N", type = "count", unit = "人", whole = true }
fact "y" { zh = "年数", en = "Y", type = "years", unit = "年" }
fact "d" { zh = "日期", en = "D", type = "date" }
fact "c" { zh = "级别", en = "C", type = "code", values = { "low", "mid", "top" }, ordered = true }
fact "k" { zh = "行业", en = "K", type = "code",
  sections = { { "01", "12", "A" }, { "13", "43", "C" }, { "44", "97", "S" } } }
fact "f" { zh = "甲是", en = "F", type = "flag" }
fact "g" { zh = "乙是", en = "G", type = "flag", annual = true }
fact "s" { zh = "证书", en = "S", type = "set" }
fact "l" { zh = "项目", en = "L", type = "list", fields = {
  { "v", type = "money", unit = "万元", zh = "金额", en = "amount" },
  { "c", type = "code", values = { "x", "y", "z" }, zh = "种类", en = "kind" },
  { "d", type = "date", zh = "日期", en = "day" },
  { "f", type = "flag", zh = "是否", en = "flag" } } }
