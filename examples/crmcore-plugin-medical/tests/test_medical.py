"""The plugin at work: its fields, its grades, and what every grader promises."""

from __future__ import annotations

from datetime import UTC, datetime

import crmcore_medical
import pytest
from crmcore_medical import crm_graders

from crmcore.testing import GraderContract, sample_customers

KNOWN = {
    "industry": "医疗器械",
    "medical.licence_no": "京械 2024-1",
    "medical.licence_expires": "2027-12-31",
    "medical.device_class": "III",
}


class TestGrader(GraderContract):
    namespaces = ("medical",)

    @pytest.fixture
    def grader(self):
        return crm_graders()[0]

    def asked(self):
        made = {
            "medical.licence_expires": datetime(2027, 12, 31, tzinfo=UTC),
            "medical.device_class": "II",
        }
        return (*sample_customers(), *(each.with_values(**made) for each in sample_customers()[:3]))


def test_it_is_the_one_that_is_installed(plugin_host) -> None:
    info = next(each for each in plugin_host.plugins if each.name == "medical")
    assert (info.status, info.warnings) == ("loaded", ())
    assert info.module == crmcore_medical.__name__


def test_a_valid_licence_and_a_high_class_make_an_a(crm) -> None:
    customer = crm.grade(crm.add(KNOWN, company="瑞康医疗").id)
    assert (customer.grade, customer.grading.grader) == ("A", "medical")
    assert "许可证" in customer.grade_evidence or "licence" in customer.grade_evidence
    assert crm.host.failures == ()


def test_an_expired_one_does_not(crm, clock) -> None:
    clock.forward(days=4 * 365)
    assert crm.grade(crm.add(KNOWN, company="瑞康医疗").id).grade == "B"


def test_what_is_unknown_is_asked_for(crm) -> None:
    customer = crm.grade(crm.add(company="瑞康医疗", industry="医疗器械").id)
    assert customer.grade == "C"
    assert set(customer.grading.raise_with) == {
        "medical.licence_expires", "medical.device_class"
    }  # fmt: skip


def test_others_are_graded_by_others(crm) -> None:
    customer = crm.grade(crm.add(company="某某", industry="零售", employees=10).id)
    assert customer.grading.grader != "medical"


def test_its_fields_are_filtered_and_exported(crm, tmp_path) -> None:
    crm.add(KNOWN, company="瑞康医疗")
    crm.add(company="某某")
    assert len(crm.find("medical.device_class:III").customers) == 1
    crm.export(tmp_path / "out.csv")
    assert "京械 2024-1" in (tmp_path / "out.csv").read_text("utf-8-sig")
