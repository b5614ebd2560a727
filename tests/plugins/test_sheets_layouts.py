"""Sheets as other programs lay them out: their headers are understood, none wrongly, and so are their cells."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Reading, ReadRequest
from crmcore.money import parse_money
from crmcore.pipeline import STANDARD
from crmcore_sheets.headers import HeaderNames
from crmcore_sheets.phrasing import reworded, whose
from crmcore_sheets.reading import profile_of, read_sheet
from crmcore_sheets.remarks import unit_behind

FIELDS = FieldCatalogue()


@pytest.fixture
def sheet(tmp_path: Path):
    """Reads a sheet of this text."""

    def make(text: str) -> Reading:
        path = tmp_path / "sheet.csv"
        path.write_text(text, "utf-8")
        now = datetime(2026, 6, 8, tzinfo=UTC)
        return read_sheet(path, ReadRequest(FIELDS, Dialect(zone=UTC), now, STANDARD))

    return make


# By layout: each header with what a person would say it is ("-" for no field of ours, "a/b" for either of two),
# a row of cells, and what it says as text, as far as that is not plain.
LAYOUTS = {
    "an opportunity report": (
        ("Opportunity Owner=owner|Account Name=company|Opportunity Name=-|Stage=stage|Amount=budget|"
        "Probability (%)=-|Age=-|Close Date=closed_at|Created Date=first_contact_at|Next Step=next_step|"
        "Lead Source=source|Type=-|Closed=-"),
        'Dana Cole,Falk Bakery,POS,Closed Won,"USD 5,200.50",100,61,2/28/2026,12/29/2025,,Trade Show,New,true',
        "status=won stage=after_sales budget=$5,200.5 closed_at=2026-02-28 contract_signed_at=2026-02-28",
    ),
    "an export of deals": (
        ("Deal - ID=external_id|Deal - Title=-|Deal - Value=price|Deal - Currency of Value=-|"
        "Deal - Organization=company|Deal - Contact person=contact|Deal - Stage=stage|Deal - Status=status|"
        "Deal - Lost reason=close_reason|Deal - Expected close date=expected_close_at|Deal - Weighted value=-"),
        "41,POS,5200,EUR,Falk Bakery,Ines Falk,Contact Made,Won,,June 2026,2600",
        "price=€5,200 status=won stage=after_sales expected_close_at=2026-06-30",
    ),
    "a list of deals": (
        ("Title=-|Contact=contact|Company=company|Stage=stage|Tier=grade|Est. Deal Value (USD)=budget|"
        "Expected Close=expected_close_at|Date Added=first_contact_at|Opportunity=-"),
        "POS,Ines Falk,Falk Bakery,3. Proposal sent (50%),TIER1,$5k,Q3 2026,2026-03-02,x",
        "stage=solution grade=A budget=$5,000 expected_close_at=2026-09-30",
    ),
    "answers to a form": (
        ("Your name=contact|Primary Contact Email=email|phone_number=phone|What is your company name?=company|"
        "what_is_your_budget?=budget|Campaign Name=-|created_time=first_contact_at"),
        "Cleo Hart,cleo@hart.example,p:+15555550101,Hart Co,$5k-$10k,spring,2026-04-02T12:10:05-07:00",
        "phone=+15555550101 budget=$5,000-$10,000",
    ),
    "an address book": (
        ("Name=contact|Organization 1 - Name=company|Organization 1 - Title=position|E-mail 1 - Value=email|"
        "Phone 1 - Type=-|Phone 1 - Value=phone|Phone 2 - Value=-|Notes=remarks"),
        "Ava Blum,Blum Foods,Chef,ava@blum.example,Mobile,+43 1 555 0123,,met at a fair",
        "",
    ),
    "a form in Chinese": (
        (
            "1、您的姓名=contact|2、联系电话=phone|您所在的公司=company|您感兴趣的产品=initial_need|您的预算=budget|您的性别=-|"
            "您从哪里了解到我们=source|提交时间=first_contact_at"
        ),
        "钱明远,13900001234,青禾,贴标机,5-10万,男,朋友,2026-04-02 10:00",
        "budget=5万-10万",
    ),
    "opportunities with a milestone": (
        (
            "ID=external_id|Name=-|Party Name=company|Milestone=stage|Probability=-|Expected Value (USD K)=budget|"
            "How did you hear about us?=source|Primary Industry=industry"
        ),
        "1,POS,Acme,Proposal,50,250,Web,IT",
        "stage=solution budget=$250,000",
    ),
    "参展商": (
        (
            "业务员（必须与系统账号一致）=owner|参展企业全称=company|商户联系人=contact|WhatsApp=phone|业务机会编号=external_id|"
            "客户成交状态=status|地区名称=region|客户满意度（1-5星）=satisfaction|代理商公司名称（代理商招展时填写）=-|产品名称=-"
        ),
        "何静,青禾机电,钱明远,+43 1 555 0123,S1,未成交,江苏,5,,贴标机",
        "status=open satisfaction=5",
    ),
    "results alone": (
        ("Opportunity Number=external_id|Region=region|Opportunity Result=status|Opportunity Amount USD=budget|"
        "Client Size By Revenue=-|Elapsed Days In Sales Stage=-"),
        "1641984,Northwest,Loss,7750,5,76",
        "status=lost budget=$7,750",
    ),
    "customers and their deals": (
        ("Customer=company|Contact Name=contact|Customer ID=external_id|Status=stage/status|Deal Currency=-|"
        "Amount=budget|Owner Email=owner|Priority=priority"),
        "Falk Bakery,Ines Falk,7,In Process,Pound Sterling,\"1.234,50\",d@x.example,🔥 Urgent!",
        "stage=screening budget=£1,234.5 priority=high",
    ),
    "线索导出": (
        ("线索ID=external_id|线索提交时间=first_contact_at|访客姓名=contact|访客电话=phone|访客地域=region|广告计划名称=-|"
        "线索阶段=stage|所属人=owner|通话状态=-|用户标签=tags|留言=initial_need|线索成本=-"),
        "7300001,2026-04-02 10:12:33,钱先生,13900001234,江苏苏州,春季计划,已加微,何静,已接通,有意向,想了解价格,35",
        "stage=screening",
    ),
    "商机导出": (
        ("商机编号=external_id|商机名称=-|关联客户=company|机会来源=source|商机阶段=stage|预估金额(USD)=budget|预期成交日期=expected_close_at|"
        "商机所有人=owner|结单日期=closed_at|赢率=-|实际成交日期=contract_signed_at|当前标签=tags|预估利润=-"),
        "S1,产线,青禾机电,展会,谈判/合同审批,12000,2026年6月,何静,,50%,,老客,2000",
        "stage=negotiation budget=$12,000 expected_close_at=2026-06-30",
    ),
    "客户档案": (
        ("客户名称=-|客户企业=company|手机号=phone|添加渠道=source|客户阶段=stage|成为客户时间=first_contact_at|归属导购=owner|会员等级=-|"
        "是否成交=status|是否有效=validity|紧急程度=priority"),
        "小钱,青禾机电,13900001234,扫码,意向客户,2026-01-02,何静,VIP1,是,是,一般",
        "status=won stage=after_sales validity=valid priority=medium",
    ),
    "销售报表": (
        ("日期=-|客户=company|联系人=contact|预计合同额（万元）=budget|币种=-|目前阶段=stage|预计签单月份=expected_close_at|来源(1官网/2展会/3介绍)=source|"
        "产品=-"),
        "2026/4/2,青禾机电,钱明远,15,美元,2、方案报价,2026-06,2,贴标机",
        "stage=solution budget=$150,000 expected_close_at=2026-06-30",
    ),
    "招投标": (
        ("招标项目名称=-|招标单位=company|招标代理机构=-|项目所在地=region|投标负责人=owner|是否中标=status|"
        "中标金额（万元）=price|"
        "未中标原因=close_reason|开标时间=-|中标单位=-"),
        "医院净化,市一院,甲招标,苏州,何静,是,280,,2026-05-20,青禾",
        "status=won stage=after_sales price=280万",
    ),
    "商户拜访": (
        ("门店名称=company|KP姓名=contact|KP职务=position|KP电话=phone|首次拜访日期=first_contact_at|拜访记录=activities|"
        "卡点=-|下一步动作=next_step|下次拜访日期=next_step_due|合作意愿=grade|BD姓名=owner|有效期至=-"),
        "福满餐厅,钱明远,店长,13900001234,2026.05.06,老板在,抽佣,带案例,2026-06-08,强,何静,2026-12-31",
        "grade=A first_contact_at=2026-05-06 next_step_due=2026-06-08 position=店长",
    ),
    "两种语言": (
        ("客户名称 Customer Name=company|国家/Country=region|联系人(Contact)=contact|联系人 QQ=-|邮箱 E-mail=email|"
        "预计成交日(Close date)=expected_close_at|阶段 Stage=stage|客户级别 Level=grade|供应商 Email=-|"
        "备注(Remark)=remarks"),
        "Falk Bakery,Austria,Ines Falk,1,i@falk.example,2026-08-01,Sample sent 已寄样,A,x@y.example,",
        "expected_close_at=2026-08-01 grade=A",
    ),
    "售后回访": (
        ("回访编号=-|客户公司名称=company|后勤主任=contact|后勤主任电话=phone|总体满意度=satisfaction|服务态度评分=-|"
        "客户意见与建议=feedback|复购意愿=repurchase_intent|回访人=-"),
        "1,示例中学,钱明远,13900001234,非常满意,5,希望培训,高,何静",
        "satisfaction=5 repurchase_intent=high phone=13900001234",
    ),
    "装机预算": (
        ("最终用户=company|对接人=contact|对接人手机=phone|留学预算(万/年)=-|项目预算（W）=budget|年营业额(万元)=annual_revenue|"
        "销售阶段=stage|预计签单月份=expected_close_at|责任业务员=owner|项目优先级=priority|需求数量=-"),
        "示例大学,钱明远,13900001234,30,80,3000,④商务谈判,2026年9月,何静,高,3",
        "budget=80万 annual_revenue=3000万 stage=negotiation expected_close_at=2026-09-30 priority=high",
    ),
    "日报": (
        ("跟进日期=-|拜访客户=company|采购经理=contact|采购经理手机=phone|本次沟通内容=-|沟通要点=activities|投放需求=initial_need|"
        "下次时间=next_step_due|明日计划=next_step|销售代表姓名=owner"),
        "2026-06-01,青禾机电,钱明远,13900001234,x,看了样机,电梯屏,2026-06-12,送报价,何静",
        "next_step_due=2026-06-12 next_step=送报价",
    ),
    "field sales": (
        ("Lead #=external_id|Homeowner Name=contact|Property City=region|Initial Visit Date=first_contact_at|"
        "Territory Rep=owner|"
        "How They Heard=source|Sold (Y/N)=status|Sold Amount=price|Why Not Sold=close_reason|Task Due=next_step_due|"
        "Current Owner=-|Referral Source=-|Priority (H/M/L)=priority|# of Employees=employees"),
        'L17,Ava Blum,Austin,2026-05-01,Dana,Radio,Y,"$9,500",,2026-06-12,x,y,High,45',
        "status=won stage=after_sales price=$9,500 employees=45 priority=high",
    ),
    "end users": (
        ("Opportunity ID=external_id|End User=company|End User Contact=contact|Office Email=email|Dealer=-|"
        "Order Expected=expected_close_at|"
        "Area Sales Manager=owner|Sales Stage=stage|Reason for Win/Loss=close_reason|Product of Interest=initial_need"),
        "O1,Falk Metals,Ines Falk,i@falk.example,x,9/30/2026,Dana,Proposal Presented,,VM-2",
        "expected_close_at=2026-09-30 stage=solution",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_headers_of_other_programs(sheet, name: str) -> None:
    headers, cells, said = LAYOUTS[name]
    pairs = [one.rsplit("=", 1) for one in headers.split("|")]
    line = io.StringIO()
    csv.writer(line).writerow([header for header, _ in pairs])
    reading = sheet(line.getvalue() + cells + "\n")
    for column, (header, wanted) in zip(reading.mapping, pairs, strict=True):
        own = column.key is None or column.key.startswith("sheet.")
        assert ("-" if own else column.key) in wanted.split("/"), header
    (draft,) = reading.drafts
    assert draft.problems == ()
    for part in said.split():
        key, wanted = part.split("=")
        value = draft.values[key]
        found = value.date().isoformat() if isinstance(value, datetime) else str(value)
        assert found.replace(" ", "") == wanted, key


@given(st.text(max_size=40) | st.text("1 -_./:Aa值您当前Date value", max_size=12))
def test_any_header_is_worded_otherwise_or_not(header: str) -> None:
    assert all([*reworded(header), *(rest for rest, _ in whose(header))])
    assert unit_behind(header) is None or header.startswith(unit_behind(header)[0])
    (column,) = HeaderNames(FIELDS).columns([header])
    assert column.header


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_saved_profile_of_them_says_the_same(sheet, tmp_path, name: str) -> None:
    headers, cells, _ = LAYOUTS[name]
    line = io.StringIO()
    csv.writer(line).writerow([one.rsplit("=", 1)[0] for one in headers.split("|")])
    reading = sheet(line.getvalue() + cells + "\n")
    saved = tmp_path / "profile.toml"
    saved.write_text(profile_of(reading), "utf-8")
    now = datetime(2026, 6, 8, tzinfo=UTC)
    request = ReadRequest(FIELDS, Dialect(zone=UTC), now, STANDARD, saved)
    again = read_sheet(tmp_path / "sheet.csv", request)
    assert profile_of(again) == profile_of(reading)
    assert [dict(d.values) for d in again.drafts] == [dict(d.values) for d in reading.drafts]


@pytest.mark.parametrize(
    "header",
    ["Opportunity", "Contract Number", "Contact Date", "Closed", "Forecast Month", "Opportunity Age", "Billing Status",
     "Contract Owner", "Destination", "Status (Hot/Warm/Cold)",
     "Lead Title", "Deal Name", "Customer Score", "Account Balance", "Est. Profit", "Discount USD",
     "Phone 2 - Value", "Your Role?", "Date of Birth", "Company Account", "家长职业", "会员等级", "当前供应商", "预期利润",
     "报名时间", "报名状态", "中标人", "投标人", "订单日期", "维护人员", "现场工程师", "客户数量", "需求面积", "意向品牌",
     "资金来源",     "法人电话", "设计师电话", "施工单位", "联系人 QQ", "Area of Interest", "Follow Up By", "Sales Lead",
     "销售机会名称", "实际跟进时间", "推荐人电话", "电话(备用)", "最近跟进人", "项目名称", "单价(USD)", "线索成本"],
)  # fmt: skip
def test_what_is_worded_alike_but_is_no_field(header: str) -> None:
    first, *_ = HeaderNames(FIELDS).columns([header, "公司", "联系人"])
    assert first.key == f"sheet.{header}"


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        (["Name", "Company", "Stage", "Amount"], [None, "company", "stage", "budget"]),
        (["Name", "Company", "Stage", "Amount", "Email"], ["contact", "company", "stage", "budget", "email"]),
        (["Name", "Stage", "Amount"], ["contact", "stage", "budget"]),
        (["First Name", "Last Name", "Title"], [None, None, "position"]),
        (["Title", "First Name", "Last Name", "Job Title"], [None, None, None, "position"]),
        (["客户名称", "公司"], [None, "company"]),
        (["客户名称", "电话"], ["company", "phone"]),
        (["客户", "阶段"], ["company", "stage"]),
        (["Client", "Company", "Phone"], [None, "company", "phone"]),
        (["业主单位", "客户名称", "电话"], [None, "company", "phone"]),
        (["经销商名称", "负责人姓名", "负责人电话", "区域经理"], ["company", "contact", "phone", "owner"]),
        (["客户名称", "负责人", "业务员"], ["company", "owner", None]),
        (["姓名", "负责人", "负责人电话"], ["contact", "owner", None]),
        (["受访人姓名", "推荐人姓名", "推荐人电话"], ["contact", None, None]),
        (["跟进日期", "下一步"], ["next_step_due", "next_step"]),
        (["Lead", "Decision Maker", "Title", "Phone"], [None, "contact", "position", "phone"]),
        (["First Name", "Last Name", "Decision Maker", "Phone"], [None, None, None, "phone"]),
        (["婚期", "酒店名称", "电话"], [None, None, "phone"]),
        (["酒店名称", "采购经理", "采购经理电话"], ["company", "contact", "phone"]),
        (["患者姓名", "医院名称", "电话"], ["contact", None, "phone"]),
        (["下次拜访计划", "下次拜访计划时间"], ["next_step", "next_step_due"]),
    ],
)  # fmt: skip
def test_a_bare_name_means_what_the_other_columns_leave(headers, keys) -> None:
    found = [column.key for column in HeaderNames(FIELDS).columns(headers)]
    assert [None if key and key.startswith("sheet.") else key for key in found] == keys


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("CLOSED_WON", {"status": "won", "stage": "after_sales"}),
        ("Closed—lost", {"status": "lost"}),
        ("OPEN - NotContacted", {"stage": "lead"}),
        ("decisionmakerboughtin", {"stage": "solution"}),
        ("S2 Qualified", {"stage": "screening"}),
        ("10% - Prospecting", {"stage": "lead"}),
        ("第三阶段：方案报价", {"stage": "solution"}),
        ("报价/方案制定", {"stage": "solution"}),
        ("Dead", {"status": "lost"}),
        ("停滞", {"status": "open"}),
        ("需求分析/商务谈判", {"sheet.阶段": "需求分析/商务谈判"}),
        ("第二轮", {"sheet.阶段": "第二轮"}),
        ("3/3", {"sheet.阶段": "3/3"}),
    ],
)
def test_stages_as_programs_spell_them(sheet, word: str, said: dict) -> None:
    (draft,) = sheet(f"公司,阶段\n甲,{word}\n").drafts
    assert draft.values == {"company": "甲", **said}


def test_sums_are_in_the_currency_that_stands_beside_them(sheet) -> None:
    text = "公司,预算,预算币种,合同金额,币种\n甲,1-2万,USD,5000,EUR\n乙,¥3万,美元,,欧元\n丙,4万,,5,\n丁,面议,USD,x,EUR\n"
    one, two, three, four = (draft.values for draft in sheet(text).drafts)
    assert (one["budget"].currency, one["budget"].high, str(one["price"])) == (
        "USD",
        20_000,
        "€5,000",
    )
    assert two["budget"].currency == "CNY"  # it says so itself
    assert (str(three["budget"]), three["price"]) == ("4万", parse_money("5"))
    assert "budget" not in four and four["sheet.合同金额"] == "x"
    assert one["sheet.币种"] == "EUR"


def test_a_won_deal_was_signed_when_it_was_closed_unless_a_column_says_when(sheet) -> None:
    text = "Account Name,Stage,Close Date\nA,Closed Won,2026-05-01\nB,Closed Lost,2026-05-02\nC,Closed Won,\n"
    won, lost, open_ = (draft.values for draft in sheet(text).drafts)
    assert won["contract_signed_at"] == won["closed_at"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert "contract_signed_at" not in lost and "contract_signed_at" not in open_
    signed = "Account Name,Stage,Close Date,Signed Date\nA,Closed Won,2026-05-01,\n"
    assert "contract_signed_at" not in next(iter(sheet(signed).drafts)).values


@pytest.mark.parametrize(
    ("words", "score"),
    [("很不满意", "1"), ("不太满意", "2"), ("一般", "3"), ("满意", "4"), ("5星", "5"), ("★★★☆☆", "3"), ("四星", "4"),
     ("4/5", "4"),     ("4分", "4"), ("Very satisfied", "5"), ("3", "3")],
)  # fmt: skip
def test_satisfaction_in_words(sheet, words: str, score: str) -> None:
    (draft,) = sheet(f"公司,满意度\n甲,{words}\n").drafts
    assert str(draft.values["satisfaction"]) == score


@pytest.mark.parametrize(
    ("header", "words", "key", "choice"),
    [("有效性", "空号", "validity", "invalid"), ("有效性", "待确认", "validity", "unchecked"),
     ("优先级", "加急", "priority", "high"),
     ("需求匹配度", "部分匹配", "need_match", "medium"), ("复购意愿", "不愿意", "repurchase_intent", "low"),
     ("决策权限", "拍板人", "decision_authority", "decides"), ("预算充足性", "预算不足", "budget_fit", "insufficient"),
     ("验收结果", "验收合格", "acceptance", "accepted"), ("客户等级", "战略客户", "grade", "A")],
)  # fmt: skip
def test_choices_in_other_words(sheet, header: str, words: str, key: str, choice: str) -> None:
    (draft,) = sheet(f"公司,{header}\n甲,{words}\n").drafts
    assert draft.values[key] == choice


@pytest.mark.parametrize("words", ["9分", "95", "★★★★★★", "还行吧"])
def test_satisfaction_of_another_scale_is_kept_aside(sheet, words: str) -> None:
    (draft,) = sheet(f"公司,满意度\n甲,{words}\n").drafts
    assert "satisfaction" not in draft.values and draft.values["sheet.满意度"] == words
    assert "satisfaction" in draft.notes[0]


def test_months_are_read_for_what_is_expected_alone(sheet) -> None:
    text = "公司,预计成交时间,首次接触时间\n甲,2026年2月,2026年2月\n乙,20261,2026-01-02\n"
    one, two = sheet(text).drafts
    assert one.values["expected_close_at"] == datetime(2026, 2, 28, tzinfo=UTC)
    assert "first_contact_at" not in one.values and one.values["sheet.首次接触时间"] == "2026年2月"
    assert two.values["expected_close_at"].year == 1955  # a number of days, not a quarter


def test_yes_and_no_say_nothing_in_a_column_that_asks_nothing(sheet) -> None:
    asked, told = "公司,是否成交\n甲,1\n乙,否\n", "公司,成交状态\n甲,是\n"
    yes, no = (draft.values for draft in sheet(asked).drafts)
    assert (yes["status"], "status" in no) == ("won", False)
    (draft,) = sheet(told).drafts
    assert "status" not in draft.values and draft.values["sheet.成交状态"] == "是"
