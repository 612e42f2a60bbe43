-- What the measures of the 2021 opinions ask for and no other fact holds:
-- papers, plans, partners and consents that a firm has or has not. One set, so
-- that a form can show it as one list of boxes to tick. An empty set says that
-- the firm has none of them; a record without it has not been asked.

fact "preparations" { zh = "已具备的条件和材料", en = "Preparations made", alias = { "条件和材料" }, type = "set",
  values = {
    -- innovation (article 三)
    { "field_match", zh = "研发方向与创新平台领域相符", en = "its field matches the platform's" },
    { "it_product", zh = "有信息技术产品", en = "an information-technology product" },
    { "named_field", zh = "产品属于意见列举的八个领域", en = "a product in one of the eight fields named" },
    { "partners", zh = "合作单位已经确定", en = "partners named" },
    { "facility_request", zh = "设施仪器使用申请（写明用途和时段）",
      en = "a request for facilities with purpose and period" },
    { "trial_product", zh = "有可以试用的产品", en = "a product ready for trial use" },
    { "platform_operator", zh = "公共服务平台的建设运营单位已经确定", en = "an operator of the public platform" },
    -- chains (article 四)
    { "sasac_consent", zh = "国资监管机构已同意", en = "consent of the state-asset authority" },
    { "listed_disclosure", zh = "已按证券监管规定履行程序", en = "steps under the securities rules taken" },
    { "supply_chain_data", zh = "有供应链数据系统", en = "a supply-chain data system" },
    { "receiving_region", zh = "中西部或东北的承接地已经确定", en = "a receiving region inland or north-east" },
    -- high-end, intelligent, green (article 五)
    { "benchmark_report", zh = "对标世界一流的分析报告", en = "a benchmark report" },
    { "project_file", zh = "技术改造项目备案文件", en = "the file of the upgrading project" },
    { "equipment_list", zh = "设备清单", en = "a list of equipment" },
    { "brand_plan", zh = "质量品牌建设计划", en = "a quality or brand plan" },
    { "scenario_5g", zh = "有5G应用场景", en = "a scenario for 5G" },
    { "deployed_scenario", zh = "有已经投用的数字化场景", en = "a digital scenario in use" },
    { "industrial_platform", zh = "自建工业互联网平台", en = "an industrial-internet platform of its own" },
    { "connected_plant", zh = "设备或工厂已经联网", en = "connected devices or plants" },
    { "software_team", zh = "有工业软件开发团队", en = "a software team" },
    { "service_revenue", zh = "有服务收入", en = "revenue from services" },
    { "energy_data", zh = "能源消费数据", en = "energy data" },
    { "emission_data", zh = "排放数据", en = "emission data" },
    { "carbon_plan", zh = "碳达峰碳中和工作方案", en = "a carbon plan" },
    -- large, medium and small firms together (article 六)
    { "resource_list", zh = "可以开放的资源清单", en = "a list of resources to open" },
    { "need_list", zh = "配套需求清单", en = "a list of supply needs" },
    { "capability_list", zh = "配套能力清单", en = "a list of capabilities" },
    -- management (article 七)
    { "self_diagnosis", zh = "管理自我诊断", en = "a self-diagnosis of management" },
    { "receivables_list", zh = "应收和拖欠账款清单", en = "a list of receivables and arrears" },
    { "csr_report", zh = "社会责任报告", en = "a social-responsibility report" },
    -- opening (article 八)
    { "overseas_plan", zh = "境外布局方案", en = "an overseas plan" },
    { "outbound_filing", zh = "境外投资备案或核准", en = "the outbound-investment filing" },
    { "overseas_business", zh = "有境外业务", en = "overseas business" },
    { "group_lead", zh = "抱团出海的牵头企业已经确定", en = "a leader of the group going abroad" },
    { "zone_plan", zh = "境外经贸合作区方案", en = "a plan of the overseas zone" },
    -- finance and talent (article 九)
    { "fund_scope", zh = "符合基金投向", en = "within the fund's scope" },
    { "equity_need", zh = "有股权融资需求", en = "a need of equity" },
    { "listing_plan", zh = "有上市计划", en = "a plan for listing" },
    { "issuer_rules", zh = "符合债券发行条件", en = "the conditions of a bond issuer" },
    { "finance_platform", zh = "已在国家产融合作平台注册", en = "registration on the industry-finance platform" },
    { "data_consent", zh = "同意授权使用信用数据", en = "consent to the use of credit data" },
    { "loan_need", zh = "有贷款需求", en = "a need of a loan" },
    { "implementation_plan", zh = "专精特新发展实施方案", en = "an implementation plan" },
    { "post_list", zh = "高端人才岗位清单", en = "a list of posts" },
    { "partner_institute", zh = "合作高校院所已经确定", en = "a partner university or institute" },
    { "nominees", zh = "经营管理人才培训人选", en = "nominees for management training" },
    { "staff_list", zh = "技能培训人员名单", en = "a list of staff for skills training" },
    -- services (article 十)
    { "in_library", zh = "已入优质企业培育库", en = "a place in the cultivation library" },
    { "product_sheet", zh = "产品推介材料", en = "a product sheet" },
    { "publish_consent", zh = "同意公开宣传", en = "consent to publish" },
  },
  group = "measures", source = "企业填报、受理部门核对", used_by = "measures" }

-- State capital. A private firm that says nothing of being state-held is not;
-- for foreign, collective and other firms it has to be stated.
derive "is_state_firm" { zh = "国有或国有控股企业", en = "Is state-owned or state-held", group = "identity",
  [[ ownership_type in {'central_state', 'local_state'}
     or (known(is_state_held) and is_state_held)
     or (ownership_type in {'foreign', 'hk_mo_tw', 'collective', 'other'} and is_state_held) ]] }

-- Divisions 33 to 40 of GB/T 4754-2017, as equipment making is usually counted (from memory).
derive "makes_equipment" { zh = "从事装备制造", en = "Makes equipment", group = "identity",
  [[ industry_code within {'C33', 'C34', 'C35', 'C36', 'C37', 'C38', 'C39', 'C40'} ]] }

derive "has_clean_record" { zh = "信用记录良好", en = "Has a clean record", group = "compliance",
  [[ not in_abnormal_list and not is_seriously_dishonest and not data_fraud_3y ]] }
