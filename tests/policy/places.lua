-- Regions and bodies for the documents of tests/policy/: a few of each kind of
-- place, and few enough to be known by heart. The codes are those of GB/T 2260.

regions { codes = [[
310000 上海市
310100 市辖区
310101 黄浦区
310115 浦东新区
330000 浙江省
330100 杭州市
330106 西湖区
330200 宁波市
330203 海曙区
370000 山东省
370100 济南市
370102 历下区
440000 广东省
440100 广州市
440106 天河区
440300 深圳市
440305 南山区
441900 东莞市
460000 海南省
469000 省直辖县级行政区划
469001 五指山市
500000 重庆市
500200 县
500229 城口县
]], acts_as_province = { "330200", "440300" }, source = "GB/T 2260", mark = "M" }

body "miit" { zh = "工业和信息化部", en = "Industry and information technology", alias = { "工信部", "工业和信息化部门" },
  province = "工业和信息化厅", city = "工业和信息化局", county = "工业和信息化局", mark = "M" }
body "most" { zh = "科学技术部", en = "Science and technology", alias = { "科技部" },
  province = "科学技术厅", city = "科学技术局", county = "科学技术局", mark = "M" }
body "mof" { zh = "财政部", en = "Finance", province = "财政厅", city = "财政局", county = "财政局", mark = "M" }
body "mofcom" { zh = "商务部", en = "Commerce", province = "商务厅", city = "商务局", county = "商务局", mark = "M" }
body "sasac" { zh = "国务院国有资产监督管理委员会", en = "State-owned assets", alias = { "国务院国资委" },
  province = "国资委", city = "国资委", county = "国资办", mark = "M" }
body "csrc" { zh = "中国证券监督管理委员会", en = "Securities regulator", alias = { "证监会" },
  province = "证监局", instead = "finance_office", mark = "M" }
body "finance_office" { zh = "中央金融委员会办公室", en = "Financial office",
  province = "地方金融管理局", city = "金融工作办公室", county = "金融工作办公室", mark = "M" }
body "related" { zh = "相关部门", en = "Related departments",
  province = "相关部门", city = "相关部门", county = "相关部门", mark = "S" }
body "associations" { zh = "有关行业协会", en = "Industry associations",
  province = "有关行业协会", city = "有关行业协会", county = "有关行业协会", supports = true, mark = "S" }
-- Merged into another: the commission until 2023, the administration since.
body "old_energy" { zh = "能源委员会", en = "Energy commission", province = "能源局", city = "能源局", county = "能源局",
  expires = "2023-12-31", successor = "energy", mark = "I" }
body "energy" { zh = "能源总局", en = "Energy administration", province = "能源厅", city = "能源办", county = "能源办",
  effective = "2024-01-01", mark = "I" }
