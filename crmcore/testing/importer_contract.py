"""What every `Importer` must keep: subclass `ImporterContract`, give it `importer` and `file`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.errors import CrmError
from crmcore.hookspecs import hookimpl
from crmcore.hooktypes import Draft, Importer, ReadRequest
from crmcore.host import PluginHost
from crmcore.testing.clock import StillClock

_RUBBISH = {
    "empty": b"",
    "binary": bytes(range(256)) * 8,
    "no text": b"\xff\xfe\xfa\x00\x80",
    "a bomb of brackets": b"[" * 100_000,
}


class ImporterContract:
    """Tests of one importer.

    `file` is a sound file with at least two customers. `expected` is what the first row states, by
    field; left empty, the values are not compared.
    """

    expected: Mapping[str, object] = {}

    @pytest.fixture
    def importer(self) -> Importer:
        """The importer under test; an author's subclass gives it."""
        raise NotImplementedError("give your ImporterContract subclass a fixture importer")

    @pytest.fixture
    def file(self) -> Path:
        """A sound file; an author's subclass gives it."""
        raise NotImplementedError("give your ImporterContract subclass a fixture file")

    def test_its_suffixes_are_suffixes(self, importer: Importer, file: Path) -> None:
        """With the dot, in lower case, and the file has one of them."""
        assert importer.suffixes
        for suffix in importer.suffixes:
            assert suffix.startswith("."), f"{suffix!r} has no dot"
            assert suffix == suffix.casefold(), f"{suffix!r} is not in lower case"
        assert file.name.casefold().endswith(importer.suffixes), f"{file.name} is none of its files"

    def test_rows_are_numbered_from_one(
        self, importer: Importer, file: Path, tmp_path: Path
    ) -> None:
        """Every row has its place in the source, so that a problem can be found there."""
        with _open(tmp_path) as crm:
            numbers = [draft.number for draft in _drafts(crm, importer, file)]
        assert len(numbers) > 1, "the file of this contract has two customers at least"
        assert numbers[0] >= 1
        assert numbers == sorted(set(numbers)), f"the numbers are {numbers}"

    def test_what_a_row_states_are_fields(
        self, importer: Importer, file: Path, tmp_path: Path
    ) -> None:
        """Its values are under the keys of fields; the first row states what is `expected`."""
        with _open(tmp_path) as crm:
            drafts = _drafts(crm, importer, file)
            for draft in drafts:
                for key in draft.values:
                    assert key in crm.fields or "." in key, (
                        f"row {draft.number}: {key!r} is no field"
                    )
        found = {key: drafts[0].values.get(key) for key in self.expected}
        assert found == dict(self.expected)

    def test_drafts_may_be_read_again(self, importer: Importer, file: Path, tmp_path: Path) -> None:
        """As a plan and its application do: the same rows each time."""
        with _open(tmp_path) as crm:
            reading = importer.read(file, _request(crm))
            assert list(reading.drafts) == list(reading.drafts), "the second time it is another"

    def test_the_file_is_left_as_it_is(
        self, importer: Importer, file: Path, tmp_path: Path
    ) -> None:
        """Reading changes nothing, and leaves nothing beside it."""
        folder = file.parent
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        before = file.read_bytes(), sorted(path.name for path in folder.iterdir())
        with _open(workspace) as crm:
            _drafts(crm, importer, file)
        assert (file.read_bytes(), sorted(path.name for path in folder.iterdir())) == before

    def test_a_workspace_takes_it(self, importer: Importer, file: Path, tmp_path: Path) -> None:
        """Planned, applied, and there; planned again, nothing of it is refused."""
        with _open(tmp_path, importer) as crm:
            plan = crm.plan_import(file)
            assert plan.counts.get("create", 0) > 0, dict(plan.counts)
            crm.apply(plan)
            assert len(crm.find().customers) == plan.counts["create"]

    @pytest.mark.parametrize("rubbish", _RUBBISH)
    def test_a_broken_file_is_told(self, importer: Importer, tmp_path: Path, rubbish: str) -> None:
        """A CrmError that says what is wrong, or rows with their problems; nothing else."""
        path = tmp_path / f"broken{importer.suffixes[0]}"
        path.write_bytes(_RUBBISH[rubbish])
        with _open(tmp_path) as crm:
            try:
                _drafts(crm, importer, path)
            except CrmError as error:
                assert str(error), "the error does not say what happened"


def _drafts(crm: Crm, importer: Importer, file: Path) -> list[Draft]:
    return list(importer.read(file, _request(crm)).drafts)


def _request(crm: Crm) -> ReadRequest:
    return ReadRequest(crm.fields, crm.dialect, crm.clock(), crm.pipeline())


class _Offering:
    def __init__(self, importer: Importer) -> None:
        self._importer = importer

    @hookimpl
    def crm_importers(self) -> list[Importer]:
        return [self._importer]


def _open(folder: Path, importer: Importer | None = None) -> Crm:
    config = Config(store="memory:", timezone="Asia/Shanghai", directory=folder)
    host = PluginHost.load(config, allow=("ids",))
    if importer is not None:
        host.register(_Offering(importer), "under-test")
    return open_crm(config=config, host=host, clock=StillClock(), actor="李娜")
