"""The demo is a workspace like any other, with somebody in every stage."""

from __future__ import annotations

import pytest

from crmcore.crm import Crm
from crmcore.demo import build


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_stage_and_outcome_is_there(tmp_path, language) -> None:
    build(tmp_path, language)
    with Crm.open(directory=tmp_path) as crm:
        funnel = crm.funnel()
        assert all(standing.count for standing in funnel.stages.values())
        assert funnel.statuses["won"].count > 5
        assert funnel.statuses["lost"].count > 2
        assert {c.grade for c in crm.find().customers} == {"A", "B", "C", None}
        assert len(crm.find("referrals:*").customers) > 1
        assert crm.due()
        chinese = any(
            "\u4e00" <= letter <= "\u9fff" for c in crm.find().customers for letter in c.title
        )
        assert chinese == (language == "zh")
