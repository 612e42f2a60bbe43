title "t" { zh = "ab" }
