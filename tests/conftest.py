"""What all tests share: how hypothesis runs here, random values, and the long loops."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crmcore.fieldspec import FieldSpec
from crmcore.testing.strategies import values_of as values_of_field

settings.register_profile(
    "usual",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=50,
    derandomize=True,  # a run says the same of the same code; `--long` looks elsewhere
)
settings.register_profile(
    "long", settings.get_profile("usual"), max_examples=300, derandomize=False
)
settings.load_profile("usual")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long` runs the fault loops too."""
    parser.addoption("--long", action="store_true", help="run the tests marked long")


def pytest_configure(config: pytest.Config) -> None:
    """Long runs try more, and other, examples."""
    if config.getoption("--long"):
        settings.load_profile("long")


def pytest_collection_finish() -> None:
    """What was imported stays: never look through it again for what could be freed."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what is marked long unless it is asked for."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long fault loop: pytest --long"))


@pytest.fixture(scope="session")
def values_of() -> Callable[[FieldSpec], st.SearchStrategy[object]]:
    """Known values of a field, such as are kept: cleaned text, whole seconds, its own choices."""
    return values_of_field


@pytest.fixture
def story_of() -> Callable[[Any, Any], dict[str, Any]]:
    """What is known of a customer without ids, times and the grader's own words.

    The journeys by commands and by keys must tell the same of theirs.
    """

    def story(crm: Any, customer: Any) -> dict[str, Any]:
        known = crm.fields.known_values(customer)
        plain = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in known.items()
            if isinstance(value, (str, int)) and not key.endswith(("_at", "_due")) and key != "id"
        }
        return plain | {
            "price": str(customer.price),
            "budget": str(customer.budget),
            "activities": [[a.kind, a.content] for a in customer.activities],
            "proposals": [[p.summary, p.sent_at is not None] for p in customer.proposals],
            "objections": [[o.content, o.response, o.resolved] for o in customer.objections],
            "contract_changes": [
                [c.clause, c.before, c.after, c.reason] for c in customer.contract_changes
            ],
            "links": [link.kind for link in customer.links],
            "debts": len(customer.debts),
        }

    return story
