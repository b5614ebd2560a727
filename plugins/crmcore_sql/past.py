"""What commits replaced: written with each of them, and filled from the commits where it is missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, delete, insert, select, text
from sqlalchemy.types import NullType

from crmcore.changes import Write
from crmcore.codec import Codec, Doc, moment_from_json
from crmcore.fields import FieldCatalogue
from crmcore.storage.chronicle import Base
from crmcore.storage.replaying import Replay
from crmcore.storage.turns import RECORDING, Turn
from crmcore_sql.keys import RANK, moment_text
from crmcore_sql.looking import moments
from crmcore_sql.prepared import prepared
from crmcore_sql.rows import INDEXED, Rows
from crmcore_sql.schema import CUSTOMERS, FACTS, PAST, REMEMBERED

REMEMBERING = 1
"""Raised when past versions are kept in another way, so that stores made before are filled again."""

FACT = "past"
"""The fact that says by which fields the past was kept."""

_AT_A_TIME = 2000
_READ = 10_000

STAGE, GRADE, CREATED, REMOVED, TAKEN_BACK = 1, 2, 4, 8, 16
"""What the commit that ended a version did, as parts of `turn`; the last: it took another back."""
LAST_UPDATE = STAGE | GRADE
"""Up to here it changed these fields, and nothing else is to be told."""

_COPIED = (
    "links", "value_currency", "value_whole", "value_parts", *(f"k_{name}" for name in REMEMBERED),
)  # fmt: skip
_NEEDED = (
    "id", "price", "proposals", "budget", "activities", "completed_at", "links", *REMEMBERED,
)  # fmt: skip
"""What the fields remembered are worked out from; of the others nothing need be read."""
_SAID = ("until", "at", "turn", "undoes", "stage_after", "grade_after")


def past_digest(fields: FieldCatalogue) -> str:
    """Identifies what the rows of the past depend on: the fields remembered, their kinds and choices."""
    said = [
        [name, fields.named(name).kind.value, [one.key for one in fields.named(name).choices]]
        for name in REMEMBERED
    ]
    return hashlib.sha256(json.dumps([REMEMBERING, said]).encode()).hexdigest()


class Remembering:
    """Remembers, for the fields of one workspace and one dialect of SQL, what commits replace."""

    def __init__(self, codec: Codec, dialect: Dialect) -> None:
        self._codec = codec
        self._rows = Rows(codec.fields, dialect.name)
        copied = select(
            CUSTOMERS.c.id,
            CUSTOMERS.c.revision,
            *(bindparam(f"new_{name}", type_=PAST.c[name].type) for name in _SAID),
            *(CUSTOMERS.c[name] for name in _COPIED),
        ).where(CUSTOMERS.c.id == bindparam("of", type_=NullType()))
        names = ("customer_id", "since", *_SAID, *_COPIED)
        self._copy = prepared(insert(PAST).from_select(names, copied), dialect)
        plain = {column.name: bindparam(column.name, type_=NullType()) for column in PAST.c}
        self._keep = prepared(insert(PAST).values(plain), dialect)

    def replace(
        self, connection: Connection, writes: Sequence[Write], head: Mapping[str, Any]
    ) -> None:
        """Remember the customers as they stand in their table, before *writes* of the commit whose head
        is *head* change them."""
        undoes = head.get("undoes")
        at = moment_text(moment_from_json(head["at"]))
        copied, made = [], []
        for write in writes:
            before, after = write.before, write.after
            if before is None and after is not None:
                if head["action"] not in RECORDING:
                    made.append(_nobody(after.id, head["revision"], at, undoes)
                                | {"stage_after": after.stage, "grade_after": after.grade})  # fmt: skip
                continue
            if before is None:
                continue
            stage, grade = (None, None) if after is None else (after.stage, after.grade)
            turn = _turn(before.stage != stage, before.grade != grade, after is None, undoes)
            copied.append({
                "of": before.id, "new_until": head["revision"], "new_at": at, "new_turn": turn,
                "new_undoes": undoes, "new_stage_after": stage if turn else None,
                "new_grade_after": grade if turn else None,
            })  # fmt: skip
        self._copy.run_named(connection, copied)
        self._keep.run_named(connection, made)

    def lived(
        self, doc: Doc | None, edit: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """The row that *edit*, of the commit *raw*, makes of the document before it; None for none."""
        undoes, revision = raw.get("undoes"), raw["revision"]
        at = moment_text(moment_from_json(raw["at"]))
        now = {key: pair[1] for key, pair in edit.get("set", {}).items()}
        if doc is None:
            if raw["action"] in RECORDING:
                return None
            new = edit["doc"]
            after = {"stage_after": new.get("stage"), "grade_after": new.get("grade")}
            return _nobody(edit["id"], revision, at, undoes) | after
        removed = edit["kind"] == "remove"
        stage, grade = (None if removed else now.get(k, doc.get(k)) for k in ("stage", "grade"))
        turn = _turn(doc.get("stage") != stage, doc.get("grade") != grade, removed, undoes)
        said = {key: doc[key] for key in _NEEDED if key in doc}
        (columns,) = self._rows.indexed([self._codec.decode(said)], [said])
        row = dict(zip(INDEXED, columns, strict=True))
        return {
            "customer_id": edit["id"], "since": doc["revision"], "until": revision, "at": at,
            "turn": turn, "undoes": undoes, "stage_after": stage if turn else None,
            "grade_after": grade if turn else None,
            **{name: row[name] for name in _COPIED},
        }  # fmt: skip

    def keep(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Put in *rows* that `lived` gave."""
        self._keep.run_named(connection, rows)


