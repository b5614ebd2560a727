"""A lead on one line: each part lands where it belongs, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.quickadd import parse_quick_add

FIELDS = FieldCatalogue()
NOW = datetime(2024, 5, 1, tzinfo=UTC)


def said(line: str) -> dict[str, str]:
    """What a line says, in Chinese."""
    return dict(parse_quick_add(line, FIELDS, Dialect("zh", UTC), NOW).values)


CASES = {
    "上海某某科技 / 王经理 / 13800138000 #高意向 !高 10万-20万": {
        "company": "上海某某科技", "contact": "王经理", "phone": "13800138000", "tags": "高意向",
        "priority": "高", "budget": "10万-20万",
    },
    'Acme Corp / Bob / bob@acme.io +1-555-0100-200 $5k source:"trade fair" @Li >Call on Monday': {
        "company": "Acme Corp", "contact": "Bob", "email": "bob@acme.io", "phone": "+1-555-0100-200",
        "budget": "$5k", "source": "trade fair", "owner": "Li", "next_step": "Call on Monday",
    },
    "公司／张／来源:展会 微信：abc due:明天 #a #b #a": {
        "company": "公司", "contact": "张", "source": "展会", "wechat": "abc", "next_step_due": "明天",
        "tags": "a, b",
    },
    "Acme": {"company": "Acme"},
    "13800138000": {"phone": "13800138000"},
    "Acme / / 3 lines 2024-05-01": {"company": "Acme", "initial_need": "3 lines 2024-05-01"},
    "Acme see http://acme.io/x a:b !soon 5": {"company": "Acme see http://acme.io/x a:b !soon 5"},
    "A / B / 13800138000 13900139000": {
        "company": "A", "contact": "B", "phone": "13800138000", "initial_need": "13900139000",
    },
    "A 需求:排程 / B / 看板": {
        "company": "A", "contact": "B", "initial_need": "排程 看板",
    },
    ">go / >call source:x": {"next_step": "go", "initial_need": "call source:x"},
    "A budget:nonsense id:7": {"company": "A budget:nonsense id:7"},
}  # fmt: skip


@pytest.mark.parametrize(("line", "wanted"), CASES.items())
def test_each_part_lands_where_it_belongs(line, wanted) -> None:
    assert said(line) == wanted


@pytest.mark.parametrize("line", ["", "   ", "/ / /", "／", "\x00"])
def test_nothing_is_no_lead(line) -> None:
    with pytest.raises(UsageError, match="A lead on one line is"):
        said(line)


WORDS = st.one_of(
    st.sampled_from(
        ["/", "#a", "!高", "!x", "@Li", ">go", "10万", "a@b.cc", "13800138000", "source:x"]
    ),
    st.text(min_size=1, max_size=8),
)


@given(st.lists(WORDS, max_size=8).map(" ".join))
def test_nothing_typed_is_lost(line) -> None:
    try:
        values = said(line)
    except UsageError:
        assert not re.search(r"[^\W_]", line)
        return
    kept = "".join(values.values())
    names = " ".join(re.findall(r"(\S*)[:：]", line))
    for word in re.findall(r"[^\W_]+", line):
        assert word in kept or word in names, (word, values)
