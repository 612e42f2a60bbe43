-- Titles and certificates a record's `titles` may hold, with the days from and
-- through which they count. Titles with criteria of their own (inno, stsme,
-- srdi, lg, sc, cl, hnte) are known by their designations and are not repeated
-- here.

title "innovation_demonstration" { zh = "国家技术创新示范企业", en = "National technology-innovation demonstration enterprise" }
title "ip_advantage" { zh = "国家知识产权优势企业", en = "National IP-advantage enterprise", alias = { "知识产权优势企业" } }
title "ip_demonstration" { zh = "国家知识产权示范企业", en = "National IP-demonstration enterprise", alias = { "知识产权示范企业" } }
title "province_champion" { zh = "省级制造业单项冠军", en = "Provincial manufacturing champion", alias = { "省级单项冠军" } }

-- A key little giant is a little giant chosen for central support: its batch
-- is a fact of the record, not a title with a term of its own. The first figure
-- is the round of support (2021 to 2025, 2024 to 2026), the second the batch.
fact "key_lg_batch" { zh = "重点小巨人批次", en = "Batch as a key little giant", type = "code",
  values = { { "none", zh = "未入选", en = "not chosen" },
             { "1-1", zh = "第一轮第一批", en = "first round, first batch" },
             { "1-2", zh = "第一轮第二批", en = "first round, second batch" },
             { "1-3", zh = "第一轮第三批", en = "first round, third batch" },
             { "2-1", zh = "第二轮第一批", en = "second round, first batch" },
             { "2-2", zh = "第二轮第二批", en = "second round, second batch" },
             { "2-3", zh = "第二轮第三批", en = "second round, third batch" } },
  group = "titles", source = "公布名单", used_by = "subsidies" }
