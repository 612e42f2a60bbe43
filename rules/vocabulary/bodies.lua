-- The bodies that measures, demands and titles are handed to. `zh` is the body
-- of the country; province, city and county are what such an office is usually
-- called there. A place that says it differently writes `office` in its own
-- folder. `instead` acts where a body has no office; `supports` says that a
-- body may help but never lead. Ids never change.
--
-- The six issuing bodies are those of 工信部联政法〔2021〕70号; generic names of
-- local offices and who handles what are general practice, from memory (M).

-------------------------------------------------- the bodies of the opinions

body "miit" { zh = "工业和信息化部", en = "Industry and information technology", alias = { "工信部" },
  province = "工业和信息化厅", city = "工业和信息化局", county = "工业和信息化局", mark = "M",
  note_zh = "有的地方是经济和信息化厅（委、局），县一级也有科技经信局；中小企业工作有时另设中小企业局或民营经济局。",
  note_en = "In places an economy and informatisation office; SME matters sometimes sit in an office of their own." }

body "most" { zh = "科学技术部", en = "Science and technology", alias = { "科技部" },
  province = "科学技术厅", city = "科学技术局", county = "科学技术局", mark = "M" }

body "mof" { zh = "财政部", en = "Finance", province = "财政厅", city = "财政局", county = "财政局", mark = "M" }

body "mofcom" { zh = "商务部", en = "Commerce", province = "商务厅", city = "商务局", county = "商务局", mark = "M" }

body "sasac" { zh = "国务院国有资产监督管理委员会", en = "State-owned assets", alias = { "国务院国资委", "国资委" },
  province = "国有资产监督管理委员会", city = "国有资产监督管理委员会", county = "国有资产监督管理办公室", mark = "M" }

-- Vertical: a bureau in each province and planned city, none below. Listing is
-- helped by the local financial office there.
body "csrc" { zh = "中国证券监督管理委员会", en = "Securities regulator", alias = { "证监会", "中国证监会" },
  province = "证监局", instead = "finance_office", mark = "M" }

-- "Related departments" are whichever the matter concerns.
body "related" { zh = "相关部门", en = "Related departments",
  province = "相关部门", city = "相关部门", county = "相关部门", mark = "S" }

body "associations" { zh = "有关行业协会", en = "Industry associations", alias = { "行业协会" },
  province = "有关行业协会", city = "有关行业协会", county = "有关行业协会", supports = true, mark = "S" }

---------------------------------------------------- land, people and energy

body "land" { zh = "自然资源部", en = "Natural resources and planning", alias = { "自然资源部门" },
  province = "自然资源厅", city = "自然资源和规划局", county = "自然资源和规划局", mark = "M" }

body "housing" { zh = "住房和城乡建设部", en = "Housing and construction", alias = { "住建部门" },
  province = "住房和城乡建设厅", city = "住房和城乡建设局", county = "住房和城乡建设局", mark = "M" }

body "labour" { zh = "人力资源和社会保障部", en = "Human resources and social security", alias = { "人社部门" },
  province = "人力资源和社会保障厅", city = "人力资源和社会保障局", county = "人力资源和社会保障局", mark = "M" }

body "education" { zh = "教育部", en = "Education",
  province = "教育厅", city = "教育局", county = "教育局", mark = "M" }

body "talent" { zh = "中央人才工作领导小组办公室", en = "Talent office", alias = { "人才办" },
  province = "党委人才工作领导小组办公室", city = "党委人才工作领导小组办公室", county = "党委人才工作领导小组办公室",
  mark = "M" }

body "union" { zh = "中华全国总工会", en = "Trade union", alias = { "工会" },
  province = "总工会", city = "总工会", county = "总工会", supports = true, mark = "M" }

body "culture" { zh = "文化和旅游部", en = "Culture and tourism",
  province = "文化和旅游厅", city = "文化和旅游局", county = "文化和旅游局", mark = "M" }

body "ndrc" { zh = "国家发展和改革委员会", en = "Development and reform", alias = { "发展改革委", "发改委" },
  province = "发展和改革委员会", city = "发展和改革委员会", county = "发展和改革局", mark = "M" }

-- Energy mostly sits with development and reform; power of industry sometimes
-- with industry and information technology.
body "energy" { zh = "国家能源局", en = "Energy", alias = { "能源主管部门" },
  province = "能源局", city = "发展和改革委员会（能源）", county = "发展和改革局（能源）", mark = "M" }

body "utilities" { zh = "供电、供气、供热企业", en = "Power, gas and heat companies",
  province = "供电、供气、供热企业", city = "供电、供气、供热企业", county = "供电、供气、供热企业",
  supports = true, mark = "M" }

------------------------------------------------------------------ finance

