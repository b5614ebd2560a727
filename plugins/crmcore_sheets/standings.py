"""What words in the cells of other programs' sheets say: where a customer stands, how it ended, how good it is.

Words are compared by their letters and digits alone, so that `Closed—won`, `CLOSED_WON` and `Closed (Won)` are
one. What stands for several things from program to program is left out: such a cell is kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from crmcore.text import half_width
from crmcore_sheets.compounds import halves

_CIRCLED = re.compile("[①-⑳❶-❿➀-➓]\\s*")
# 3-Propose, 2. 方案报价, S2 Qualified, 第三阶段：方案, 10% - Prospecting
_NUMBER_BEFORE = re.compile(
    r"(?:第?[\d一二三四五六七八九]{1,2}(?:阶段|步)|(?:阶段|stage|step|phase|[slp])?\s*\d{1,3}\s*%?)\s*[-–—.、:)_ ]+\s*",
    re.IGNORECASE,
)
_SHARE_BEHIND = re.compile(r"\s*[(\[【]?\s*\d{1,3}\s*%\s*[)\]】]?$")
_PHASE = re.compile("(?:阶段|环节|中)$")
_BETWEEN = re.compile(r"[/|、+&]|\band\b|\bor\b|[与和或及]")


def squeezed(word: str) -> str:
    """The letters and digits of *word*, in small letters."""
    return "".join(filter(str.isalnum, half_width(word).casefold()))


def told(word: str, find: Callable[[str], str | None]) -> str | None:
    """What *find* says of *word*: as it stands, without the number or the share it carries, or of all the
    words it puts side by side.

    >>> told("3. Proposal sent (50%)", stage_of), told("谈判/合同审批", stage_of), told("需求分析/谈判", stage_of)
    ('solution', 'negotiation', None)
    """
    plain = half_width(_CIRCLED.sub("", word, count=1)).strip()
    bare = _SHARE_BEHIND.sub("", plain)
    if number := _NUMBER_BEFORE.match(bare):
        bare = bare[number.end() :]
    for text in (plain, bare, _PHASE.sub("", bare)):
        if text and (found := find(text)):
            return found
    if (both := halves(bare)) and (found := find(both[0])) and found == find(both[1]):
        return found
    parts = [part.strip() for part in _BETWEEN.split(bare)]
    if len(parts) < 2 or not all(any(map(str.isalpha, part)) for part in parts):
        return None
    meant = {find(part) for part in parts}
    return meant.pop() if len(meant) == 1 else None


def _by_word(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(
        {squeezed(word): key for key, text in words.items() for word in text.split("|")}
    )


_STAGES = _by_word(
    {
        "lead": "未开始|拒接|线索|新客户|新建|新增|新增线索|初始|待处理|未处理|待分配|未分配|已分配|未跟进|待联系|"
        "未接触|初步接触|初次接触|待首次跟进|new lead|open - not contacted|not contacted|not started|"
        "attempted to contact|attempting|subscriber|lead|lead in|incoming|untouched|assigned|to contact|inbound|未接通|"
        "无人接听|待回访|待沟通|试图联系|尝试联系|待分发|新建线索|原始线索|prospecting|prospect|unassigned|raw|raw lead|"
        "new prospect|callback|call back|no answer|left voicemail|attempted contact|to be contacted|new opportunity|"
        "identified|recycled|new inquiry|inquiry|enquiry|询盘|新询盘|新客",
        "screening": "初次拜访|首次拜访|首次沟通|意向明确|潜在|已接触|接触中|沟通中|初步沟通|初步接洽|初步洽谈|建立联系|"
        "意向|意向客户|有兴趣|感兴趣|验证客户|验证|核实中|已核实|待筛选|筛选中|线索确认|确认意向|意向确认|培育|培育中|"
        "跟进|首次跟进|跟踪|跟踪中|working - contacted|working|contacted|contact made|connected|in progress|"
        "qualification|qualified|qualified to buy|marketing qualified lead|sales qualified lead|mql|sql|nurturing|"
        "nurture|interested|open deal|contact in future|attempted|qualify|discovery call|初访|已回复|已加微|已加微信|"
        "已加好友|已添加微信|已接通|有需求|意向沟通|持续跟进|已跟进|长期跟进|需求初步沟通|资格审查|确认商机|商机确认|"
        "发现商机|pre-qualified|prequalified|in process|engaged|responded|replied|following up|follow up|follow-up|"
        "qualified lead|sales accepted lead|sal|sales accepted|discover|contact established|intro call|introduction|"
        "appointment scheduled|interest|intent",
        "solution": "已到店|已上门|已预约|已量房|二次拜访|已看房|已参观|已考察|已踏勘|已勘察|poc测试|产品测试|测试|"
        "样品试用|样品确认|pitch|pitched|方案交流|方案汇报|提交报价|bid sent|bid submitted|proposal presented|"
        "proposal delivered|需求分析|需求调研|需求确定|需求沟通|需求挖掘|需求明确|立项|立项评估|方案报价|方案/报价|"
        "方案制定|方案沟通|方案演示|方案阶段|提交方案|方案确认|报价|报价中|报价阶段|提案|产品演示|演示|试用|试用中|"
        "已试用|样品|寄样|打样|已约访|已拜访|已面谈|面谈|上门拜访|预约到访|已到访|已邀约|邀约|约见|已演示|已发方案|"
        "needs analysis|value proposition|id. decision makers|identify decision makers|perception analysis|"
        "proposal/price quote|proposal made|proposal sent|proposal/quote|quote sent|quoted|quotation|demo|"
        "demo scheduled|presentation scheduled|presentation|opportunity|evaluation|trial|discovery|solution|"
        "needs defined|decision maker bought-in|meeting scheduled|sample sent|opportunity identified|需求|需求收集|"
        "需求诊断|确认需求|需求评估|方案设计|方案提交|方案评审|方案讲解|方案论证|方案演示/报价|解决方案|产品介绍|"
        "技术交流|选型|产品选型|样品测试|送样|试点|已试听|试听|已试驾|试驾|带看|已带看|已到院|已报价|报价单|初步报价|"
        "已转商机|转商机|已转换|propose|proposition|develop|design|quote|quotation sent|proposal submitted|"
        "proposal/quotation|proposal and quote|decision making|technical evaluation|technical validation|"
        "solution design|product demo|demo completed|demo done|product demonstration|needs assessment|requirements|"
        "requirement analysis|scoping|poc|proof of concept|pilot|qualified opportunity|estimate sent|consideration|"
        "presentation done|meeting|visited|site visit",
        "negotiation": "投标准备|准备投标|应标|复核|谈判中|谈判审核|议价|价格谈判|商务阶段|商务洽谈|商务|合同谈判|"
        "合同/商务谈判|合同阶段|合同签订|合同审批|合同拟定|待签约|待签合同|签约中|签约阶段|拟合同|促单|逼单|投标|招投标|"
        "招标|negotiation/review|negotiations started|negotiation/commit|in negotiation|contract sent|contract|"
        "verbal commit|closing|commit|bidding|tender|谈判协商|谈判签约|谈判|合同|合同评审|合同审核|合同洽谈|合同流程|"
        "价格协商|商务报价|商务沟通|商务条款|商务确认|待付款|待下单|即将成交|准备签约|决策|quote negotiation|negotiate|"
        "negotiating|final negotiation|contract negotiation|contract review|contracting|legal review|verbal|"
        "verbally agreed|verbal agreement|price negotiation|pending signature|awaiting signature|procurement",
        "after_sales": "交付|交付中|已交付|实施|实施中|验收|已验收|售后中|售后服务|回款|已回款|delivery|delivered|"
        "implementation|onboarding|evangelist|paid|已上线|上线实施|运维|维保|项目交付|交付实施|交付验收|项目实施|"
        "go-live|live|post-sale|post sales",
    }
)  # fmt: skip
_OUTCOMES = _by_word(
    {
        "open": "休眠|在谈|未签约|未签单|未成单|未报名|未下单|未合作|未转化|未赢单|未成交|未结单|未关闭|洽谈中|合作洽谈|"
        "active|ongoing|活跃|停滞|搁置|暂缓|暂停|冻结|挂起|正常跟进|on hold|stalled|paused|stuck|working on it",
        "won": "booked|签单|已签单|已签约|签约|签约成功|已成单|成单|赢单|已赢单|赢|成功|成交客户|老客户|已购买|已付款|"
        "已转化|已合作|合作中|合作客户|closed won|won|customer|converted|closed - converted|deal won|signed|赢单关闭|"
        "成功关闭|签约客户|已签合同|成交签约|签约完成|签单成功|已下单|已报名|报名成功|已缴费|已中标|中标|win|"
        "closed - won|success|successful|paying customer|existing customer|current customer|order placed|order received|"
        "sold|purchased|合作",
        "lost": "停止合作|战败|失败|已放弃|放弃|输|输单|已输单|丢单|已丢单|流失|已流失|流失客户|暂停合作|终止合作|"
        "已战败|closed lost|lost|closed lost to competition|closed - not converted|deal lost|dropped|abandoned|"
        "not interested|churned|lost lead|输单关闭|失败关闭|战败关闭|已取消|取消|已丢失|丢失|未中标|落标|弃单|无意向|"
        "暂无意向|没有意向|无需求|不考虑|已拒绝|拒绝|loss|lose|closed - lost|dead|dead lead|dead deal|lost deal|"
        "lost to competitor|no decision|cancelled|canceled|rejected|declined|no interest|abandoned deal|went elsewhere|"
        "former customer|churn",
        "invalid": "无效线索|无效客户|无效|空号|垃圾线索|重复线索|废弃|已作废|作废|非目标客户|junk lead|junk|"
        "unqualified|disqualified|not qualified|bad lead|invalid|spam|bad data|wrong number|无效号码|号码无效|无效电话|"
        "错号|停机|非本人|无效关闭|重复客户|重复|虚假信息|测试数据|duplicate|fake|bogus|wrong contact|"
        "closed - disqualified|disqualify|bad fit|not a fit|invalid lead|invalid number",
    }
)  # fmt: skip
_GRADES = _by_word(
    {
        "A": "s|ka|ka客户|战略客户|a级客户|意向强烈|意向较强|较高|强|很强|较强|重点|重要|重要客户|vip|vip客户|核心客户|"
        "关键客户|优质|优质客户|高价值|高价值客户|强意向|意向强|意向高|很高|非常高|高意向客户|a+|hot|high|热|"
        "key account|tier 1|enterprise key|强意向客户|强烈意向|very high|highest|s级|s类|very hot|hot lead",
        "B": "b级客户|普通|普通客户|一般|一般客户|中等|中等意向|意向中|意向一般|中意向客户|中价值|中价值客户|次要客户|"
        "warm|medium|温|tier 2|中意向|一般意向|normal|warm lead|average",
        "C": "c级客户|较弱|非优先|非优先客户|低价值|低价值客户|弱意向|意向弱|意向低|较低|小客户|低意向客户|cold|low|冷|"
        "tier 3|弱|低意向度|cold lead|very low|lowest",
    }
)  # fmt: skip
_ASKS_WHETHER_WON = re.compile(
    "是否已?(?:成交|赢单|签约|签单|成单|下单|中标|缴费|付费|签合同)|成交与否|(?:is)?(?:won|sold)(?:yn)?"
)
_LEVELS = _by_word(
    {
        "high": "特急|加急|高优先级|重要紧急|紧急|非常紧急|很高|非常高|较高|最高|重要|urgent|critical|highest|very high|"
        "top",
        "medium": "中优先级|普通|一般|中等|正常|normal|moderate|standard|med|average",
        "low": "低优先级|不急|较低|很低|最低|不紧急|lowest|very low|minor",
    }
)  # fmt: skip
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "priority": _LEVELS,
    "need_match": {
        **_LEVELS,
        **_by_word(
            {
                "high": "完全匹配|高度匹配|非常匹配|匹配",
                "medium": "基本匹配|部分匹配|较匹配",
                "low": "不匹配|不太匹配",
            }
        ),
    },
    "repurchase_intent": {
        **_LEVELS,
        **_by_word(
            {"high": "强|愿意|会|有意向", "medium": "考虑中|考虑", "low": "不愿意|不会|无意向"}
        ),
    },
    "validity": _by_word(
        {
            "valid": "是|yes|true|真实|真实有效|已核实|核实有效|有效客户|有效号码",
            "invalid": "否|no|false|虚假|虚假信息|空号|停机|错号|无效客户|无效号码",
            "unchecked": "待确认|未确认|待验证|未验证|待核验|未核验",
        }
    ),
    "decision_authority": _by_word(
        {"decides": "拍板人|关键决策者|关键决策人|最终决策者|最终决策人"}
    ),
    "budget_fit": _by_word(
        {
            "sufficient": "预算充足|预算足够",
            "partial": "预算有限|预算紧张",
            "insufficient": "预算不足|无预算|没有预算",
        }
    ),
    "acceptance": _by_word(
        {
            "accepted": "验收合格|已验收|验收完成|终验通过",
            "rejected": "验收不合格|验收未通过|未通过",
            "pending": "未验收|待终验",
        }
    ),
}


def asks_whether_won(header: str) -> bool:
    """Whether the cells of a column of this *header* say yes or no to its having been won.

    >>> asks_whether_won("是否成交"), asks_whether_won("IsWon"), asks_whether_won("成交状态")
    (True, True, False)
    """
    return _ASKS_WHETHER_WON.fullmatch(squeezed(header)) is not None


def stage_of(word: str) -> str | None:
    """The stage of the standard pipeline that *word* is another word for."""
    return _STAGES.get(squeezed(word))


def outcome_of(word: str) -> str | None:
    """How it ended, if that is what *word* of a stage or status column says: a status."""
    return _OUTCOMES.get(squeezed(word))


def grade_of(word: str) -> str | None:
    """The grade that *word* is another word for."""
    return _GRADES.get(squeezed(word))


def choice_of(key: str, word: str) -> str | None:
    """The choice of the field *key* that *word* is another word for."""
    return _CHOICES.get(key, {}).get(squeezed(word))
