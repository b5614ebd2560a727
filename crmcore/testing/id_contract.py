"""What every `IdScheme` must keep: subclass `IdSchemeContract`, give it `scheme`, run pytest."""

from __future__ import annotations

import multiprocessing
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.hookspecs import hookimpl
from crmcore.hooktypes import IdScheme
from crmcore.host import PluginHost
from crmcore.testing.clock import StillClock
from crmcore.testing.people import sample_customers

PROCESSES = 4
EACH = 5


class IdSchemeContract:
    """Tests of one ID scheme. `several_processes` False leaves out the test that starts some."""

    several_processes = True

    @pytest.fixture
    def scheme(self) -> IdScheme:
        """The scheme under test; an author's subclass gives it."""
        raise NotImplementedError("give your IdSchemeContract subclass a fixture scheme")

    def test_an_id_is_fit_to_be_read_and_typed(self, scheme: IdScheme, tmp_path: Path) -> None:
        """Printable, without spaces, at most 64 characters, the same in NFC."""
        with _open("memory:", tmp_path, scheme) as crm:
            for customer in sample_customers():
                new = crm.writer.numbering().next(evolve(customer, id=""))
                assert new == unicodedata.normalize("NFC", new), f"{new!r} is not NFC"
                assert not any(map(str.isspace, new)), f"{new!r} holds a space"

    def test_ids_of_one_commit_differ(self, scheme: IdScheme, tmp_path: Path) -> None:
        """As an import asks for them: many at one moment, before any is stored; twins among them."""
        with _open("memory:", tmp_path, scheme) as crm:
            numbering = crm.writer.numbering()
            given = [numbering.next(Customer(company="某某科技")) for _ in range(1100)]
        folded = [each.casefold() for each in given]
        assert len(set(folded)) == len(given), "two ids are alike, but for the case of letters"

    def test_ids_are_stable(self, scheme: IdScheme, tmp_path: Path) -> None:
        """An id given goes on naming its customer, and no other, after edits, removals and restarts."""
        clock = StillClock()
        given: list[str] = []
        for _ in range(3):
            with _open("json:crm.json", tmp_path, scheme, clock) as crm:
                given += [crm.add(company=f"某某{n}").id for n in range(3)]
                crm.edit(given[0], company=f"Renamed {len(given)}")
                crm.undo()
                given.append(crm.add(company="removed").id)
                crm.undo()
                assert given[-1] not in [c.id for c in crm.find().customers]
            clock.forward(days=1)
        assert len(set(given)) == len(given), f"an id was given twice: {given}"
        with _open("json:crm.json", tmp_path, scheme, clock) as crm:
            assert [crm.get(each).id for each in given if crm.store.get(each)] == [
                each for number, each in enumerate(given, 1) if number % 4
            ]

    def test_ids_are_unique_under_four_processes(self, scheme: IdScheme, tmp_path: Path) -> None:
        """Four programs add customers at once; each gets on, and no two customers share an id."""
        if not self.several_processes:
            pytest.skip("this scheme is not for several processes")
        methods = multiprocessing.get_all_start_methods()
        context: Any = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
        with _open("json:crm.json", tmp_path, scheme):
            pass
        all_open = context.Barrier(PROCESSES)
        workers = [
            context.Process(
                target=_add_some, args=(tmp_path, scheme, number, all_open), daemon=True
            )
            for number in range(PROCESSES)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
            worker.kill()
        assert [worker.exitcode for worker in workers] == [0] * PROCESSES, "a program gave up"
        with _open("json:crm.json", tmp_path, scheme) as crm:
            assert len(crm.find().customers) == PROCESSES * EACH


def _add_some(folder: Path, scheme: IdScheme, worker: int, all_open: Any) -> None:
    with _open("json:crm.json", folder, scheme) as crm:
        all_open.wait(60)  # all know the same last id, so that each but one is too late
        for number in range(EACH):
            crm.add(company=f"某某{number}", contact=str(worker))


class _Offering:
    def __init__(self, scheme: IdScheme) -> None:
        self._scheme = scheme

    @hookimpl
    def crm_id_schemes(self) -> list[IdScheme]:
        return [self._scheme]


def _open(url: str, folder: Path, scheme: IdScheme, clock: StillClock | None = None) -> Crm:
    config = Config(store=url, id_scheme=scheme.name, timezone="Asia/Shanghai", directory=folder)
    host = PluginHost.load(config, allow=("json",))
    host.register(_Offering(scheme), "under-test")
    return open_crm(config=config, host=host, clock=clock or StillClock(), actor="李娜")