def turns_until(
    connection: Connection, field: str, revision: int | None = None
) -> Iterator[Turn] | None:
    """The turns of *field* up to *revision*, as `turns_of` tells them; None for a field whose turns are
    not kept."""
    mine = {"stage": STAGE, "grade": GRADE}.get(field)
    return None if mine is None else _turns(connection, field, mine, revision)


def _turns(connection: Connection, field: str, mine: int, revision: int | None) -> Iterator[Turn]:
    told = PAST.c.turn.op("&")(mine | CREATED | REMOVED | TAKEN_BACK) != 0
    columns = ("customer_id", "until", "at", "turn", "undoes", f"k_{field}", f"{field}_after")
    asked = select(*(PAST.c[name] for name in columns)).where(PAST.c.turn > text("0"), told)
    if revision is not None:
        asked = asked.where(PAST.c.until <= revision)
    asked = asked.order_by(PAST.c.until).execution_options(yield_per=_READ)
    start = RANK if field == "grade" else 0
    for rows in connection.execute(asked).partitions():
        # A column at a time, as for very many a call for each takes longer than what it does.
        who, until, dates, turns, undoes, before, after = zip(*rows, strict=True)
        kinds = [_kind(turn) if turn > LAST_UPDATE else "update" for turn in turns]
        same = [not turn & (mine | CREATED | REMOVED) for turn in turns]
        was = [
            None if key is None or alike else key[start:]
            for key, alike in zip(before, same, strict=True)
        ]
        became = [None if alike else text for text, alike in zip(after, same, strict=True)]
        yield from zip(who, until, moments(dates), kinds, was, became, undoes, strict=True)


def _kind(turn: int) -> str:
    return "create" if turn & CREATED else "remove" if turn & REMOVED else "update"


def _turn(moved: bool, graded: bool, removed: bool, undoes: int | None) -> int:
    taken_back = TAKEN_BACK if undoes is not None else 0
    return moved * STAGE + graded * GRADE + removed * REMOVED + taken_back


def _nobody(customer_id: str, revision: int, at: str, undoes: int | None) -> dict[str, Any]:
    """The version before the first: since revision 0."""
    row: dict[str, Any] = dict.fromkeys(column.name for column in PAST.c)
    row |= {"customer_id": customer_id, "since": 0, "until": revision, "at": at}
    return row | {"turn": CREATED, "undoes": undoes}


class Filling:
    """Watches a `Replay`, and puts in what is replaced on the way, some at a time."""

    def __init__(self, connection: Connection, codec: Codec) -> None:
        self._connection = connection
        self._remembering = Remembering(codec, connection.dialect)
        self._rows: list[dict[str, Any]] = []

    def __call__(self, doc: Doc | None, edit: Mapping[str, Any], raw: Mapping[str, Any]) -> None:
        row = self._remembering.lived(doc, edit, raw)
        if row is not None:
            self._rows.append(row)
            if len(self._rows) >= _AT_A_TIME:
                self.done()

    def done(self) -> None:
        """Put in what is left."""
        self._remembering.keep(self._connection, self._rows)
        self._rows = []


class Remembered:
    """Watches a `Replay`, to compare with what is remembered."""

    def __init__(self, connection: Connection, codec: Codec) -> None:
        self._remembering = Remembering(codec, connection.dialect)
        self._expected: set[tuple[Any, ...]] = set()
        asked = select(PAST).order_by(PAST.c.until).execution_options(yield_per=_AT_A_TIME)
        self._rows = iter(connection.execute(asked))
        self._next = next(self._rows, None)

    def __call__(self, doc: Doc | None, edit: Mapping[str, Any], raw: Mapping[str, Any]) -> None:
        row = self._remembering.lived(doc, edit, raw)
        if row is not None:
            self._expected.add(tuple(row[column.name] for column in PAST.c))

    def fits(self, revision: int | None) -> bool:
        """Whether what is remembered of *revision*, the next one, is what was seen since the last; None
        is behind all."""
        held: set[tuple[Any, ...]] = set()
        while self._next is not None and (revision is None or self._next.until <= revision):
            held.add(tuple(self._next))
            self._next = next(self._rows, None)
        expected, self._expected = self._expected, set()
        return held == expected


def fill(connection: Connection, codec: Codec, begin: Base, commits: Iterable[Doc]) -> None:
    """Work the past out again, from *commits*, which follow *begin*."""
    connection.execute(delete(PAST))
    with Replay(codec) as past:
        past.begin(begin)
        past.watch = filling = Filling(connection, codec)
        for raw in commits:
            past.apply(raw)
        filling.done()
    digest = past_digest(codec.fields)
    connection.execute(delete(FACTS).where(FACTS.c.name == FACT))
    connection.execute(insert(FACTS), {"name": FACT, "number": 0, "text": digest})
