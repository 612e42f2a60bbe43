-- Titles and certificates a record's `titles` may hold, with the days from and
-- through which they count. The ladder's own titles (inno, stsme, srdi, lg, sc)
-- are known by their designations and are not repeated here.

title "hnte" { zh = "高新技术企业", en = "High-tech enterprise", alias = { "高企" }, validity = "3年" }
title "innovation_demonstration" { zh = "国家技术创新示范企业", en = "National technology-innovation demonstration enterprise" }
title "ip_advantage" { zh = "国家知识产权优势企业", en = "National IP-advantage enterprise", alias = { "知识产权优势企业" } }
title "ip_demonstration" { zh = "国家知识产权示范企业", en = "National IP-demonstration enterprise", alias = { "知识产权示范企业" } }
title "cl" { zh = "产业链领航（链主）企业", en = "Chain leader", alias = { "链主企业", "领航企业" } }
title "province_champion" { zh = "省级制造业单项冠军", en = "Provincial manufacturing champion", alias = { "省级单项冠军" } }

-- A key little giant is a little giant chosen for central support: its batch
-- is a fact of the record, not a title with a term of its own.
fact "key_lg_batch" { zh = "重点小巨人批次", en = "Batch as a key little giant", type = "code",
  group = "titles", source = "公布名单", used_by = "subsidies" }
