derive "one" { zh = "一", [[ two + 1万元 ]] }
derive "two" { zh = "二", [[ revenue * 2
  + three ]] }
derive "three" { zh = "三", [[ one ]] }
derive "own" { zh = "自身", [[ own or listed ]] }
derive "uses_broken" { zh = "引用", [[ own and honest ]] }

derive "no_values" { zh = "无值表", [[ if listed then 'big' else 'small' ]] }
derive "other_value" { zh = "值不在表中", values = { "big", "small" },
  [[ if listed then 'big' else if honest then 'smal' else 'tiny' ]] }
derive "other_list" { zh = "别的值表", values = { "big", "small" }, [[ institution ]] }
derive "open_code" { zh = "开放代码", values = { "big", "small" },
  [[ if listed then 'big' else industry_code ]] }
derive "a_set" { zh = "集合", [[ certs ]] }
derive "a_list" { zh = "列表", [[ awards ]] }
derive "a_text" { zh = "文字", [[ enterprise_name ]] }
derive "bad_unit" { zh = "单位不合", unit = "人", [[ revenue ]] }
derive "no_unit" { zh = "没有的单位", unit = "斗", [[ revenue ]] }
derive "no_number" { zh = "不是数", unit = "%", [[ listed ]] }
param "many" { zh = "多值", values = {
  { expires = "2022-12-31", [[ 5% ]] },
  { effective = "2023-01-01", expires = "2023-06-30", [[ 5万元 ]] },
  { effective = "2023-06-30", expires = "2024-12-31", [[ 6% ]] },
  { effective = "2025-12-31", expires = "2025-01-01", [[ 7% ]] },
  { effective = "2026-13-01", [[ 8% ]] },
} }
param "mixed" { values = { { expires = "2022-12-31", [[ 0 ]] }, { effective = "2023-01-01", [[ 真 ]] } } }
