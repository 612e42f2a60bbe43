-- what an enterprise can do about a fact, said of what it can do nothing about
fact "born" { zh = "生日", en = "Born", type = "date", change = { up = 1 } }
fact "step" { zh = "步", en = "Step", type = "count", change = { up = 1, step = 0 } }
fact "flag" { zh = "旗", en = "Flag", type = "flag", change = { yearly = 1 } }
fact "part" { zh = "部分", en = "Part", type = "money", unit = "万元", annual = true, part_of = "whole" }
fact "yearly" { zh = "每年", en = "Yearly", type = "money", unit = "万元", annual = true }
fact "once" { zh = "一次", en = "Once", type = "money", unit = "万元", part_of = "yearly" }
