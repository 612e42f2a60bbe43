fact "odd" { zh = "写错", type = "flag", fairness = "size" }
