-- The bench's rules as one query: NDJSON in, a decision a record as NDJSON out.
-- bench.sh puts the paths and the number of threads in place of @NAMES@.
-- Whole numbers are multiplied out as 64-bit integers, so they are exact. Only
-- the columns that the rules read are named: DuckDB skips the rest.

SET threads = @THREADS@;
SET preserve_insertion_order = true;

COPY (
WITH record AS (
  SELECT * FROM read_ndjson('@INPUT@', columns = {
    id: 'VARCHAR', sector: 'VARCHAR', key_field: 'VARCHAR', rd_institution: 'VARCHAR',
    certifications: 'VARCHAR[]', years_in_field: 'BIGINT', employees: 'BIGINT',
    rd_staff: 'BIGINT', revenue_y0: 'BIGINT', main_revenue_y0: 'BIGINT',
    main_revenue_y1: 'BIGINT', main_revenue_y2: 'BIGINT', rd_expense_y0: 'BIGINT',
    total_assets: 'BIGINT', total_liabilities: 'BIGINT', net_profit_y0: 'BIGINT',
    patents_class1: 'BIGINT', patents_class2: 'BIGINT', rank_global: 'BIGINT',
    rank_province: 'BIGINT', market_share_pct: 'DOUBLE', funding_2y: 'BIGINT',
    digital_level: 'BIGINT', violations: 'BOOLEAN', dishonest: 'BOOLEAN',
    safety_accident: 'BOOLEAN', env_penalty: 'BOOLEAN', high_tech: 'BOOLEAN',
    srdi_recognised: 'BOOLEAN', little_giant: 'BOOLEAN', national_award: 'BOOLEAN',
    maker_top50: 'BOOLEAN', new_product: 'BOOLEAN', fills_gap: 'BOOLEAN' })
),
figure AS (
  SELECT *,
    100 * main_revenue_y0 AS main100,
    100 * rd_expense_y0 AS rd100,
    100 * total_liabilities AS debt100,
    100 * net_profit_y0 AS profit100,
    50 * (main_revenue_y0 * main_revenue_y2 + main_revenue_y1 * main_revenue_y1) AS grown50,
    main_revenue_y1 * main_revenue_y2 AS base,
    key_field IN ('核心基础零部件', '核心基础元器件', '关键软件', '先进基础工艺',
                  '关键基础材料', '产业技术基础') AS in_key_field,
    len(certifications) AS certificate_count,
    CASE sector WHEN 'industrial' THEN [1000, 40000, 300, 2000, 20, 300]
                WHEN 'software' THEN [300, 10000, 100, 1000, 10, 50]
                ELSE [200, 40000, 20, 5000, 5, 1000] END AS bound
  FROM record
),
points AS (
  SELECT *,
    CASE WHEN employees >= bound[1] AND revenue_y0 >= bound[2] THEN 'large'
         WHEN employees >= bound[3] AND revenue_y0 >= bound[4] THEN 'medium'
         WHEN employees >= bound[5] AND revenue_y0 >= bound[6] THEN 'small'
         ELSE 'micro' END AS size,
    CASE WHEN patents_class1 >= 3 THEN 20 WHEN patents_class1 >= 2 THEN 15
         WHEN patents_class1 >= 1 THEN 10 WHEN patents_class2 >= 1 THEN 5 ELSE 0 END AS s1,
    CASE WHEN rd100 >= 5 * revenue_y0 THEN 20 WHEN rd100 >= 3 * revenue_y0 THEN 15
         WHEN rd100 >= 2 * revenue_y0 THEN 10 WHEN rd100 >= revenue_y0 THEN 5 ELSE 0 END AS s2,
    CASE WHEN main100 >= 115 * main_revenue_y1 THEN 20 WHEN main100 >= 110 * main_revenue_y1 THEN 15
         WHEN main100 >= 105 * main_revenue_y1 THEN 10 WHEN main100 >= 100 * main_revenue_y1 THEN 5
         ELSE 0 END AS s3,
    CASE WHEN debt100 <= 55 * total_assets THEN 10 WHEN debt100 <= 75 * total_assets THEN 5
         ELSE 0 END AS s4,
    CASE WHEN in_key_field THEN 10 WHEN high_tech THEN 5 ELSE 0 END AS s5,
    CASE WHEN main100 >= 70 * revenue_y0 THEN 20 WHEN main100 >= 60 * revenue_y0 THEN 15
         WHEN main100 >= 55 * revenue_y0 THEN 10 WHEN main100 >= 50 * revenue_y0 THEN 5
         ELSE 0 END AS s6,
    CASE WHEN main100 >= 80 * revenue_y0 THEN 5 WHEN main100 >= 70 * revenue_y0 THEN 3
         WHEN main100 >= 60 * revenue_y0 THEN 1 ELSE 0 END AS t01,
    CASE WHEN grown50 >= 110 * base THEN 10 WHEN grown50 >= 108 * base THEN 8
         WHEN grown50 >= 106 * base THEN 6 WHEN grown50 >= 104 * base THEN 4
         WHEN grown50 >= 100 * base THEN 2 ELSE 0 END AS t02,
    least(years_in_field // 2, 5) AS t03,
    CASE WHEN in_key_field THEN 5 WHEN fills_gap THEN 3 ELSE 0 END AS t04,
    CASE WHEN digital_level >= 4 THEN 5 WHEN digital_level >= 3 THEN 4
         WHEN digital_level >= 2 THEN 2 ELSE 0 END AS t05,
    CASE WHEN certificate_count >= 3 THEN 5 WHEN certificate_count >= 1 THEN 3 ELSE 0 END AS t06,
    CASE WHEN profit100 >= 10 * revenue_y0 THEN 10 WHEN profit100 >= 8 * revenue_y0 THEN 8
         WHEN profit100 >= 6 * revenue_y0 THEN 6 WHEN profit100 >= 4 * revenue_y0 THEN 4
         WHEN profit100 >= 2 * revenue_y0 THEN 2 ELSE 0 END AS t07,
    CASE WHEN debt100 <= 50 * total_assets THEN 5 WHEN debt100 <= 60 * total_assets THEN 3
         WHEN debt100 <= 70 * total_assets THEN 1 ELSE 0 END AS t08,
    CASE WHEN rank_province = 1 THEN 15 WHEN rank_province BETWEEN 2 AND 3 THEN 10
         WHEN rank_province BETWEEN 4 AND 5 THEN 5 ELSE 0 END AS t09,
    CASE WHEN patents_class1 >= 2 THEN 10 WHEN patents_class1 >= 1 THEN 8
         WHEN patents_class2 >= 1 THEN 2 ELSE 0 END AS t10,
    CASE WHEN rd_expense_y0 >= 500 OR rd100 >= 10 * revenue_y0 THEN 10
         WHEN rd_expense_y0 >= 400 OR rd100 >= 8 * revenue_y0 THEN 8
         WHEN rd_expense_y0 >= 300 OR rd100 >= 6 * revenue_y0 THEN 6
         WHEN rd_expense_y0 >= 200 OR rd100 >= 4 * revenue_y0 THEN 4
         WHEN rd_expense_y0 >= 100 OR rd100 >= 3 * revenue_y0 THEN 2 ELSE 0 END AS t11,
    CASE WHEN 100 * rd_staff >= 20 * employees THEN 5 WHEN 100 * rd_staff >= 10 * employees THEN 3
         WHEN 100 * rd_staff >= 5 * employees THEN 1 ELSE 0 END AS t12,
    CASE rd_institution WHEN 'national' THEN 10 WHEN 'provincial' THEN 8
         WHEN 'municipal' THEN 4 ELSE 0 END AS t13
  FROM figure
),
score AS (
  SELECT *,
    s1 + s2 + s3 + s4 + s5 + s6 AS si,
    t01 + t02 + t03 + t04 + t05 + t06 + t07 + t08 + t09 + t10 + t11 + t12 + t13 AS st
  FROM points
),
criterion AS (
  SELECT *,
    size <> 'large' AS g01,
    years_in_field >= 3 AS g02,
    main100 >= 70 * revenue_y0 AS g03,
    grown50 >= 105 * base AS g04,
    debt100 <= 70 * total_assets AS g05,
    list_has_any(certifications, ['ISO9001', 'ISO14001', 'ISO45001', 'IATF16949', 'GJB9001C',
                                  'CE', 'UL']) AS g06,
    rank_province BETWEEN 1 AND 3 OR market_share_pct >= 10 AS g07,
    (revenue_y0 >= 10000 AND rd100 >= 3 * revenue_y0) OR
      (revenue_y0 >= 5000 AND revenue_y0 < 10000 AND rd100 >= 6 * revenue_y0) OR
      (revenue_y0 < 5000 AND funding_2y >= 8000 AND rd_expense_y0 >= 3000) AS g08,
    revenue_y0 >= 5000 OR 2 * rd_staff >= employees AS g09,
    patents_class1 >= 2 AS g10,
    NOT violations AND NOT dishonest AND NOT safety_accident AND NOT env_penalty AS g11,
    srdi_recognised AS g12,
    in_key_field AS g13,
    national_award OR maker_top50 AS g14,
    rd_institution <> 'none' AS g15,
    g14 OR (g08 AND g09 AND g10 AND g15) AS g16,
    years_in_field >= 2 AS q02,
    rd_expense_y0 >= 100 AND rd100 >= 3 * revenue_y0 AS q03,
    revenue_y0 >= 1000 OR funding_2y >= 2000 AS q04,
    st >= 60 AS q05,
    national_award OR rd_institution IN ('provincial', 'national') OR
      (high_tech AND funding_2y >= 500) AS i01,
    si >= 60 AS i02,
    s1 + s2 >= 20 AS i03,
    s3 + s4 >= 15 AS i04,
    s5 + s6 >= 15 AS i05,
    years_in_field >= 10 OR (new_product AND years_in_field >= 3) AS c01,
    revenue_y0 >= 40000 OR little_giant AS c03,
    rank_global BETWEEN 1 AND 3 AS c04,
    sector = 'industrial' AS c05,
    rd100 >= 3 * revenue_y0 AS c06
  FROM score
)
SELECT id, size,
  {innov: g01 AND g11 AND (i01 OR (i02 AND i03 AND i04 AND i05)),
   srdi: g01 AND q02 AND q03 AND q04 AND g11 AND q05,
   giant: g01 AND g02 AND g03 AND g04 AND g05 AND g06 AND g07 AND g11 AND g12 AND g13 AND g16,
   champ: c01 AND g03 AND c03 AND c04 AND c05 AND c06 AND g06 AND g11} AS titles,
  {innov: si, srdi: st} AS score,
  {g01: g01, g02: g02, g03: g03, g04: g04, g05: g05, g06: g06, g07: g07, g08: g08, g09: g09,
   g10: g10, g11: g11, g12: g12, g13: g13, g14: g14, g15: g15, g16: g16, q02: q02, q03: q03,
   q04: q04, q05: q05, i01: i01, i02: i02, i03: i03, i04: i04, i05: i05, c01: c01, c03: c03,
   c04: c04, c05: c05, c06: c06} AS crit,
  {s1: s1, s2: s2, s3: s3, s4: s4, s5: s5, s6: s6, t01: t01, t02: t02, t03: t03, t04: t04,
   t05: t05, t06: t06, t07: t07, t08: t08, t09: t09, t10: t10, t11: t11, t12: t12,
   t13: t13} AS pts
FROM criterion
) TO '@OUTPUT@' (FORMAT json);
