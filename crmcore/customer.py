"""The customer record: one row of the funnel table, each field described where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from crmcore.fieldspec import Choice, Group, Kind, Verb, described
from crmcore.money import Money, MoneyRange
from crmcore.records import (
    Activity,
    ContractChange,
    Debt,
    GradeRecord,
    Link,
    Objection,
    Proposal,
    ValidityCheck,
)
from crmcore.wording import Text

GROUPS = (
    Group("basic", Text("客户基本信息", "Customer")),
    Group("contact", Text("联系方式", "Contact")),
    Group("lead", Text("线索信息", "Lead")),
    Group("screening", Text("筛选分级", "Screening and grade")),
    Group("needs", Text("需求与方案", "Needs and solution")),
    Group("negotiation", Text("商务谈判", "Negotiation")),
    Group("contract", Text("合同", "Contract")),
    Group("after_sales", Text("成交与售后", "After-sales")),
    Group("follow_up", Text("跟进", "Follow-up")),
    Group("standing", Text("状态", "Standing")),
)


def _choices(*rows: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(key, Text(zh, en), tuple(aliases)) for key, zh, en, *aliases in rows)


LEVELS = _choices(
    ("high", "高", "High", "h", "3"),
    ("medium", "中", "Medium", "m", "2"),
    ("low", "低", "Low", "l", "1"),
)
VALIDITY = _choices(
    ("unchecked", "未核实", "Unchecked", "待核实", "未校验"),
    ("valid", "有效", "Valid", "有效线索"),
    ("invalid", "无效", "Invalid", "无效线索"),
)
VALIDITY_CHECKS = _choices(
    ("company_exists", "企业存在", "The company exists", "企业真实", "company"),
    ("contact_decides", "联系人有决策权", "The contact decides", "联系人", "contact"),
    ("number_reachable", "联系方式有效", "The number is reachable", "电话有效", "number", "phone"),
)
CHECK_OUTCOMES = _choices(
    ("pass", "通过", "Passed", "y", "yes", "是", "passed"),
    ("fail", "不通过", "Failed", "n", "no", "否", "failed"),
    ("unclear", "不确定", "Unclear", "?", "unknown"),
)
AUTHORITY = _choices(
    ("decides", "决策者", "Decides", "决策人", "有决策权", "decider", "decision maker"),
    ("influences", "影响者", "Influences", "影响人", "influencer"),
    ("uses", "使用者", "Uses", "使用人", "user"),
    ("none", "无决策权", "None", "无权限"),
)
FIT = _choices(
    ("sufficient", "充足", "Sufficient", "足够"),
    ("partial", "部分", "Partial", "部分满足", "一般"),
    ("insufficient", "不足", "Insufficient", "不充足"),
)
GRADES = _choices(
    ("A", "A", "A", "A类", "A级", "a类客户", "重点客户", "高意向", "高"),
    ("B", "B", "B", "B类", "B级", "b类客户", "中意向", "中"),
    ("C", "C", "C", "C类", "C级", "c类客户", "低意向", "低"),
)
ACCEPTANCE = _choices(
    ("accepted", "验收通过", "Accepted", "通过", "合格"),
    ("rejected", "验收不通过", "Rejected", "不通过", "不合格"),
    ("pending", "待验收", "Pending", "验收中"),
)
STATUS = _choices(
    ("open", "进行中", "Open", "跟进中"),
    ("won", "成交", "Won", "已成交", "赢单"),
    ("lost", "流失", "Lost", "输单", "已流失", "丢单"),
    ("invalid", "无效", "Invalid", "无效客户"),
)
ACTIVITY_KINDS = _choices(
    ("call", "电话", "Call"),
    ("visit", "拜访", "Visit", "上门"),
    ("meeting", "会议", "Meeting"),
    ("message", "消息", "Message", "微信", "邮件", "email"),
    ("note", "备注", "Note"),
)

K = Kind


@frozen(kw_only=True, weakref_slot=False)
class Customer:
    """One customer. Unknown is None (or an empty tuple), and unknown is never false.

    Money has a currency, moments are timezone-aware (UTC), `revision` is that of the last commit
    that touched the record (0 before the first). Change one with `attrs.evolve` or `with_values`;
    only `Crm` stores it.
    """

    # basic
    id: str = described(
        K.TEXT, "basic", "客户编号", "ID", ("系统内唯一的编号", "Unique number in this workspace"),
        "20240501001", default="", verb=Verb.SYSTEM, aliases=("编号", "customer id", "客户ID"),
    )  # fmt: skip
    external_id: str | None = described(
        K.TEXT, "basic", "外部编号", "External ID",
        ("来源表格或系统里的编号", "The key that a sheet or another system knows it by"), "OA-001",
        aliases=("线索编号", "编码", "opportunity_id", "lead number", "external id",
                 "外部ID", "线索ID", "商机编号", "商机ID", "客户代码", "客户编码", "lead id", "deal id", "record id"),
    )  # fmt: skip
    company: str | None = described(
        K.TEXT, "basic", "企业名称", "Company", ("客户企业全称", "Full name of the company"),
        "上海某某科技有限公司",
        aliases=("公司", "公司名称", "客户公司", "客户名称", "企业", "单位名称", "单位", "学校",
                 "account", "company name", "organisation", "organization",
                 "企业全称", "公司全称", "客户全称", "单位全称", "机构名称", "客户单位", "所属公司", "所在公司",
                 "工作单位", "公司名", "企业名", "account name"),
    )  # fmt: skip
    contact: str | None = described(
        K.TEXT, "basic", "联系人", "Contact", ("主要联系人姓名", "Name of the main contact"), "王经理",
        aliases=("姓名", "客户姓名", "联系人姓名", "联系人名称", "对接人", "name", "contact name", "full name",
                 "联系人名", "联络人", "主要联系人", "首要联系人", "客户联系人", "contact person"),
    )  # fmt: skip
    position: str | None = described(
        K.TEXT, "basic", "职位", "Position", ("联系人的职位", "Position of the contact"), "采购总监",
        aliases=("职务", "岗位", "title", "job title",
                 "职称", "头衔", "job role", "designation"),
    )  # fmt: skip
    credit_code: str | None = described(
        K.TEXT, "basic", "统一社会信用代码", "Credit code",
        ("企业的统一社会信用代码（18 位），也是税号", "Unified social credit code of a Chinese company, 18 characters; its tax number too"),
        "91310000132238005F",
        aliases=("信用代码", "社会信用代码", "税号", "纳税人识别号", "企业税号", "组织机构代码", "uscc",
                 "unified social credit code", "tax id", "tax number", "vat number"),
    )  # fmt: skip
    industry: str | None = described(
        K.TEXT, "basic", "行业类型", "Industry", ("客户所属行业", "Industry of the company"), "制造业",
        aliases=("行业", "所属行业", "客户行业", "sector",
                 "行业分类", "行业类别", "所处行业", "industry type"),
    )  # fmt: skip
    employees: int | None = described(
        K.INTEGER, "basic", "企业规模(人数)", "Employees", ("员工人数", "Number of employees"), "500",
        aliases=("企业规模", "规模", "人数", "员工人数", "headcount", "company size",
                 "员工数", "员工规模", "人员规模", "公司人数", "公司规模", "number of employees"),
    )  # fmt: skip
    annual_revenue: Money | None = described(
        K.MONEY, "basic", "年营收", "Annual revenue", ("企业一年的营业收入", "Revenue of one year"), "5000万",
        aliases=("年收入", "营收", "年营业额", "revenue",
                 "年营业收入", "营业收入", "年销售额", "年产值"),
    )  # fmt: skip
    region: str | None = described(
        K.TEXT, "basic", "区域", "Region", ("客户所在区域", "Where the customer is"), "华东",
        aliases=("地区", "国家/地区", "省份", "城市", "所在地", "地区来源", "regional_office", "country",
                 "国家代码",
                 "国家", "省", "省市", "所在城市", "所在地区", "所在区域", "所在省份", "所属区域", "所属地区",
                 "大区", "city", "state", "province"),
    )  # fmt: skip
    # contact
    phone: str | None = described(
        K.TEXT, "contact", "电话", "Phone", ("手机或座机", "Mobile or land line"), "13800138000",
        aliases=("手机", "手机号", "手机号码", "联系电话", "联系方式", "客户电话", "电话号码", "mobile",
                 "phone number", "tel", "telephone",
                 "移动电话", "座机", "固话", "固定电话", "联系手机", "cell", "cell phone", "mobile phone",
                 "mobile number", "contact number", "phone no.", "telephone number"),
    )  # fmt: skip
    wechat: str | None = described(
        K.TEXT, "contact", "微信", "WeChat", ("微信号", "WeChat id"), "wang_jl",
        aliases=("微信号", "weixin",
                 "微信ID", "微信账号", "wechat id"),
    )  # fmt: skip
    email: str | None = described(
        K.TEXT, "contact", "邮箱", "Email", ("电子邮箱", "E-mail address"), "wang@example.com",
        aliases=("电子邮箱", "邮件", "e-mail", "mail", "email address",
                 "电子邮件", "邮箱地址", "邮件地址", "联系邮箱"),
    )  # fmt: skip
    # lead
    source: str | None = described(
        K.TEXT, "lead", "来源渠道", "Source", ("线索从哪里来", "Where the lead came from"), "展会",
        aliases=("来源", "来源平台", "线索来源", "客户来源", "来源触点", "渠道", "lead source", "channel",
                 "获客渠道", "获客来源", "渠道来源", "线索渠道", "客户渠道", "推广渠道", "来源途径", "来源方式"),
    )  # fmt: skip
    first_contact_at: datetime | None = described(
        K.MOMENT, "lead", "首次接触时间", "First contact", ("第一次接触客户的时间", "When the customer was first met"),
        "2024-05-01", aliases=("创建时间", "录入时间", "engage_date", "created", "create time", "lead date",
                 "首次接触日期", "首次联系时间", "首次联系日期", "首次咨询时间", "录入日期", "登记时间",
                 "登记日期", "创建日期", "created date", "date created", "create date", "first contact date"),
    )  # fmt: skip
    initial_need: str | None = described(
        K.LONG_TEXT, "lead", "初步需求", "Initial need", ("客户最初表达的需求", "What the customer asked for first"),
        "需要一套生产排程系统",
        aliases=("需求", "客户需求", "需求说明", "需求描述", "需求摘要", "线索内容", "product", "产品", "need",
                 "诉求", "客户诉求", "咨询内容", "需求内容", "意向产品", "意向需求", "needs", "requirement",
                 "requirements"),
    )  # fmt: skip
    budget: MoneyRange | None = described(
        K.MONEY_RANGE, "lead", "预计预算范围", "Budget", ("客户预计投入的范围", "What the customer expects to spend"),
        "10万-20万", aliases=("预算", "预算范围", "预估金额", "预计金额", "金额", "amount", "estimated value",
                 "预算金额", "客户预算", "项目预算", "预计成交金额", "预估成交金额", "商机金额", "意向金额",
                 "deal size", "expected amount", "deal amount"),
    )  # fmt: skip
    priority: str | None = described(
        K.CHOICE, "lead", "线索优先级", "Priority", ("跟进的优先级", "How urgent following up is"), "高",
        choices=LEVELS, aliases=("优先级",
                 "紧急程度", "跟进优先级"),
    )  # fmt: skip
    tags: tuple[str, ...] = described(
        K.TAGS, "lead", "标签", "Tags", ("自由标签", "Free labels"), "展会; 高意向", default=(),
        aliases=("tag", "labels", "客户标签",
                 "线索标签"),
    )  # fmt: skip
    # screening
    validity: str | None = described(
        K.CHOICE, "screening", "有效性", "Validity", ("线索是否核实为有效", "Whether the lead was checked to be real"),
        "有效", choices=VALIDITY, aliases=("线索有效性", "是否有效"),
    )  # fmt: skip
    validity_reason: str | None = described(
        K.TEXT, "screening", "有效性说明", "Validity reason", ("空号、联系人不符等", "Empty number, wrong contact…"), "空号",
        aliases=("无效原因",),
    )  # fmt: skip
    validity_checks: tuple[ValidityCheck, ...] = described(
        K.RECORDS, "screening", "核实记录", "Validity checks",
        ("企业是否存在、联系人能否决策、电话能否打通，及依据",
         "Whether the company exists, the contact decides, the number is reachable, and how that is known"),
        default=(), record=ValidityCheck, verb=Verb.APPEND,
    )  # fmt: skip
    decision_authority: str | None = described(
        K.CHOICE, "screening", "决策权限", "Decision authority", ("联系人在采购中的角色", "The contact's say in the purchase"),
        "决策者", choices=AUTHORITY,
        aliases=("决策角色",),
    )  # fmt: skip
    need_match: str | None = described(
        K.CHOICE, "screening", "需求匹配度", "Need match", ("需求与我们产品的匹配", "How well we can meet the need"), "高",
        choices=LEVELS, aliases=("匹配度",),
    )  # fmt: skip
    budget_fit: str | None = described(
        K.CHOICE, "screening", "预算充足性", "Budget fit", ("预算够不够", "Whether the budget suffices"), "充足",
        choices=FIT,
    )  # fmt: skip
    grade: str | None = described(
        K.CHOICE, "screening", "等级", "Grade", ("A 30 天内 / B 30–60 天 / C 60 天以上成交", "A within 30 days, B 30–60, C beyond"),
        "A", choices=GRADES, verb=Verb.GRADE,
        aliases=("客户等级", "客户级别", "意向等级", "意向度", "级别", "评级", "分级",
                 "客户分级", "意向级别", "意向程度", "线索等级", "线索级别", "客户意向", "lead grade"),
    )  # fmt: skip
    grade_evidence: str | None = described(
        K.LONG_TEXT, "screening", "评估依据", "Grade evidence", ("为什么是这个等级", "Why this grade"),
        "500 人以上企业 +20; 预算充足 +25", verb=Verb.GRADE, aliases=("分级依据",),
    )  # fmt: skip
    grading: GradeRecord | None = described(
        K.RECORD, "screening", "评分明细", "Grading", ("评分卡、版本与每条规则", "Scorecard, version and each rule"),
        verb=Verb.GRADE, record=GradeRecord,
    )  # fmt: skip
    owner: str | None = described(
        K.TEXT, "screening", "负责人", "Owner", ("跟进的销售", "Who follows up"), "李娜", verb=Verb.ASSIGN,
        aliases=("客户经理", "销售", "跟进人", "业务员", "sales_agent", "sales rep", "负责人邮箱",
                 "销售负责人", "销售人员", "销售代表", "跟进人员", "跟进销售", "所属销售", "负责销售", "归属人",
                 "线索负责人", "account owner", "lead owner", "deal owner", "assigned to", "salesperson"),
    )  # fmt: skip
    assigned_at: datetime | None = described(
        K.MOMENT, "screening", "分配时间", "Assigned", ("分配给负责人的时间", "When the owner got it"), "2024-05-01 10:00",
        verb=Verb.ASSIGN,
        aliases=("分配日期",),
    )  # fmt: skip
    first_follow_up_due: datetime | None = described(
        K.MOMENT, "screening", "首次跟进截止时间", "First follow-up due",
        ("分配后 24 小时内", "Within 24 hours of the assignment"), "2024-05-02 10:00",
    )  # fmt: skip
    # needs
    need_detail: str | None = described(
        K.LONG_TEXT, "needs", "客户需求详情", "Need in detail", ("沟通后的具体需求", "The need as worked out together"),
        "三条产线的排程与看板", aliases=("需求详情", "详细需求",
                 "具体需求"),
    )  # fmt: skip
    pain_points: str | None = described(
        K.LONG_TEXT, "needs", "痛点", "Pain points", ("客户现在最难受的地方", "What hurts today"), "排程靠手工，交期常延误",
        aliases=("客户痛点",),
    )  # fmt: skip
    decision_process: str | None = described(
        K.LONG_TEXT, "needs", "决策流程", "Decision process", ("谁参与、怎么决定", "Who decides, and how"), "部门初选，总经理审批",
    )  # fmt: skip
    purchase_timing: str | None = described(
        K.TEXT, "needs", "采购时间节点", "Purchase timing", ("客户计划何时采购", "When the customer plans to buy"), "6 月底前",
        aliases=("采购时间", "计划采购时间", "预计采购时间"),
    )  # fmt: skip
    proposals: tuple[Proposal, ...] = described(
        K.RECORDS, "needs", "方案", "Proposals", ("发出的方案与反馈", "Proposals sent, and what came back"), default=(),
        record=Proposal, verb=Verb.APPEND,
    )  # fmt: skip
    objections: tuple[Objection, ...] = described(
        K.RECORDS, "needs", "异议", "Objections", ("客户异议与回应", "Doubts and the answers given"), default=(),
        record=Objection, verb=Verb.APPEND,
    )  # fmt: skip
    # negotiation
    bottom_line: str | None = described(
        K.TEXT, "negotiation", "客户底线", "Bottom line", ("客户不能让的", "What the customer will not give up"), "不超过 15万",
    )  # fmt: skip
    concessions: str | None = described(
        K.LONG_TEXT, "negotiation", "谈判方案", "Concessions", ("我们能让什么", "What we can give"), "首年免维护费",
    )  # fmt: skip
    negotiation_progress: str | None = described(
        K.LONG_TEXT, "negotiation", "谈判进展", "Negotiation progress", ("谈到哪一步", "How far it is"), "价格已谈妥，付款方式待定",
    )  # fmt: skip
    price: Money | None = described(
        K.MONEY, "negotiation", "成交价", "Price", ("双方同意的价格", "The price agreed"), "15万",
        aliases=("成交价格", "成交金额", "合同金额", "close_value", "deal value",
                 "成交额", "签约金额", "成交总额", "contract amount", "contract value", "agreed price"),
    )  # fmt: skip
    payment_terms: str | None = described(
        K.TEXT, "negotiation", "付款方式", "Payment terms", ("怎么付、分几期", "How and when it is paid"), "3-6-1",
        aliases=("付款条件", "付款条款", "结算方式"),
    )  # fmt: skip
    delivery_terms: str | None = described(
        K.TEXT, "negotiation", "交付周期", "Delivery terms", ("多久交付", "When it is delivered"), "签约后 30 天",
        aliases=("交货周期", "交期", "交付期"),
    )  # fmt: skip
    service_terms: str | None = described(
        K.TEXT, "negotiation", "售后服务", "Service terms", ("售后承诺", "What service is promised"), "一年免费维护",
    )  # fmt: skip
    # contract
    contract_sent_at: datetime | None = described(
        K.MOMENT, "contract", "合同发送日期", "Contract sent", ("合同发给客户的日期", "When the contract was sent"), "2024-06-01",
        aliases=("合同发送时间",),
    )  # fmt: skip
    contract_signed_at: datetime | None = described(
        K.MOMENT, "contract", "客户签署时间", "Contract signed", ("客户签署的时间", "When the customer signed"), "2024-06-05",
        aliases=("签约时间", "签署日期", "成交时间",
                 "签约日期", "签订日期", "签署时间", "合同签订日期", "合同签署日期", "成交日期", "signed date",
                 "contract date"),
    )  # fmt: skip
    contract_changes: tuple[ContractChange, ...] = described(
        K.RECORDS, "contract", "修改条款及原因", "Contract changes", ("改了哪条、为什么", "Which clause, and why"), default=(),
        record=ContractChange, verb=Verb.APPEND,
    )  # fmt: skip
    # after-sales
    delivered_at: datetime | None = described(
        K.MOMENT, "after_sales", "交付时间", "Delivered", ("交付完成的时间", "When it was delivered"), "2024-07-01",
        aliases=("交付日期",),
    )  # fmt: skip
    acceptance: str | None = described(
        K.CHOICE, "after_sales", "客户验收结果", "Acceptance", ("客户验收的结果", "What the customer's acceptance said"), "验收通过",
        choices=ACCEPTANCE, aliases=("验收结果",
                 "验收情况", "验收状态"),
    )  # fmt: skip
    survey_due: datetime | None = described(
        K.MOMENT, "after_sales", "调研截止", "Survey due", ("交付后 3 个工作日", "3 working days after delivery"), "2024-07-04",
    )  # fmt: skip
    satisfaction: int | None = described(
        K.INTEGER, "after_sales", "满意度", "Satisfaction", ("1–5 分", "A score of 1 to 5"), "5",
        aliases=("满意度评分",
                 "客户满意度"),
    )  # fmt: skip
    feedback: str | None = described(
        K.LONG_TEXT, "after_sales", "售后反馈", "Feedback", ("客户的反馈", "What the customer said"), "上线顺利",
    )  # fmt: skip
    repurchase_intent: str | None = described(
        K.CHOICE, "after_sales", "复购意向", "Repurchase intent", ("再次购买的意向", "How likely they buy again"), "高",
        choices=LEVELS,
    )  # fmt: skip
    referrals: tuple[str, ...] = described(
        K.TAGS, "after_sales", "转介绍线索", "Referrals", ("介绍来的新线索编号", "Ids of the leads they referred"), default=(),
        verb=Verb.SYSTEM,
    )  # fmt: skip
    # follow-up
    activities: tuple[Activity, ...] = described(
        K.RECORDS, "follow_up", "跟进记录", "Activities", ("电话、拜访、会议…", "Calls, visits, meetings…"), default=(),
        record=Activity, verb=Verb.APPEND, aliases=("最新跟进记录", "最近回复",
                 "最近跟进记录", "最近跟进内容", "最新跟进内容", "跟进内容", "沟通记录", "跟进情况", "最后跟进记录", "last note"),
    )  # fmt: skip
    next_step: str | None = described(
        K.TEXT, "follow_up", "下一步", "Next step", ("计划中的下一个动作", "The one action planned next"), "周四演示",
        aliases=("下一步动作", "下一步计划", "next action",
                 "下步计划", "下一步行动", "后续计划", "跟进计划"),
    )  # fmt: skip
    next_step_due: datetime | None = described(
        K.MOMENT, "follow_up", "下一步时间", "Next step due", ("下一步何时做", "When it is due"), "明天 10:00",
        aliases=("due", "下次跟进时间", "下次联系时间", "跟进日期", "下次跟进",
                 "下次跟进日期", "下次联系日期", "下次回访时间", "计划跟进时间", "next follow-up",
                 "next follow-up date", "next contact date"),
    )  # fmt: skip
    # standing
    pipeline: str = described(
        K.TEXT, "standing", "漏斗", "Pipeline", ("所在的销售漏斗", "The pipeline it is on"), "standard", default="standard",
        verb=Verb.SYSTEM,
    )  # fmt: skip
    stage: str = described(
        K.TEXT, "standing", "阶段", "Stage", ("所在阶段", "The stage it is in"), "lead", default="lead", verb=Verb.MOVE,
        aliases=("当前阶段", "跟进状态", "客户状态", "线索状态", "销售阶段", "deal_stage", "合作状态",
                 "商机阶段", "跟进阶段", "客户阶段", "线索阶段", "销售状态", "当前状态", "pipeline stage",
                 "lead status", "lead stage", "sales stage"),
    )  # fmt: skip
    status: str = described(
        K.CHOICE, "standing", "状态", "Status", ("进行中、成交、流失或无效", "Open, won, lost or invalid"), "进行中",
        default="open", choices=STATUS, verb=Verb.CLOSE,
        aliases=("商机状态", "成交状态"),
    )  # fmt: skip
    closed_at: datetime | None = described(
        K.MOMENT, "standing", "结束时间", "Closed", ("成交、流失或无效的时间", "When it was won, lost or found invalid"), "2024-06-05",
        verb=Verb.CLOSE, aliases=("close_date", "关闭时间",
                 "关闭日期"),
    )  # fmt: skip
    close_reason: str | None = described(
        K.TEXT, "standing", "结束原因", "Close reason", ("流失或无效的原因", "Why it was lost or invalid"), "价格过高",
        verb=Verb.CLOSE, aliases=("流失原因", "输单原因", "lost reason",
                 "丢单原因", "失败原因", "未成交原因"),
    )  # fmt: skip
    expected_close_at: datetime | None = described(
        K.MOMENT, "standing", "预计成交时间", "Expected close", ("预计什么时候成交", "When it is expected to be won"), "2024-06-30",
        aliases=("预计成交日期", "预计签约时间", "expected close date",
                 "预计成交日", "预计签单日期", "预计签单时间", "预计签约日期"),
    )  # fmt: skip
    remarks: str | None = described(
        K.LONG_TEXT, "standing", "备注", "Remarks", ("其他说明", "Anything else"), "",
        aliases=("说明", "公司简介", "描述", "notes", "comment", "description",
                 "备注信息", "备注说明", "其他备注", "note", "remark", "comments"),
    )  # fmt: skip
    links: tuple[Link, ...] = described(
        K.RECORDS, "standing", "关联客户", "Links", ("转介绍、复购、重复", "Referrals, repurchases, duplicates"), default=(),
        record=Link, verb=Verb.SYSTEM,
    )  # fmt: skip
    debts: tuple[Debt, ...] = described(
        K.RECORDS, "standing", "欠缺项", "Gate debt", ("越过关口时未满足的要求", "Requirements passed unmet"), default=(),
        record=Debt, verb=Verb.SYSTEM,
    )  # fmt: skip
    entered_stage_at: datetime | None = described(
        K.MOMENT, "standing", "进入阶段时间", "Entered stage", ("进入当前阶段的时间", "When it came to this stage"), "",
        verb=Verb.SYSTEM,
    )  # fmt: skip
    furthest_stage: str | None = described(
        K.TEXT, "standing", "到过的最远阶段", "Furthest stage",
        ("退回之前到过的最远阶段；没有退回过则为空", "How far it had come before it was moved back; empty if it never was"),
        "", verb=Verb.SYSTEM,
    )  # fmt: skip
    completed_at: datetime | None = described(
        K.MOMENT, "standing", "本轮完成时间", "Round completed", ("售后闭环的时间", "When after-sales closed the round"), "",
        verb=Verb.SYSTEM,
    )  # fmt: skip
    created_at: datetime | None = described(
        K.MOMENT, "standing", "建档时间", "Recorded", ("录入系统的时间", "When it was first recorded here"), "",
        verb=Verb.SYSTEM,
    )  # fmt: skip

    extra: Mapping[str, Any] = field(factory=dict, kw_only=True)
    """Plugin and sheet fields by their namespaced key; those of absent plugins are kept as stored."""
    revision: int = field(default=0, kw_only=True)

    def value_of(self, key: str) -> Any:
        """The value of the stored field *key*, core or namespaced; None when unknown."""
        if "." in key:
            return self.extra.get(key)
        return getattr(self, key)

    def with_values(self, **values: Any) -> Customer:
        """A copy with these fields changed; namespaced keys go to `extra`, None removes them."""
        own = {key: value for key, value in values.items() if "." not in key}
        theirs = {key: value for key, value in values.items() if "." in key}
        if theirs:
            merged = {**self.extra, **theirs}
            own["extra"] = {key: value for key, value in merged.items() if value is not None}
        return evolve(self, **own)

    def completed(self, **values: Any) -> Customer:
        """This customer itself, no copy, with these core fields set.

        For who just made it and has shown it to nobody that keeps it: a copy of so many fields costs
        as much as reading a row of a sheet. Everybody else changes a copy, by `with_values`.
        """
        for key, value in values.items():
            object.__setattr__(self, key, value)
        return self

    @property
    def value(self) -> Money | None:
        """Agreed price, else the last proposal's price, else the budget's middle, else unknown."""
        if self.price is not None:
            return self.price
        for proposal in reversed(self.proposals):
            if proposal.price is not None:
                return proposal.price
        return self.budget.middle if self.budget is not None else None

    @property
    def title(self) -> str:
        """What to call it in a list: the company, else the contact, else the id."""
        return self.company or self.contact or self.id
