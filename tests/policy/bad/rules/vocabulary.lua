fact "a" { zh = "甲", type = "mony" }
fact "b" { zh = "乙" }
fact "c" { zh = "丙", type = "money", unit = "万元钱" }
fact "d" { zh = "丁", type = "money", unit = "%" }
fact "e" { zh = "戊", type = "flag", unit = "项" }
fact "f" { zh = "营业收入", type = "count" }
fact "g" { zh = "己", type = "count", alias = { "庚", "净利润" } }
fact "h" { zh = "辛", type = "list",
  fields = { { "x", type = "set" }, { "y", type = "list" }, { "z", type = "sett" }, { "u", type = "ratio", unit = "元" } } }
fact "revenue" { zh = "收入", type = "money" }
derive "honest" { zh = "诚实", [[ listed ]] }
title "hnte" { zh = "高新技术企业" }
