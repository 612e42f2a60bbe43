-- Written by `tidu review`: what the clauses said when their rules were
-- last compared with them.
review "local/110101-dongcheng/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "90661d9803252f8c",
} }
review "local/110108-haidian/awards-2025.md" { on = "2026-11-25", clauses = {
  ["#2"] = "b6961b1cd9b6022a",
  ["一、称号"] = "444b4cff67deff38",
  ["二、高新技术企业"] = "4974157da241bb78",
} }
review "local/110111-fangshan/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "84f7b20a04e8edf9",
} }
review "local/110119-yanqing/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "a3ebb45e5dc470a2",
} }
review "local/310000-shanghai/awards-2025.md" { on = "2026-11-25", clauses = {
  ["#2"] = "28a36fa516658e41",
  ["一、小巨人产值增长"] = "54d1c1cd50358ee4",
  ["二、首次升规"] = "3b57b759faf10599",
} }
review "local/310000-shanghai/lingang.md" { on = "2026-11-25", clauses = {
  ["加计扣除奖励"] = "f69809b7a33fac9c",
} }
review "local/310101-huangpu/awards.md" { on = "2026-11-25", clauses = {
  ["#2"] = "05d0890c20316630",
  ["首次认定和复核"] = "7efcc84b42a1f8cf",
} }
review "local/310106-jingan/awards.md" { on = "2026-11-25", clauses = {
  ["一、专精特新中小企业"] = "4e97d1512efb93ee",
  ["二、小巨人"] = "2fdc01718f536fda",
  ["三、重点小巨人配套"] = "f72afe5c353d4403",
} }
review "local/310115-pudong/awards-2025.md" { on = "2026-11-25", clauses = {
  ["加计扣除奖励"] = "f69809b7a33fac9c",
  ["与临港新片区奖励的关系"] = "0fe2dd8e93d37844",
} }
review "local/320100-nanjing/awards-2021.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "9845febed7bc9dcc",
} }
review "local/320500-suzhou/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "9f18bae7c7b6ede0",
} }
review "local/320505-huqiu/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "35785a788ee49094",
} }
review "local/320506-wuzhong/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "d418e36b43adef11",
} }
review "local/320507-xiangcheng/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "4b66d82cd276f058",
} }
review "local/320576-sip/awards-2024.md" { on = "2026-11-25", clauses = {
  ["#2"] = "0384b208bec3f114",
} }
review "local/320576-sip/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "4b66d82cd276f058",
} }
review "local/320581-changshu/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "d418e36b43adef11",
} }
review "local/320582-zhangjiagang/points-2024.md" { on = "2026-11-25", clauses = {
  ["#2"] = "46193d0b72f7f55d",
  ["积分"] = "16b392b3f267716e",
} }
review "local/320583-kunshan/awards-2025.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "f9da24098902cf2c",
} }
review "local/330000-zhejiang/awards.md" { on = "2026-11-25", clauses = {
  ["浙江省奖励"] = "74d63d373737220b",
} }
review "local/330000-zhejiang/hidden-champion-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "235af97537dbd2ea",
  ["一、注册和经营年限"] = "aea6ad6b038e23a5",
  ["二、规模和增长"] = "32a51d469df745d5",
  ["三、专注"] = "c61b9545f17b6f59",
} }
review "local/330000-zhejiang/hidden-champion-2025.md" { on = "2026-11-25", clauses = {
  ["#2"] = "5973592c61181d7b",
  ["一、注册和经营年限"] = "89c469264d7a2b22",
  ["二、经营"] = "690a08032ae143f2",
  ["三、专注和市场地位"] = "c0ff88abb573f03b",
  ["四、创新"] = "aee46ccfab219abc",
  ["五、品牌和认证"] = "210e1d26c8a0d457",
} }
review "local/330000-zhejiang/quality-products-2025.md" { on = "2026-11-25", clauses = {
  ["#2"] = "8dc6dedf8f5c436f",
  ["一、销售额"] = "a9e1ff6d303f8d14",
  ["二、研发"] = "3825895a310a33e4",
} }
review "local/330100-hangzhou/awards-2026.md" { on = "2026-11-25", clauses = {
  ["#2"] = "732c478175d711e8",
  ["一、首次认定"] = "a24bb1e25ec07061",
  ["二、创新型中小企业研发目标"] = "6ef8972cd5f167f0",
} }
review "local/330110-yuhang/awards-2025.md" { on = "2026-11-25", clauses = {
  ["称号奖励"] = "98fba4f87bc01885",
} }
review "local/330200-ningbo/awards-2026.md" { on = "2026-11-25", clauses = {
  ["一、企业称号"] = "23c63e02406205cd",
  ["二、五百强"] = "9a609fa97237c2cd",
  ["三、智能工厂"] = "a067c1ea9567079a",
} }
review "local/330200-ningbo/chain-leader-2024.md" { on = "2026-11-25", clauses = {
  ["#2"] = "dd8cb8e40fb5f82b",
  ["条件"] = "1d2a5cffd2cf7663",
} }
review "local/330200-ningbo/champion-2020.md" { on = "2026-11-25", clauses = {
  ["一、培育企业"] = "35d653379b80d636",
  ["二、示范企业"] = "0e0fd9425ea6b736",
} }
review "local/330211-zhenhai/awards-2024.md" { on = "2026-11-25", clauses = {
  ["一、设备投资"] = "09604cb354f6532d",
  ["二、绿色化改造"] = "81c624e46eca3a05",
} }
review "local/330282-cixi/awards-2025.md" { on = "2026-11-25", clauses = {
  ["增长奖励"] = "afaaa78c35544e26",
} }
review "local/340000-anhui/awards-2022.md" { on = "2026-11-25", clauses = {
  ["奖励"] = "eebf5c1cfa42d40c",
} }
review "local/340000-anhui/champion.md" { on = "2026-11-25", clauses = {
  ["#2"] = "a4f0dfca919e83b7",
  ["一、基础"] = "29cfcaea55c541e6",
  ["二、经营"] = "4e9f7abd84b86e52",
  ["三、市场地位和创新"] = "6c281ed3c6f4f50b",
} }
review "local/340100-hefei/awards-2022.md" { on = "2026-11-25", clauses = {
  ["一、称号"] = "1c187dea85df0420",
  ["二、北京证券交易所上市"] = "97301a3b7256a157",
} }
review "local/370000-shandong/awards.md" { on = "2026-11-25", clauses = {
  ["一、制造业单项冠军（2017年）"] = "5946c4222d6a8a8f",
  ["二、民营企业营业收入上台阶（2021年2月）"] = "b675746903e7490b",
  ["三、对县（市、区）的奖励（2021年2月）"] = "9060965c0316b983",
} }
review "local/370000-shandong/champion-2023.md" { on = "2026-11-25", clauses = {
  ["#2"] = "61554286c1c9de4d",
  ["一、注册地和年限"] = "8c67da4e4d8a15c1",
  ["二、市场地位"] = "de35a16dfcc47d03",
  ["三、规模"] = "35e2b9a28c7887eb",
  ["四、类型"] = "83f0c796393fa18f",
} }
review "local/370000-shandong/features-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "83ed2f95027158b3",
  ["一、与省重点领域契合（4分）"] = "806f02f656f474c7",
  ["二、创新经营（4分）"] = "11ad87067e650c74",
  ["三、主导产品细分市场地位（4分）"] = "bae6ecf36733c891",
  ["四、上市进程（3分）"] = "58e1e929d06613e5",
} }
review "local/420000-hubei/awards.md" { on = "2026-11-25", clauses = {
  ["#2"] = "e1a4232adf878b39",
  ["一、小巨人"] = "b6505dfd98dfba45",
  ["二、专精特新企业技术改造"] = "60baba51ee3fb6ab",
} }
review "local/420000-hubei/champion-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "bd33cdd7301554d3",
  ["一、基本条件"] = "2e127d3c92db905a",
  ["二、专注"] = "889bfd069e69b6e6",
  ["三、市场地位"] = "ba813e2876b400b6",
} }
review "local/440000-guangdong/awards.md" { on = "2026-11-25", clauses = {
  ["#2"] = "554f8daf74bdce22",
  ["一、第八批制造业单项冠军（2024年）"] = "e371e97f1bf12644",
  ["二、小升规（2025年）"] = "1de7be53f9101f2a",
} }
review "local/440000-guangdong/chain-leader-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "bb22c43ccf9a592d",
  ["一、规模"] = "850af33d78860b0d",
  ["二、地位"] = "c627f11e8ab762ad",
} }
review "local/440100-guangzhou/offices.md" { on = "2026-11-25", clauses = {
  ["广州市主管部门"] = "5b2f8d9a377fa6f4",
} }
review "local/440300-shenzhen/awards.md" { on = "2026-11-25", clauses = {
  ["#2"] = "59aa2d909beac5ae",
  ["一、专精特新和小巨人"] = "ea784041ae53775e",
  ["二、市级单项冠军"] = "fcda70a3ce93fda6",
} }
review "local/440300-shenzhen/srdi-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "8f83aca097096ce8",
  ["一、注册"] = "95958bc14899aa0d",
  ["二、规模和研发"] = "2f64f1e0b093759e",
  ["三、成长"] = "cfc1413265729649",
} }
review "local/440305-nanshan/awards-2022.md" { on = "2026-11-25", clauses = {
  ["一、称号奖励"] = "18cae71decff6a83",
  ["二、战略性新兴产业高新技术企业"] = "8cde8e7bc2ff9905",
} }
review "local/440306-baoan/awards-2019.md" { on = "2026-11-25", clauses = {
  ["单项冠军"] = "bb12492be9cb3f8c",
} }
review "local/440307-longgang/awards-2025.md" { on = "2026-11-25", clauses = {
  ["一、专精特新梯度"] = "70d8f07a2ba4545a",
  ["二、制造业单项冠军"] = "416608e6ceb6a55a",
  ["三、研发奖励"] = "478928abeafd9c4a",
  ["四、购置厂房"] = "cfe362fe79af8ca2",
} }
review "local/500000-chongqing/library-2020.md" { on = "2026-11-25", clauses = {
  ["#2"] = "68518d310ffd14e0",
  ["规模"] = "b6883b841ab03add",
} }
review "local/500000-chongqing/targets.md" { on = "2026-11-25", clauses = {
  ["重庆市专精特新行动计划（2022—2025年）"] = "276891edd3a3949c",
} }
review "local/510000-sichuan/ai-chain-leader-2025.md" { on = "2026-11-25", clauses = {
  ["#2"] = "e84db040faa504a2",
  ["一、规模和研发"] = "20048f67a2e060f0",
  ["二、平台和带动"] = "feff94e9f986c3ad",
  ["三、效益和能耗"] = "aecd1494a4ae6b52",
} }
review "local/610100-xian/chain-leader-2023.md" { on = "2026-11-25", clauses = {
  ["#2"] = "032dd3b202745d44",
  ["一、必备条件"] = "d8771b49b5a02e13",
  ["二、五项满足三项"] = "886b1a79efb3fbf3",
} }
review "local/640000-ningxia/chain-leader-2023.md" { on = "2026-11-25", clauses = {
  ["#2"] = "dceb757997730afa",
  ["条件"] = "1f9d59ef6f819261",
} }
review "national/bse-listing.md" { on = "2026-11-25", clauses = {
  ["一、四套标准"] = "bda7d27d0528fe5c",
  ["二、申报的基本条件"] = "9aba9d8ff72388d6",
} }
review "national/chain-leader.md" { on = "2026-11-25", clauses = {
  ["#2"] = "736931efa77ce831",
  ["一、地方可以设定的数字"] = "334f903f588dd784",
  ["二、规模和投入"] = "6fd4b5565c206f1d",
  ["三、生态主导力"] = "edb9eea1ff34ed2d",
  ["四、国际竞争力"] = "b8dbbe44b4f163c5",
  ["五、承担职责的意愿"] = "8e367bc9d6d80f07",
  ["六、合规"] = "2b59277e5d33944f",
} }
review "national/equipment-deduction.md" { on = "2026-11-25", clauses = {
  ["一、条件和扣除"] = "bd486e82c81cdcc4",
} }
review "national/equipment-loans.md" { on = "2026-11-25", clauses = {
  ["一、2024年设备更新贷款贴息"] = "2977fa0297fe6da0",
  ["二、2026年设备更新贷款贴息"] = "ea344d238237e10f",
  ["三、2026年中小微民营企业贷款贴息"] = "5c8953d6205c8f73",
  ["四、一笔贷款只享受一项中央贴息"] = "922ee417344c23c2",
} }
review "national/express.md" { on = "2026-11-25", clauses = {
  ["一、诉求类型"] = "0e8570f8eb7b8464",
  ["二、称号申报的路径"] = "3344e0a79434e43f",
} }
review "national/hnte.md" { on = "2026-11-25", clauses = {
  ["#2"] = "45d051c844040051",
  ["一、认定条件/注册和成立时间"] = "aebd320ab48c5da0",
  ["一、认定条件/核心知识产权"] = "c0a3d71877999792",
  ["一、认定条件/研发费用占比"] = "57f2b9cb868e0b65",
  ["一、认定条件/境内研发费用"] = "e3ef0745c76af945",
  ["一、认定条件/高新技术产品收入"] = "ddfd87ca76ae8a85",
  ["一、认定条件/科技人员"] = "0798997b714c00b0",
  ["一、认定条件/创新能力评价"] = "4b07c1647169bf2e",
  ["二、优惠税率"] = "4042a435ab998cba",
} }
review "national/inno-2022.md" { on = "2026-11-25", clauses = {
  ["#2"] = "b1cb349085823119",
  ["共同条件/一、境内注册"] = "ff89e6190229bdf0",
  ["共同条件/二、中小企业"] = "28d32dd58d72b7c5",
  ["共同条件/三、信用"] = "1563d307d990fe81",
  ["共同条件/四、产品"] = "7b3b9da222f016bd",
  ["共同条件/五、近三年合规"] = "f63403ad785e3d1f",
  ["共同条件/六、材料真实"] = "cde839a32b4e1563",
  ["附件1 创新型中小企业评价标准/一、公告条件"] = "1785d9cb7b26cd79",
  ["附件1 创新型中小企业评价标准/二、评价指标"] = "6e89ecc969ac0f33",
  ["附件1 创新型中小企业评价标准/二、评价指标/（一）创新能力指标（40分）"] = "f84f7dc59910ca03",
  ["附件1 创新型中小企业评价标准/二、评价指标/（二）成长性指标（30分）"] = "e6c438bc542d99c0",
  ["附件1 创新型中小企业评价标准/二、评价指标/（三）专业化指标（30分）"] = "9456ff50eca0270e",
} }
review "national/key-little-giants.md" { on = "2026-11-25", clauses = {
  ["二、第一轮奖补（2021—2025年）"] = "73871d20b3f6075a",
  ["三、第二轮：支持对象和申报"] = "9addc9f30e3fb392",
  ["四、第二轮：启动资金"] = "facb9816f7ca28d8",
  ["五、第二轮：其余资金"] = "a2681c30540ee149",
} }
review "national/miit-2021-70.md" { on = "2026-11-25", clauses = {
  ["二、构建优质企业梯度培育格局"] = "91a5a07220d627cd",
  ["三、提高优质企业自主创新能力"] = "5c1dc383f2a2cb65",
  ["四、促进提升产业链供应链现代化水平"] = "dfaeba03b3cbd6e3",
  ["五、引导优质企业高端化智能化绿色化发展"] = "f208fdc090f625ab",
  ["六、打造大中小企业融通发展生态"] = "26e1b2e6e549cdf9",
  ["七、促进优质企业加强管理创新和文化建设"] = "690867071c994ba1",
  ["八、提升优质企业开放合作水平"] = "36e2f573e7546890",
  ["九、完善金融财政和人才政策措施"] = "63f7db052139ca47",
  ["十、加强对优质企业的精准服务"] = "d0c432ff4a744c4d",
  ["结语"] = "4bd330dbae1fd4b1",
} }
review "national/miit-2022.md" { on = "2026-11-25", clauses = {
  ["附件2 专精特新中小企业认定标准/申请的共同条件"] = "bb0104615c2fa888",
  ["附件2 专精特新中小企业认定标准/申请的基础"] = "eff1377ba5547b6e",
  ["附件2 专精特新中小企业认定标准/一、认定条件/（一）专注年限"] = "bab6daca53425819",
  ["附件2 专精特新中小企业认定标准/一、认定条件/（二）研发投入"] = "d4b0b7ab407d0970",
  ["附件2 专精特新中小企业认定标准/一、认定条件/（三）规模"] = "c0ddc75c441e5cca",
  ["附件2 专精特新中小企业认定标准/一、认定条件/（四）得分或直接条件"] = "608d0d4c0f7bbf83",
  ["附件2 专精特新中小企业认定标准/二、评价指标"] = "010e59f832080c5b",
  ["附件2 专精特新中小企业认定标准/二、评价指标/（一）专业化指标（25分）"] = "474da379c7cd58d5",
  ["附件2 专精特新中小企业认定标准/二、评价指标/（二）精细化指标（25分）"] = "465cb754994e8fad",
  ["附件2 专精特新中小企业认定标准/二、评价指标/（三）特色化指标（15分）"] = "8818d0bf1e4a21be",
  ["附件2 专精特新中小企业认定标准/二、评价指标/（四）创新能力指标（35分）"] = "175df0e09a23004b",
  ["附件3 专精特新“小巨人”企业认定标准"] = "412e6ed6b74bbae4",
  ["附件3 专精特新“小巨人”企业认定标准/申请的共同条件"] = "bb0104615c2fa888",
  ["附件3 专精特新“小巨人”企业认定标准/申请的基础"] = "4afc6eb89c246bf8",
  ["附件3 专精特新“小巨人”企业认定标准/一、专业化指标"] = "32b81160332f3372",
  ["附件3 专精特新“小巨人”企业认定标准/二、精细化指标"] = "f345f5e1e93c280f",
  ["附件3 专精特新“小巨人”企业认定标准/三、特色化指标"] = "97e345b6971cda23",
  ["附件3 专精特新“小巨人”企业认定标准/四、创新能力指标"] = "6b2e346c32dbfc7e",
  ["附件3 专精特新“小巨人”企业认定标准/四、创新能力指标/（一）研发投入"] = "90db590b4dca6ae5",
  ["附件3 专精特新“小巨人”企业认定标准/四、创新能力指标/（二）研发机构"] = "c1b3eb6874bd37bd",
  ["附件3 专精特新“小巨人”企业认定标准/四、创新能力指标/（三）知识产权"] = "e5609584b8e605e6",
  ["附件3 专精特新“小巨人”企业认定标准/五、产业链配套指标"] = "5d3989a66291b805",
  ["附件3 专精特新“小巨人”企业认定标准/六、主导产品所属领域指标"] = "a975994a8a74c883",
} }
review "national/miit-2026.md" { on = "2026-11-25", clauses = {
  ["附件1 专精特新中小企业认定标准"] = "802501697b310e5a",
  ["附件1 专精特新中小企业认定标准/申请的共同条件"] = "5e9451ed9b5479b3",
  ["附件1 专精特新中小企业认定标准/一、专注程度"] = "442287122b4d1af0",
  ["附件1 专精特新中小企业认定标准/二、经营情况"] = "3f5b9bcccfecfc7f",
  ["附件1 专精特新中小企业认定标准/三、研发投入"] = "0e616fc7d1d6f665",
  ["附件1 专精特新中小企业认定标准/四、知识产权"] = "3172c0cb6a5941fb",
  ["附件1 专精特新中小企业认定标准/五、市场地位"] = "fc34caad9eaaa5ae",
  ["附件1 专精特新中小企业认定标准/六、发展评价"] = "c2b55311ef30ecc7",
  ["附件2 专精特新“小巨人”企业认定标准"] = "1ec40c3468299d64",
  ["附件2 专精特新“小巨人”企业认定标准/申请的共同条件"] = "5e9451ed9b5479b3",
  ["附件2 专精特新“小巨人”企业认定标准/一、专注程度"] = "0e7f266fc6167b40",
  ["附件2 专精特新“小巨人”企业认定标准/二、经营情况"] = "7ca0d75f9d1acc3a",
  ["附件2 专精特新“小巨人”企业认定标准/三、研发投入"] = "2df3d5199c82d505",
  ["附件2 专精特新“小巨人”企业认定标准/四、知识产权"] = "d68c3887807fa35c",
  ["附件2 专精特新“小巨人”企业认定标准/五、市场地位"] = "3019bf8278375577",
  ["附件2 专精特新“小巨人”企业认定标准/六、产业链作用"] = "b028a7ffa329f572",
  ["附件2 专精特新“小巨人”企业认定标准/七、发展评价"] = "9b47a86d9a1233ee",
} }
review "national/procurement.md" { on = "2026-11-25", clauses = {
  ["一、预留份额"] = "ed0267cd0849e9d4",
  ["二、价格扣除"] = "bd0004b8e43eff5e",
} }
review "national/rd-deduction.md" { on = "2026-11-25", clauses = {
  ["一、当年够不够扣"] = "1552822a3fde3bf6",
  ["二、一般企业：100%"] = "de84abd3ff194310",
  ["三、集成电路企业和工业母机企业：120%"] = "dbd2b569e9954c68",
  ["四、两种比例不能叠加"] = "5526d2566e55c70d",
} }
review "national/regional-board.md" { on = "2026-11-25", clauses = {
  ["一、分层"] = "d33bb6d72e33f497",
  ["二、服务"] = "c10c1c1df0534bfa",
} }
review "national/relending.md" { on = "2026-11-25", clauses = {
  ["二、支持对象"] = "182354a115bbcc49",
} }
review "national/sc-2019.md" { on = "2026-11-25", clauses = {
  ["#2"] = "3a3f7a35f9dc1682",
  ["一、类型"] = "71e363617c897489",
  ["二、市场地位"] = "2c5d0137ca2c3371",
  ["三、年限"] = "105ae3504afc03b2",
  ["四、规模"] = "30dee75d620d78e6",
  ["五、技术"] = "f4c623f406b893f8",
  ["六、品牌"] = "b2b99531b561a6c1",
  ["七、环保、质量、安全和能耗"] = "435914863b606617",
} }
review "national/sc-2023.md" { on = "2026-11-25", clauses = {
  ["#2"] = "b7c456c5b2ef544d",
  ["一、基本条件"] = "0be7105817d568d9",
  ["二、领域"] = "bb344eb2cbe7381c",
  ["三、年限"] = "1ffe40814db3cfab",
  ["四、规模"] = "3c0db7a02e09c8a2",
  ["五、市场地位"] = "ea4423c699061cca",
  ["六、技术和能耗"] = "937b0a3b8a7a8618",
  ["七、创新"] = "3e866c43c4903322",
} }
review "national/size-classes.md" { on = "2026-11-25", clauses = {
  ["二、各行业下限"] = "cd211230fa2e6738",
  ["三、企业规模"] = "b2a4e3545fec0565",
  ["四、中小企业"] = "3a932e6a5ecc985c",
} }
review "national/small-low-profit.md" { on = "2026-11-25", clauses = {
  ["一、条件"] = "8c7c109bfb874fee",
  ["二、税负和节税额"] = "c1bee6d12a880e09",
  ["三、与高新技术企业税率的关系"] = "2cc7398957c819bd",
  ["四、测算其他优惠时所用的税率"] = "55deacfb95ffde2f",
} }
review "national/stsme-2017.md" { on = "2026-11-25", clauses = {
  ["#2"] = "ac93811609c8314f",
  ["一、基本条件"] = "cb436e779710f476",
  ["二、产品和合规"] = "c8690f7bf4deca5e",
  ["三、评价得分或直接条件"] = "89695545ab284617",
  ["四、评价指标"] = "b26f637d19d61de8",
} }
review "national/vat-credit.md" { on = "2026-11-25", clauses = {
  ["一、计提的基数"] = "f3eb5167b27b5e10",
  ["二、先进制造业企业：加计5%"] = "2cbf8875fb12c1fe",
  ["三、集成电路企业和工业母机企业：加计15%"] = "983935073640b5ca",
  ["四、只能选一项"] = "7e00b20ddfe8eba0",
} }
