"""Companies' names taken apart by hand, held to the patterns that say what is meant."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from crmcore.likeness import CompanyName, company_name, likeness, taken_apart

FORMS = re.compile(
    "(?:集团)?(?:股份|责任|控股)*(?:有限)?(?:责任)?(?:总公司|公司)$|(?:集团|控股|有限合伙|合伙企业|个体工商户)$"
)
PLACES = re.compile("(?:(北京|吉林|内蒙古|上海|香港|石家庄)(?:特别行政区|自治区|省|市)?)+")
WORDS = st.sampled_from(
    [
        "集团",
        "股份",
        "责任",
        "控股",
        "有限",
        "总公司",
        "公司",
        "总",
        "合伙",
        "企业",
        "有限合伙",
        "个体工商户",
        "华锐",
        "科技",
        "北京",
        "吉林",
        "内蒙古",
        "上海",
        "香港",
        "石家庄",
        "特别行政区",
        "自治区",
        "省",
        "市",
        "股",
        "份",
    ]
)


def by_patterns(name: str) -> CompanyName:
    """What is meant: the legal form at the end and the places at the beginning are taken away."""
    form = FORMS.search(name)
    core = name[: form.start()] if form and form.start() > 1 else name
    places = PLACES.match(core)
    if places is None or len(core) - places.end() < 3:
        return CompanyName(name, core, "")
    return CompanyName(name, core[places.end() :], places.group(1))


@given(st.lists(WORDS, max_size=8).map("".join))
def test_a_name_is_taken_apart_as_the_patterns_say(name: str) -> None:
    assert taken_apart(name) == company_name(name) == by_patterns(name)


def test_what_is_left_tells_companies_apart() -> None:
    assert likeness("内蒙古自治区华锐科技集团股份有限公司", "华锐科技") == 0.9
    assert likeness("集团有限公司", "有限公司") == 0.0
