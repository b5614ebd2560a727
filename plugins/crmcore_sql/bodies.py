"""How commits stand in their tables: each as one sealed text, one of very many edits in parts beside it.

So nothing grows with a commit that is written, no value gets larger than a database takes, and what an
import did to one customer is read without all that it did to the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from crmcore.codec import Doc, of_customer, to_json
from crmcore.errors import StoreError
from crmcore_sql.prepared import Statements
from crmcore_sql.schema import COMMITS, PARTS, TOUCHED
from crmcore_sql.seal import sealed, unsealed

PART = 250
"""How many edits stand together in a part, and at most in a commit without parts."""

IN_PARTS = ',"parts":'
"""What the text of a commit holds if its edits stand in parts."""

READ = 500


class Body:
    """A commit on its way into the tables: its head, and how many edits will follow."""

    def __init__(
        self, connection: Connection, statements: Statements, head: Mapping[str, Any], count: int
    ) -> None:
        self._connection, self._statements = connection, statements
        self._head, self._revision = head, head["revision"]
        self._parts = -(-count // PART) if count > PART else 0
        self._said: list[str] = []
        self._written = 0

    def add(self, ids: Sequence[str], edits: Sequence[str]) -> None:
        """Add what comes next, `PART` edits as JSON texts, or less at the end: whom they touch is kept
        with where."""
        say, revision = self._statements, self._revision
        part = self._written if self._parts else None
        say.touch.run_many(self._connection, [(one, revision, part) for one in ids])
        if self._parts:
            text = f'{{"revision":{revision},"part":{part},"edits":[{",".join(edits)}]}}'
            say.keep_part.run(self._connection, revision, part, sealed(text))
            self._written += 1
        else:
            self._said.extend(edits)

    def done(self) -> None:
        """Write what tells all of it. Raises StoreError when not all that was said came."""
        if self._written != self._parts:
            raise StoreError("A commit ended before all of its edits. Nothing was changed.")
        parts = f"{IN_PARTS}{self._parts}" if self._parts else ""
        said = f'{to_json(self._head)[:-1]}{parts},"edits":[{",".join(self._said)}]}}'
        self._statements.keep_commit.run(self._connection, self._revision, sealed(said))


def keep(connection: Connection, statements: Statements, raws: Iterable[Doc]) -> None:
    """Put in the commits *raws*, as `Codec.encode_commit` wrote them, and whom they touched."""
    bodies: list[tuple[int, str]] = []
    touched: list[tuple[str, int, None]] = []
    for raw in raws:
        head = {key: value for key, value in raw.items() if key not in ("edits", "crc")}
        revision, edits = raw["revision"], raw["edits"]
        if len(edits) <= PART:
            bodies.append((revision, sealed(to_json(head | {"edits": edits}))))
            touched += [(edit["id"], revision, None) for edit in edits]
            continue
        body = Body(connection, statements, head, len(edits))
        for start in range(0, len(edits), PART):
            some = edits[start : start + PART]
            body.add([edit["id"] for edit in some], [to_json(edit) for edit in some])
        body.done()
    statements.keep_commit.run_many(connection, bodies)
    statements.touch.run_many(connection, touched)


def commits_of(connection: Connection, asked: Select[Any]) -> Iterator[Doc]:
    """The commits of which *asked* selects the bodies, in its order."""
    for (text,) in connection.execute(asked.execution_options(yield_per=READ)):
        raw = json.loads(text)
        if "parts" in raw:
            for body in _parts(connection, raw["revision"]):
                raw["edits"] += json.loads(body)["edits"]
        yield raw


def commits_of_one(
    connection: Connection, customer_id: str, since: int, newest_first: bool
) -> Iterator[Doc]:
    """The commits after *since* that touched one customer, each with its edit of that one alone."""
    mine = (TOUCHED.c.customer_id == customer_id, TOUCHED.c.revision > since)
    where = select(TOUCHED.c.revision, TOUCHED.c.part).where(*mine)
    part_of = {row.revision: row.part for row in connection.execute(where)}
    order = COMMITS.c.revision.desc() if newest_first else COMMITS.c.revision.asc()
    mine_too = COMMITS.c.revision.in_(select(TOUCHED.c.revision).where(*mine))
    asked = select(COMMITS.c.body).where(mine_too).order_by(order)
    for (text,) in connection.execute(asked.execution_options(yield_per=READ)):
        raw = json.loads(text)
        part = part_of.get(raw["revision"])
        if part is not None:
            at = (PARTS.c.revision == raw["revision"], PARTS.c.part == part)
            body = connection.execute(select(PARTS.c.body).where(*at)).scalar_one()
            raw["edits"] = json.loads(body)["edits"]
        found = of_customer(customer_id, raw)
        if found is not None:
            yield found


def checked(connection: Connection) -> Iterator[tuple[int, Doc | None, dict[str, int]]]:
    """All revisions and their commits, in order, and in which part the edit of whom stands, if in any;
    None for a commit that does not fit its checksums."""
    asked = select(COMMITS.c.revision, COMMITS.c.body).order_by(COMMITS.c.revision)
    for revision, text in connection.execute(asked.execution_options(yield_per=READ)):
        raw = unsealed(text)
        if raw is None or raw["revision"] != revision:
            yield revision, None, {}
            continue
        places: dict[str, int] = {}
        count = raw.pop("parts", 0)
        parts = list(map(unsealed, _parts(connection, revision))) if count else []
        for number, part in enumerate(parts):
            if part is None or (part["revision"], part["part"]) != (revision, number):
                break
            raw["edits"] += part["edits"]
            places |= {edit["id"]: number for edit in part["edits"]}
        else:
            yield revision, raw if len(parts) == count else None, places
            continue
        yield revision, None, {}


def _parts(connection: Connection, revision: int) -> Iterator[str]:
    asked = select(PARTS.c.body).where(PARTS.c.revision == revision).order_by(PARTS.c.part)
    yield from connection.execute(asked.execution_options(yield_per=10)).scalars()