body "finance_office" { zh = "中央金融委员会办公室", en = "Local financial administration",
  alias = { "地方金融管理部门" },
  province = "地方金融管理局", city = "金融工作办公室", county = "金融工作办公室", mark = "M",
  note_zh = "各地名称不一，有的并入财政局。", note_en = "Names differ; in places it is part of the finance bureau." }

body "pboc" { zh = "中国人民银行", en = "Central bank", alias = { "人民银行" },
  province = "中国人民银行省级分行", city = "中国人民银行市级分行", instead = "finance_office", mark = "M" }

-- Banking and insurance: the commission became the administration in 2023.
-- Documents older than that name the former; its successor takes over.
body "cbirc" { zh = "中国银行保险监督管理委员会", en = "Banking and insurance regulator (to 2023)",
  alias = { "银保监会" },
  province = "银保监局", city = "银保监分局", instead = "finance_office",
  expires = "2023-05-17", successor = "nfra", mark = "M" }

body "nfra" { zh = "国家金融监督管理总局", en = "Financial regulator", alias = { "金融监管总局" },
  province = "金融监管局", city = "金融监管分局", instead = "finance_office",
  effective = "2023-05-18", mark = "M" }

body "tax" { zh = "国家税务总局", en = "Taxation", alias = { "税务部门" },
  province = "税务局", city = "税务局", county = "税务局", mark = "M" }

body "audit" { zh = "审计署", en = "Audit", province = "审计厅", city = "审计局", county = "审计局", mark = "M" }

------------------------------------------------- approval and supervision

body "environment" { zh = "生态环境部", en = "Ecology and environment",
  province = "生态环境厅", city = "生态环境局", county = "生态环境分局", mark = "M" }

body "emergency" { zh = "应急管理部", en = "Emergency management",
  province = "应急管理厅", city = "应急管理局", county = "应急管理局", mark = "M" }

body "fire" { zh = "国家消防救援局", en = "Fire and rescue", alias = { "消防救援机构" },
  province = "消防救援总队", city = "消防救援支队", county = "消防救援大队", mark = "M" }

body "market_regulation" { zh = "国家市场监督管理总局", en = "Market regulation", alias = { "市场监管总局" },
  province = "市场监督管理局", city = "市场监督管理局", county = "市场监督管理局", mark = "M" }

-- In most cities and counties the market-regulation office, with a second name plate.
body "ip" { zh = "国家知识产权局", en = "Intellectual property", alias = { "知识产权部门" },
  province = "知识产权局", city = "市场监督管理局（知识产权局）", county = "市场监督管理局（知识产权局）", mark = "M" }

body "approval" { zh = "国务院办公厅（政务服务）", en = "Administrative approval", alias = { "政务服务部门" },
  province = "政务服务管理局", city = "行政审批服务局", county = "行政审批服务局", mark = "M" }

body "transport" { zh = "交通运输部", en = "Transport",
  province = "交通运输厅", city = "交通运输局", county = "交通运输局", mark = "M" }

body "customs" { zh = "海关总署", en = "Customs", alias = { "海关" },
  province = "直属海关", city = "隶属海关", instead = "mofcom", mark = "M" }

body "cyberspace" { zh = "国家互联网信息办公室", en = "Cyberspace administration", alias = { "网信办" },
  province = "互联网信息办公室", city = "互联网信息办公室", county = "互联网信息办公室", mark = "M" }

body "telecom" { zh = "工业和信息化部（信息通信管理）", en = "Telecommunications administration",
  province = "通信管理局", instead = "miit", mark = "M" }

body "court" { zh = "最高人民法院", en = "Courts", alias = { "法院" },
  province = "高级人民法院", city = "中级人民法院", county = "基层人民法院", mark = "M" }

--------------------------------------------------------- services and parks

-- Only where there is one, hence no office of a province.
body "park" { zh = "园区管理委员会", en = "Park committee", alias = { "园区管委会" },
  city = "园区管理委员会", county = "园区管理委员会", instead = "miit", mark = "M" }

body "sme_service" { zh = "中小企业公共服务机构", en = "SME service centres", alias = { "中小企业服务中心" },
  province = "中小企业服务中心", city = "中小企业服务中心", county = "中小企业服务中心", supports = true, mark = "M" }

body "ccpit" { zh = "中国国际贸易促进委员会", en = "Trade promotion council", alias = { "贸促会" },
  province = "贸促会", city = "贸促会", county = "贸促会", supports = true, mark = "M" }

-- For matters of several departments: the deputy head in charge leads it.
body "leading_group" { zh = "国务院促进中小企业发展工作领导小组", en = "Leading group for SME development",
  alias = { "领导小组" },
  province = "促进中小企业发展工作领导小组", city = "促进中小企业发展工作领导小组",
  county = "促进中小企业发展工作领导小组", mark = "M" }
