"""What other programs call our fields, in the headers of their sheets.

Names that mean several things from program to program are left out: such a column is kept as the
sheet's own, which loses nothing, where a wrong field would.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _names(**names: str) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(
        {key: tuple(n.strip() for n in text.split("|")) for key, text in names.items()}
    )


HEADERS = _names(
    external_id="客户号|客户流水号|会员编号|会员号|记录ID|数据ID|系统编号|系统ID|流水号|线索号|商机号|客户唯一标识|"
    "lead id|contact id|opportunity id|prospect id|deal - id|person - id|organization - id|lead no|lead no.|customer no|"
    "customer no.|customer number|customer code|客户代号|project id|记录编号|数据编号|用户ID|会员ID|学员编号|访客ID|"
    "订单线索ID|opportunity number|opportunity no|opp id|deal number|deal no|crm id|询盘编号|询盘ID|询价编号|留言编号|"
    "inquiry id|enquiry id|inquiry no|inquiry number|enquiry number",
    company="客户公司全称|客户企业全称|主体名称|企业主体|企业|单位全称|公司/单位|企业/单位|公司全名|公司名称全称|"
    "客户企业|客户企业名称|客户公司名称|客户单位名称|所属企业|所在企业|所在单位|单位名|厂家名称|工厂名称|商户名称|"
    "商家名称|店铺名称|门店名称|企业/公司名称|合作单位|甲方名称|甲方单位|甲方|采购单位|采购商|买家公司|公司英文名|"
    "公司(客户)名称|客户/公司名称|客户名称(公司)|所属客户|associated company|primary associated company|"
    "company / account|organization name|organisation name|organization - name|business name|company/account|"
    "company/organization|employer|firm|account name|关联客户|关联公司|关联企业|委托方名称|客户企业名|legal name|"
    "company legal name|potential customer|customer company|client company|organization 1 name|related company|"
    "account (company)|address company|store name|shop name|business/company name|merchant name|clinic name|"
    "hospital name|客户中文名称|客户中文名|公司中文名|公司中文名称|企业中文名称|参展企业|参展企业全称|参展单位|参会企业|"
    "参会单位|参会公司|official company name|registered company name|official name",
    contact="couple names|homeowner name|borrower name|student name|patient name|parent name|guest name|applicant name|"
    "poc|poc name|primary poc|main poc|point of contact|姓名/称呼|称呼|客户称呼|联系人称呼|客户联系人姓名|联系人(姓名)|"
    "联系人全名|主联系人|主要联系人姓名|首要联系人姓名|第一联系人|客户对接人|对接人姓名|甲方联系人|甲方对接人|会员姓名|"
    "学员姓名|学生姓名|家长姓名|咨询人|咨询者|咨询人姓名|线索姓名|意向人|真实姓名|联系人员|采购联系人|买家姓名|收件人|"
    "客户姓名/称呼|contact person name|contact full name|primary contact|person - name|customer contact|person name|"
    "contact persons|primary contact name|key contact|associated contact|primary associated contact|联系人昵称|访客称呼|"
    "询盘人|contact person's name|main contact|primary contact person|decision maker name|buyer name|lead contact|"
    "访客名称|投保人|投保人姓名|患者姓名|报名人|报名人姓名|预约人|昵称/姓名|姓名/昵称|姓名(昵称)",
    position="职位名称|职务名称|担任职务|所任职务|所在岗位|岗位名称|岗位职务|联系人岗位|职位/职务|职务/职位|"
    "job position|person - job title|role/title|organization title|organization 1 title|contact title|客户职务|"
    "联系人职称",
    industry="国标行业|行业门类|行业大类|所属产业|客户所属行业|公司行业|企业行业|所在行业|从事行业|行业名称|"
    "所属行业类型|一级行业|行业领域|所属领域|industry sector|industry/sector|company industry|organization - industry|"
    "行业划分|行业属性|客户所在行业|业务行业|vertical|industry vertical|market sector|主营行业|经营行业",
    employees="企业人数|公司人员数|公司员工数|企业员工数|总人数|团队规模|团队人数|企业规模(人)|员工总数|员工人数规模|"
    "no. of employees|no of employees|employee count|# employees|num employees|company headcount|employees count|"
    "staff size|企业员工人数|公司规模人数|员工规模(人)|company size (employees)|number of staff|team size|现有员工数|"
    "现有员工|现有人数|在职人数|企业现有员工数",
    annual_revenue="年销售收入|年营业总额|年产值|营业额|年度营收|年营收额|营收规模|年营收规模|年销售规模|annual sales|"
    "yearly revenue|company revenue|annual turnover|turnover|organization - annual revenue|上年度营收|年营业额规模|"
    "annual revenue range|yearly sales",
    region="property city|property state|客户区域|客户地区|省市区|省/市/区|省/市|省份/城市|省份城市|所在省市|所在省|"
    "所在市|城市名称|国别|客户国家|客户所在地|客户所在地区|客户所在城市|地域|归属地|手机归属地|号码归属地|地区/城市|"
    "区域/城市|所属省份|所属城市|地理区域|销售区域|location|territory|billing city|mailing city|billing country|"
    "mailing country|billing state|state/region|country/region|state/province|office_location|billing state/province|"
    "person - country|国家地区|国家/区域|国家或地区|所属国家|客户国别|地区/国家|访客地域|省市区县|所在省份城市|"
    "primary address city|primary address state|primary address country|address city|city/state|home city|company city|"
    "company state|company country|geography|geo|所属地市|地市|所在地市|省份地市",
    phone="手机/微信|电话/微信|手机号/微信|微信/手机|微信/电话|direct line|direct|office line|电话号|手机电话|"
    "手机/微信号码|联系号码|联系电话号码|联系人手机号|联系人手机|联系人手机号码|联系人电话号码|移动手机|办公电话|"
    "单位电话|公司电话|座机号码|座机电话|客户手机|客户手机号|客户手机号码|客户联系电话|客户联系方式|客户电话号码|"
    "手机(必填)|手机号(电话)|电话/手机|手机/座机|手机或电话|电话或手机|联系人联系电话|联系人联系方式|会员手机|学员手机|"
    "家长电话|家长手机号|联系tel|mobile no|mobile no.|mobile phone number|cellphone|cell number|cellular|work phone|"
    "business phone|office phone|phone no|phone1|phone 1|primary phone|contact phone|person - phone|"
    "person - phone - work|person - phone - mobile|contact no|contact no.|phone/mobile|mobile/phone|telephone no.|tel.|"
    "手机号1|电话1|手机1|联系电话1|whatsapp/phone|来电号码|主叫号码|手机电话号码|用户手机号|mobile/phone number|"
    "work phone number|phone number 1|phone (work)|phone (mobile)|mobile/whatsapp|primary mobile|main phone|"
    "direct phone|公司联系电话|企业联系电话|whatsapp|whatsapp号|whatsapp号码|whatsapp number|whatsapp no|电话/whatsapp|"
    "whatsapp/电话|电话或whatsapp|phone/whatsapp",
    wechat="微信号码|微信帐号|微信id号|客户微信|客户微信号|联系人微信|联系人微信号|个人微信|个人微信号|微信/号|"
    "wechat number|wechat account|wechat no|wechat no.|we chat|微信(号)|weixin id|wx|wx号|vx|微信联系方式|联系微信|"
    "加微信号|wechat/id",
    email="邮箱号|邮箱号码|邮箱账号|电邮|电子邮件地址|电子邮箱地址|联系人邮箱|联系人邮件|客户邮箱|客户邮件|个人邮箱|"
    "企业邮箱|公司邮箱|工作邮箱|常用邮箱|邮箱1|e-mail address|email id|email 1|work email|business email|primary email|"
    "contact email|person - email|person - email - work|mail address|email addr|email地址|e-mail地址|用户邮箱地址|"
    "联系人电子邮箱|企业电子邮箱|email (work)|e-mail 1|primary email address|contact e-mail|work e-mail",
    source="来店渠道|到店渠道|进店渠道|来访渠道|咨询渠道|信息渠道|来源渠道名称|来源名称|数据来源|资源来源|信息来源|"
    "获取渠道|获取来源|获取方式|渠道名称|渠道类型|来源类型|线索来源渠道|客户来源渠道|客户获取渠道|线索获取渠道|来源端|"
    "来源分类|流量来源|访客来源|商机来源|销售线索来源|资料来源|推广来源|注册来源|一级来源|一级渠道|引流渠道|"
    "source channel|lead origin source|original source|traffic source|source of lead|deal source|customer source|"
    "lead source channel|how did you hear about us|source name|deal - source channel|添加渠道|添加方式|加好友来源|"
    "认知途径|知晓途径|了解途径|得知渠道|获知渠道|渠道分类|线索渠道来源|首次访问来源|首次来源|用户来源|来客渠道|客源|"
    "客资来源|客资渠道|广告来源|投放渠道|投放平台|推广平台|来源平台名称|acquisition channel|acquisition source|"
    "source type|first source|lead channel|inquiry source|enquiry source|where did you hear about us|从哪里了解到我们|"
    "从何处了解我们|如何得知我们|怎么知道我们的|是如何知道我们的|从什么渠道了解到我们",
    first_contact_at="首次到店时间|首次到店日期|首次来店时间|到店时间|询盘日期|询盘时间|加微时间|添加好友时间|进线日期|"
    "首次沟通时间|首次跟进时间|初次接触时间|初次联系时间|初次接洽时间|首次来访时间|首次到访时间|首访时间|首次留资时间|"
    "留资时间|线索时间|线索创建时间|线索录入时间|线索日期|客户创建时间|客户录入时间|客户创建日期|获取时间|获取日期|"
    "线索获取时间|添加时间|添加日期|新增时间|新增日期|建立时间|建档日期|注册时间|注册日期|登记日|录入日|提交时间|"
    "咨询时间|咨询日期|来访时间|来访日期|进线时间|创建于|新建时间|入库时间|created time|created on|creation date|"
    "created at|create_time|add time|add date|added on|date added|lead created date|lead created|inquiry date|"
    "enquiry date|first touch date|first contacted|first contacted at|deal - deal created|person - person created|"
    "registration date|signup date|sign up date|建档时间|建卡时间|成为客户时间|成为好友时间|线索提交时间|表单提交时间|"
    "报备时间|备案时间|进线日|询价时间|来电时间|来电日期|首次咨询日期|首次来电时间|开拓时间|接洽时间|入库日期|"
    "first create|time created|submission date|submitted at|submitted on|submission time|submit time|inquired at|"
    "first seen|created (date)|create date/time|首次联系|首次沟通|首次接触|初次接触日期|初次接触|提交答卷时间|填表时间|"
    "填写时间|表单时间|询盘日|submit date|submitted date|submission timestamp|registration time|registered at|"
    "registered on|获客时间|获客日期|received date|date received|received at|received on|date entered|entered date|"
    "date submitted|date captured|captured at",
    initial_need="意向需求描述|客户意向需求|初始需求|需求类型描述|咨询需求|咨询问题|咨询项目|需求产品|需求产品名称|"
    "需求简述|需求概述|需求概况|需求信息|需求备注|采购需求|购买需求|购买意向产品|意向产品名称|意向商品|意向课程|"
    "意向项目|意向车型|感兴趣产品|感兴趣的产品|关注产品|咨询产品|产品需求|项目需求|留言内容|留言|询盘内容|客户留言|"
    "线索详情|线索描述|线索需求|初步需求描述|product interest|product of interest|products of interest|interested in|"
    "interested product|inquiry|enquiry|inquiry content|requirement description|message|customer needs|"
    "customer requirement|customer requirements|initial requirement|销售线索详情|咨询课程|报名课程意向|意向专业|"
    "意向品类|意向型号|意向户型|意向楼盘|意向车系|关注车型|需求车型|需求内容描述|采购产品|采购商品|询价产品|询盘产品|"
    "产品意向|用户需求|项目诉求|咨询事项|咨询主题|services interested in|service interested in|enquiry details|"
    "inquiry details|tell us about your project|your message|what are you looking for|留资内容|感兴趣的服务|"
    "感兴趣的课程|感兴趣的项目|需要的服务|需要什么服务|需求品类|需求类目|需求情况描述|product requirement|"
    "product requirements|service requirement|service required|services required|required service|核心需求|主要需求|"
    "关键需求|当前需求",
    budget="预算区间|预算额|预算额度|预算价格|意向预算|采购预算|购买预算|预计预算|客户预算范围|客户预算金额|预计投入|"
    "预计投入金额|计划投入|预计成交额|预估成交额|预计销售额|预计销售金额|预计签约金额|预计合同金额|预计签单金额|"
    "预计收入|预估收入|预计商机金额|销售机会金额|机会金额|项目金额|意向成交金额|商机预算|budget range|estimated budget|"
    "expected budget|budget amount|expected revenue|estimated revenue|opportunity amount|opportunity value|"
    "potential value|expected value|estimated amount|forecast amount|estimated deal value|project budget|客户预算区间|"
    "购房预算|购车预算|装修预算|课程预算|投资预算|客户意向预算|预计合同额|预计签约额|预计成单额|预计成单金额|"
    "预计回款金额|预估合同金额|预估签约金额|预估商机金额|预期金额|预期收入|预期成交金额|机会预计金额|项目预计金额|"
    "商机预估金额|潜在金额|意向价格|estimated deal size|projected value|projected amount|projected revenue|"
    "est. opportunity value|expected deal size|expected deal value|anticipated value|expected sales|potential amount|"
    "estimated budget range|opportunity size|预计订单额|预计订单金额|预计采购金额|预计采购额|意向订单金额",
    priority="优先程度|优先级别|线索优先级别|跟进优先|重要程度|紧急度|lead priority|deal priority|urgency",
    tags="客户标签名称|标签名|标签名称|标签列表|自定义标签|客户标识|tag list|tag names|person - label|deal - label|"
    "customer tags|lead tags|用户标签|客户标签列表|标签(多个)|特征标签|画像标签|兴趣标签|行为标签",
    validity="线索是否有效|客户有效性|号码有效性|有效状态|有效/无效|线索质量是否有效|is valid|线索有效|有效线索|"
    "线索是否真实|valid lead",
    validity_reason="无效说明|无效线索原因|无效原因说明|无效理由|invalid reason|disqualified reason|unqualified reason|"
    "判无效原因|无效线索说明",
    decision_authority="决策人角色|决策地位|决策角色类型|联系人角色|角色关系|buying role|decision role",
    need_match="匹配程度|需求契合度|need fit|product fit",
    grade="temp|客户评级|客户评分等级|客户等级分类|客户价值等级|客户分类等级|客户分级等级|客户重要程度|客户质量等级|"
    "线索质量等级|意向分级|意向等级(ABC)|意向强度|意向类型等级|意向客户等级|购买意向等级|购买意向|成交意向|"
    "成交可能性等级|意愿度|意愿等级|意向星级|等级分类|客户优先等级|客户级次|会员等级评定|abc分类|abc等级|abc级|rating|"
    "lead rating|account rating|lead quality grade|customer level|customer grade|client grade|grade level|tier|"
    "customer tier|intent level|interest level|客户分类(ABC)|客户热度|线索热度|意向热度|意愿强度|购买意愿|成交可能|"
    "lead temperature|temperature|lead priority grade|account tier|lead tier|warmth|意向评级|意向评估|意向评定|"
    "客户意向度|客户意向等级",
    grade_evidence="评级依据|评级理由|分级理由|评级说明|grade reason",
    owner="客户成功|csm|bd|担当|担当者|对接销售|商务负责人|业务归属人|招生老师|跟进老师|客服|所属客服|所属顾问|"
    "负责人姓名|所属人|所有人|所有者|拥有者|归属销售|归属业务员|归属人员|归属员工|跟单员|跟单人|跟进员工|跟进顾问|"
    "跟进者|跟进业务员|当前跟进人|当前负责人|现负责人|客户归属|客户归属人|客户所有人|客户所有者|客户所属人|线索所有人|"
    "线索所有者|线索归属人|线索跟进人|销售线索所有人|商机负责人|商机所有人|商机所有者|业务负责人|业务人员|业务经理|"
    "业务代表|业务跟进人|所属业务员|所属销售员|所属员工|销售员|销售顾问|销售姓名|销售专员|销售经理|销售员姓名|"
    "跟进销售人员|分配人员|分配销售|分配给|指派给|负责销售员|负责顾问|负责员工|负责人名称|负责业务员|课程顾问|顾问|"
    "置业顾问|客服专员|客户顾问|专属顾问|招商经理|owner name|owner full name|record owner|contact owner|company owner|"
    "opportunity owner|lead owner name|sales owner|assigned user|assignee|assigned rep|account manager|"
    "account executive|sales manager|sales person|sales representative|rep|rep name|deal - owner|person - owner|"
    "owned by|responsible|responsible person|归属导购|导购|咨询师|所属咨询师|健康顾问|保险顾问|理财顾问|投资顾问|"
    "客户专员|招生专员|招生顾问|学习顾问|专管业务员|专管业务员名称|负责业务经理|所属业务经理|跟进客服|跟进销售姓名|"
    "所属跟进人|归属顾问|所属坐席|分配销售员|责任人|责任销售|业务对接人|我方负责人|我方对接人|salesperson name|"
    "sales person name|sales rep name|sales agent name|sales executive|sales consultant|agent name|advisor|account rep|"
    "account representative|lead assigned to|assigned sales rep|assigned salesperson|opportunity owner name|"
    "deal owner name|closer|consultant|assigned agent|assigned agent name|assigned agent email|owner email|"
    "assignee email|sales rep email|account owner email|lead owner email|deal owner email|contact owner email|管家|"
    "专属管家|分配管家|接待客服|接待人|接待顾问|接待销售|接单人|会籍顾问|私教顾问|美容顾问|分配到|分配至|分派给|派给|"
    "导购员|导购姓名",
    assigned_at="分派时间|分配时间日期|指派时间|领取时间|领取日期|认领时间|assigned date|assigned at|assigned on|"
    "assignment date|分配日期时间|派单时间|下发时间|领取客户时间|date assigned|lead assigned date",
    first_follow_up_due="首次跟进截止|首跟截止时间|首次跟进期限",
    need_detail="需求明细|需求详情描述|详细需求描述|客户需求明细|客户详细需求|具体需求描述|requirement details|"
    "detailed requirement|detailed requirements|need details",
    pain_points="痛点描述|痛点问题|客户痛点描述|业务痛点|需求痛点|存在问题|pain point|pain|challenges|"
    "customer pain points|客户问题|当前痛点|主要痛点|pain points/needs|key challenges|main challenge",
    decision_process="决策链|采购流程|客户决策流程|决策过程|decision making process|buying process|purchase process",
    purchase_timing="预计购车时间|预计购房时间|预计采购日期|计划采购日期|预计购买日期|购买时间节点|采购计划时间|"
    "采购周期时间|采购时间计划|购买时间|预计购买时间|计划购买时间|采购节点|采购时间点|购买时间计划|意向购买时间|"
    "purchase timeline|buying timeline|purchase timeframe|purchasing time frame|purchasing timeframe|timeline|"
    "purchase time frame|time frame|timeframe|采购时间计划安排|预计上线时间要求|计划采购周期|预计购买周期|计划购车时间|"
    "计划入学时间|buying timeframe|purchase time|when do you plan to buy|purchase date planned|采购时间窗|采购时间窗口|"
    "采购窗口期|采购意向时间",
    bottom_line="价格底线|谈判底线|客户价格底线",
    concessions="让步方案|优惠方案|让步条件|谈判让步",
    negotiation_progress="谈判进度|商务进展|商务谈判进展|谈判情况|谈判状况",
    price="sale price|award amount|成单金额|成单价格|签单金额|签单额|最终成交价|最终成交金额|实际成交金额|实际成交价|"
    "成交合同金额|合同总金额|合同总额|合同额|合同价|合同价格|合同价款|签约额|签约总额|签约价格|订单金额|订单总额|"
    "订单总金额|成交总金额|成交总价|closed amount|won amount|final price|deal price|order amount|order value|"
    "contract price|contract total|signed amount|sale amount|final amount|实际金额|实际成交额|实际签约金额|实收金额|"
    "报名金额|签约价|合同签订金额|actual revenue|actual value|actual amount|close revenue|closed revenue|closed value|"
    "won value|final deal value|final value|signed value",
    payment_terms="付款方式/条件|支付方式|支付条款|收款方式|收款条件|结算条款|结算条件|账期|回款方式|付款约定|"
    "payment method|payment terms|terms of payment|payment term|payment condition|payment conditions|credit terms|"
    "付款账期|结账方式|payment terms (days)",
    delivery_terms="交付时间要求|交货期限|交货时间要求|交付条款|交付期限|供货周期|交货条款|lead time|delivery time|"
    "delivery period|terms of delivery",
    service_terms="售后条款|售后承诺|售后服务条款|服务条款|质保条款|质保期|service terms|warranty terms|warranty",
    contract_sent_at="合同寄出日期|合同寄送日期|合同寄送时间|合同发出日期|合同发出时间|contract sent date|"
    "contract sent on",
    contract_signed_at="签单时间|签单日期|签订时间|合同签订时间|合同签署时间|合同签约日期|合同签约时间|合同日期|"
    "客户签署日期|签约日|成单时间|成单日期|下单时间|下单日期|contract signed date|contract signed on|date signed|"
    "signed on|signing date|sign date|won date|contract sign date|deal - won time|won time|缴费日期|签合同日期|"
    "合同签定日期|网签日期|认购日期|合同签订日|closed won date|deal won date|won on|contract signed|实际成交日期|"
    "实际成交时间|实际签约日期|实际签约时间|实际签单日期",
    delivered_at="实际交付时间|实际交付日期|交货日期|交货时间|交付完成时间|交付完成日期|发货日期|delivery date|"
    "delivered on|delivered date|go-live date|go live date",
    acceptance="客户验收|客户验收情况|验收|验收结论|acceptance result|acceptance status",
    survey_due="回访截止时间|满意度调研截止|回访截止日期",
    satisfaction="满意度得分|满意度分数|满意度打分|客户满意度评分|评价分|csat|csat score|satisfaction score|"
    "satisfaction rating|customer satisfaction",
    feedback="客户反馈|反馈内容|售后反馈内容|回访反馈|客户评价|用户反馈|意见反馈|customer feedback|feedback content|"
    "after-sales feedback",
    repurchase_intent="复购意愿|再购意向|续费意向|续费意愿|续签意向|续约意向|二次购买意向|renewal intent|"
    "repurchase intention",
    activities="跟进备注|跟进内容记录|最近一次跟进记录|最近一次跟进内容|最近一次沟通内容|最近沟通内容|最新沟通记录|"
    "最后跟进内容|最后一次跟进内容|最后一次跟进记录|历史跟进记录|客户跟进记录|跟进详情|跟进描述|跟进说明|跟踪记录|"
    "联系记录|回访记录|拜访记录|沟通内容|沟通情况|沟通备注|洽谈记录|洽谈内容|follow up notes|follow-up notes|"
    "follow up record|follow-up record|last activity note|activity notes|call notes|conversation notes|"
    "follow up content|latest follow up|latest follow-up|last follow up record|跟进记录内容|跟进小记|最新备注|"
    "最近沟通情况|最新进展|最新动态|近期进展|跟进反馈|跟踪情况|回访内容|回访情况|拜访内容|通话小结|通话记录内容|"
    "沟通纪要|recent note|latest note|last notes|latest notes|follow-up comments|follow up comments|followup notes|"
    "last conversation|latest comments|最近联系内容|最后联系内容|最近跟踪内容|最近回访内容|recent notes|"
    "recent activity notes|最近跟进反馈|最近沟通反馈|全部跟进记录|跟进事项|跟进过程|跟进历史",
    next_step="下一步工作|下一步工作计划|下一步安排|下一步跟进计划|下一步跟进|下步行动|下一步举措|下次跟进内容|"
    "下次跟进计划|下次联系内容|下次沟通内容|下次跟进事项|后续安排|后续跟进计划|后续动作|后续行动|待办|待办事项|"
    "待跟进事项|行动计划|next steps|next action item|next activity|action plan|follow up plan|next task|next move|to do|"
    "todo|下一步动作描述|下步工作|下步工作计划|下一步推进计划|推进计划|下阶段计划|下周计划|next step description|"
    "next milestone|action item|action items|follow-up action|follow up action|下周计划安排|下周工作计划|下月计划",
    next_step_due="下次时间|下次日期|下次沟通时间|下次沟通日期|下次回访日期|下次拜访时间|下次拜访日期|下次计划时间|"
    "下次联系|下次回访|下次联系日|下次跟踪时间|下次跟踪日期|下次提醒时间|提醒时间|计划跟进日期|计划联系时间|"
    "计划联系日期|计划回访时间|预约跟进时间|预约回访时间|预计下次跟进时间|下一次跟进时间|下一次联系时间|下一次跟进日期|"
    "下一步时间节点|下一步跟进时间|下一步跟进日期|下一步计划时间|跟进提醒|跟进提醒时间|next followup|next followup date|"
    "next follow up|next follow up date|next follow-up time|next follow up time|next contact|next contact time|"
    "next activity date|next step date|next call date|follow up date|follow-up date|followup date|"
    "deal - next activity date|reminder date|due date|next visit date|下次回访日|下次沟通日|下次跟踪日|预约到店时间|"
    "预约回电时间|下次预约时间|next action date|next activity deadline|next activity due|next activity due date|"
    "next task due date|next touch|next touch date|next meeting date|next meeting|next follow-up on|callback date|"
    "next appointment|next f/u date|next f/u|f/u date|next fu date",
    stage="sales stage|阶段名称|销售阶段名称|商机阶段名称|跟进进度|跟进进展|跟进进程|客户进度|线索进度|线索跟进状态|"
    "客户跟进状态|客户跟进阶段|跟进阶段状态|跟进状况|销售进度|销售进程|销售流程阶段|商机进度|商机进展|成交阶段|成交进度|"
    "项目阶段|项目进度|项目状态|所处阶段|目前阶段|目前状态|当前进展|当前进度|当前跟进阶段|业务阶段|机会阶段|"
    "销售机会阶段|漏斗阶段|转化阶段|生命周期阶段|客户生命周期|沟通状态|联系状态|线索跟进阶段|opportunity stage|"
    "deal - stage|deal stage name|lifecycle stage|funnel stage|customer stage|contact status|follow up status|"
    "follow-up status|followup status|stage name|current stage|customer status|lifecycle|progress|phase|转化状态|"
    "转化进度|跟进结果状态|跟进节点|销售节点|漏斗状态|商机所处阶段|推进阶段|推进状态|进展阶段|项目进展阶段|status_label|"
    "status label|pipeline phase|sales phase|deal phase|opportunity phase|process stage|pipeline status|pipeline step|"
    "buyer stage|journey stage|stage of deal|lead phase|prospect stage|开拓阶段|开发阶段|处理状态|处理进度|milestone|"
    "deal milestone|开发状态|开拓状态|客户开发状态",
    status="sold|sold (y/n)|won (y/n)|成交情况|赢单状态|结单状态|商机结果|商机结局|成交结果|deal - status|deal status|"
    "opportunity status|outcome|closed status|is won|won/lost|opportunity result|deal result|成单状态|签单状态|赢输状态|"
    "输赢|赢单/输单|win/loss|win loss|won / lost|status_type|final status|final outcome|won or lost|是否成交|是否赢单|"
    "是否签约|是否签单|是否已成交|是否成单|成交与否|是否下单|is won",
    closed_at="关闭日|结单时间|结单日期|关单时间|关单日期|赢单时间|赢单日期|输单时间|输单日期|丢单时间|流失时间|"
    "流失日期|closed date|closed on|closed at|closing date|actual close date|deal - deal closed on|deal - lost time|"
    "lost time|lost date|date closed|close time|关闭时间日期|成交/流失时间|结束日期时间|lost on|win/loss date|"
    "date of closing|deal closed on|实际结单日期|实际关闭日期|实际关闭时间|actual closed date|actual close",
    close_reason="丢失原因|战败原因|输单理由|丢单理由|流失理由|未成交理由|未成交的原因|失单原因|关闭原因|结单原因|"
    "放弃原因|closed lost reason|loss reason|reason lost|deal - lost reason|reason for loss|close lost reason|"
    "reason for losing|lost reason detail|未报名原因|未签约原因|未签单原因|未成单原因|未购买原因|战败理由|战败说明|"
    "失败理由|流失说明|输单原因分类|丢单原因分类|输单主要原因|客户流失原因|disqualification reason|lost reasons|"
    "reason for closing|closed reason|reason closed|why lost|closed-lost reason|closed (lost) reason|loss reasons|"
    "churn reason",
    expected_close_at="预计成交时间日期|预估成交时间|预估成交日期|预计结单日期|预计结单时间|预计签单日|预计签约日|"
    "预计签约|预计成单时间|预计成单日期|预计关闭日期|预计关闭时间|预计下单时间|预计下单日期|预计完成日期|预计成交|"
    "计划成交时间|计划成交日期|期望成交时间|期望成交日期|expected close|expected closing date|expected closing|"
    "expected closed date|estimated close date|estimated close|est. close date|forecast close date|projected close date|"
    "deal - expected close date|target close date|expected signing date|expected deal date|预计签单月份|预计成交月份|"
    "预计签约月份|预计合同签订时间|预计合同签订日期|预计下单日|预计成单日|预计采购完成时间|预测成交日期|预测成交时间|"
    "预计赢单日期|预计结单|forecasted close|forecasted close date|forecast close|estimated closing date|"
    "estimated closing|estimated close on|expected to close|anticipated close date|anticipated close|proj. close date|"
    "target close|expected closure date|expected closure|expected won date|est. closing date",
    remarks="备考|acct notes|备注1|备注内容|备注描述|客户备注|线索备注|商机备注|其他说明|其它说明|其它备注|补充说明|"
    "补充信息|附注|附加说明|补充备注|其他信息|其它信息|描述信息|客户描述|客户说明|memo|additional notes|additional info|"
    "additional information|other notes|remarks/notes|notes/remarks|customer notes|lead notes|general notes|处理备注|"
    "特殊备注|销售备注|客服备注|内部备注|备注/说明|notes/comments|comments/notes|internal notes|internal comments|"
    "remarks / notes|about us|备忘|备忘录|备忘信息",
    credit_code="统一信用代码|社会统一信用代码|统一社会信用代码证|统一社会信用代码/税号|企业信用代码|社会信用代码证号|"
    "营业执照号|营业执照号码|营业执照编号|工商注册号|纳税人识别号码|纳税识别号|纳税号|税务登记号|税务登记证号|公司税号|"
    "企业税号|客户税号|单位税号|开票税号|发票税号|tax number|tax no|tax no.|tax id number|taxpayer id|"
    "taxpayer identification number|unified credit code|social credit code|business license no|business license number|"
    "uscc code|纳税登记号|税务编号|纳税编号|vat no|vat id|vat reg no|企业税务登记号|信用代码证号",
)  # fmt: skip
"""By field, further names of a column that mean it."""
