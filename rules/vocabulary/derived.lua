-- Facts computed from others: a record never states them. The size of a firm
-- (size_class) stands with its table in national/size-classes.md.

derive "main_revenue_ratio" { zh = "主营业务收入占比", en = "Main revenue / revenue", alias = { "主营收入占比" },
  unit = "%", group = "finance", [[ main_revenue / revenue ]] }

derive "main_revenue_growth" { zh = "主营业务收入增长率", en = "Growth of main revenue", alias = { "主营收入增长率" },
  unit = "%", group = "finance", [[ growth(main_revenue) ]] }

-- The mean of two yearly rates, so it needs three years of figures.
derive "main_revenue_growth_avg2" { zh = "近2年主营业务收入平均增长率", en = "Mean growth of main revenue, 2 years",
  alias = { "主营收入两年平均增长率" },
  unit = "%", group = "finance", [[ mean(growth(main_revenue), 2) ]] }

derive "revenue_cagr2" { zh = "近2年营业收入复合增长率", en = "Compound growth of revenue, 2 years",
  alias = { "营业收入两年复合增长率" },
  unit = "%", group = "finance", [[ cagr(revenue, 2) ]] }

derive "main_revenue_avg3" { zh = "近3年主营业务收入平均值", en = "Mean main revenue, 3 years",
  alias = { "三年平均主营收入" },
  unit = "万元", group = "finance", [[ mean(main_revenue, 3) ]] }

derive "revenue_per_employee" { zh = "人均营业收入", en = "Revenue per employee",
  unit = "万元/人", group = "finance", [[ revenue / employees ]] }

derive "debt_asset_ratio" { zh = "资产负债率", en = "Debt-asset ratio",
  unit = "%", group = "finance", [[ total_liabilities / total_assets ]] }

derive "net_margin" { zh = "净利润率", en = "Net margin",
  unit = "%", group = "finance", [[ net_profit / revenue ]] }

derive "rd_ratio" { zh = "研发费用占比", en = "R&D / revenue", alias = { "研发费用占营业收入比重" },
  unit = "%", group = "innovation", [[ rd_expense / revenue ]] }

derive "rd_sum2" { zh = "近2年研发费用合计", en = "R&D of 2 years", alias = { "两年研发费用合计" },
  unit = "万元", group = "innovation", [[ sum(rd_expense, 2) ]] }

-- The measures of 2022 do not count rights transferred less than a year ago
-- (those of 2026 count no transferred ones). Nobody has to state that there are none.
derive "ip1_settled_count" { zh = "受让未满一年的除外的Ⅰ类知识产权数", en = "Class I IP but for recent transfers",
  unit = "项", group = "innovation",
  [[ if known(ip_recent_transfer_count) then max(ip1_count - ip_recent_transfer_count, 0项) else ip1_count ]] }

-- Part of a whole: with no class I right that counts there is no self-developed
-- or high-value one, and nobody needs to be asked. Where only the part is
-- stated, the part decides.
derive "has_ip1_self" { zh = "拥有自主研发的Ⅰ类知识产权", en = "Has self-developed class I IP", group = "innovation",
  [[ ip1_self_count >= 1 and (ip1_settled_count >= 1 or not known(ip1_count)) ]] }

derive "has_ip1_highvalue" { zh = "拥有Ⅰ类高价值知识产权", en = "Has high-value class I IP", group = "innovation",
  [[ ip1_highvalue_count >= 1 and (ip1_settled_count >= 1 or not known(ip1_count)) ]] }

-- ISO 9001 and the national standard identical to it, and the standards of motor
-- vehicles, medical devices, aerospace and defence that build on it, as
-- certificates spell them.
derive "has_quality_system" { zh = "取得质量管理体系认证", en = "Has a certified quality-management system", group = "management",
  [[ has(management_certs, {
       'ISO9001', 'ISO 9001', 'ISO9001:2015', 'ISO 9001:2015', 'ISO9001-2015', 'ISO9001：2015',
       'GB/T19001', 'GB/T 19001', 'GB/T19001-2016', 'GB/T 19001-2016',
       'IATF16949', 'IATF 16949', 'IATF16949:2016', 'IATF 16949:2016',
       'ISO13485', 'ISO 13485', 'ISO13485:2016', 'ISO 13485:2016',
       'AS9100', 'AS 9100', 'AS9100D', 'GJB9001C', 'GJB 9001C' }) ]] }

derive "in_manufacturing" { zh = "属于制造业", en = "Belongs to manufacturing", group = "identity",
  [[ if known(is_manufacturing) then is_manufacturing else industry_code within 'C' ]] }

-- The sector of the size classes, read off the divisions of GB/T 4754-2017.
-- Where it cannot be read off with certainty (G53 railways, J finance, S and T,
-- codes of older editions) the sector stays unknown until the record states it.
derive "sector" { zh = "适用的划型行业", en = "Sector for the size classes", group = "identity",
  values = { "agriculture", "industry", "construction", "wholesale", "retail", "transport", "storage", "post",
             "lodging", "catering", "information", "software", "real_estate", "property", "leasing", "other" },
  [[ if known(size_sector) then size_sector
     else if industry_code within {'B', 'C', 'D'} then 'industry'
     else if industry_code within 'A' then 'agriculture'
     else if industry_code within 'E' then 'construction'
     else if industry_code within 'F51' then 'wholesale'
     else if industry_code within 'F52' then 'retail'
     else if industry_code within {'G54', 'G55', 'G56', 'G57', 'G58', 'G591'} then 'transport'
     else if industry_code within {'G592', 'G593', 'G594', 'G595', 'G596', 'G599'} then 'storage'
     else if industry_code within 'G60' then 'post'
     else if industry_code within 'H61' then 'lodging'
     else if industry_code within 'H62' then 'catering'
     else if industry_code within {'I63', 'I64'} then 'information'
     else if industry_code within 'I65' then 'software'
     else if industry_code within 'K701' then 'real_estate'
     else if industry_code within 'K702' then 'property'
     else if industry_code within 'L' then 'leasing'
     else if industry_code within {'K703', 'K704', 'K709', 'M', 'N', 'O', 'P', 'Q', 'R'} then 'other'
     else size_sector ]] }
