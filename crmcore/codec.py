"""Customers and commits as JSON values: the one serialisation all stores share.

A customer is a flat document of its known fields and its `revision`; a plugin's fields stand beside
the core's under their namespaced keys, and those nobody describes any more pass through untouched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from types import NoneType
from typing import Any

from attrs import has
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_unstructure_fn

from crmcore.changes import Batch, Commit, Deferred, Edit, FieldChange, Write
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.making import made
from crmcore.money import Money, MoneyRange
from crmcore.moneyjson import money_from_json, money_to_json, range_from_json, range_to_json

Doc = dict[str, Any]
"""A customer as JSON: field keys to JSON values, known fields only."""

to_json: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":")
).encode
"""A JSON value as text, as short as it gets."""

Sides = tuple[Doc | None, Doc | None]
"""A customer before and after a write, without revisions; None is "does not exist"."""


_FIRST_DAY = datetime(1, 1, 1, tzinfo=UTC)


def moment_to_json(moment: datetime) -> str:
    """ISO 8601 in UTC: `2024-05-01T02:00:00Z`, parts of a second only where there are any."""
    # Put together from parts, as days and times come again and again: isoformat takes longer.
    since = moment - _FIRST_DAY
    if since.microseconds:
        return moment.astimezone(UTC).isoformat()[:-6] + "Z"  # in place of +00:00
    return _day_to_json(since.days) + _time_to_json(since.seconds)


@lru_cache(maxsize=10_000)
def _day_to_json(days: int) -> str:
    return f"{date.fromordinal(1 + days).isoformat()}T"


@cache  # one for each second of a day at most
def _time_to_json(seconds: int) -> str:
    return f"{time(seconds // 3600, seconds // 60 % 60, seconds % 60).isoformat()}Z"


def moment_from_json(text: str) -> datetime:
    """The aware UTC moment that `moment_to_json` wrote."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _tags(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, (list, tuple)):
        raise TypeError(f"tags are a list, not {raw!r}")  # a text would fall into its letters
    return tuple(raw)


def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    converter.register_unstructure_hook(datetime, moment_to_json)
    converter.register_structure_hook(datetime, lambda text, _: moment_from_json(text))
    converter.register_unstructure_hook(Decimal, str)
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    converter.register_unstructure_hook_factory(
        has,
        lambda cls: make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True),
    )
    return converter


class _Encoders(dict[type, Callable[[Any], Any]]):
    """What makes JSON of a value, by its type."""

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        super().__init__(
            {
                datetime: moment_to_json,
                Money: money_to_json,
                MoneyRange: range_to_json,
                tuple: lambda items: [self[type(item)](item) for item in items],
            }
        )

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        made: Callable[[Any], Any]
        if issubclass(kind, (str, int, float, NoneType)):
            made = _as_it_is
        elif issubclass(kind, tuple):
            made = self[tuple]
        else:
            made = self._converter.get_unstructure_hook(kind)
        self[kind] = made
        return made


def _as_it_is(value: Any) -> Any:
    return value


class Codec:
    """Encodes and decodes with the fields of one workspace; raises nothing of its own."""

    def __init__(self, fields: FieldCatalogue) -> None:
        self.fields = fields
        self._converter = _converter()
        self._decoders: dict[str, Callable[[Any], Any]] = {
            spec.key: decoder for spec in fields.stored() if (decoder := self._decoder(spec))
        }
        several = (spec for spec in fields.stored() if spec.kind in (Kind.TAGS, Kind.RECORDS))
        self._several = frozenset(spec.key for spec in several)
        self._encoders = _Encoders(self._converter)
        self._core = tuple(spec.key for spec in fields.stored() if not spec.namespaced)
        self._plain = frozenset(self._core) - self._decoders.keys()
        self._core_values: Callable[[Customer], tuple[Any, ...]] = attrgetter(*self._core)

    def _decoder(self, spec: FieldSpec) -> Callable[[Any], Any] | None:
        match spec.kind:
            case Kind.MONEY:
                return money_from_json
            case Kind.MONEY_RANGE:
                return range_from_json
            case Kind.MOMENT:
                return moment_from_json
            case Kind.NUMBER:
                return Decimal
            case Kind.TAGS:
                return _tags
            case Kind.RECORD:
                record = spec.record
                assert record is not None
                structure = self._converter.get_structure_hook(record)
                return lambda raw: structure(raw, record)
            case Kind.RECORDS:
                item = spec.record
                assert item is not None
                one_of = self._converter.get_structure_hook(item)
                return lambda raw: tuple(one_of(one, item) for one in raw)
            case _:
                return None  # the JSON is the value

    def plain(self, key: str) -> bool:
        """Whether the JSON of the field *key* is its value."""
        return key in self._plain

    def encode_value(self, value: Any) -> Any:
        """*value* as JSON."""
        return self._encoders[type(value)](value)

    def decode_value(self, key: str, raw: Any) -> Any:
        """The value of field *key* from its JSON; of a field nobody describes, the JSON itself."""
        if raw is None:
            return () if key in self._several else None
        decoder = self._decoders.get(key)
        if decoder is None:
            return raw
        if "." not in key:
            return decoder(raw)
        try:
            return decoder(raw)
        except (
            ValueError,
            TypeError,
            ArithmeticError,
            LookupError,
            AttributeError,
            BaseValidationError,
        ):
            return raw  # the plugin changed its mind about the type: show it, do not lose it

    def encode(self, customer: Customer) -> Doc:
        """*customer* as a document."""
        return self.encode_fields(customer) | {"revision": customer.revision}

    def encode_fields(self, customer: Customer) -> Doc:
        """*customer* as a document without its revision."""
        encoders = self._encoders
        doc: Doc = {
            key: value if (kind := type(value)) is str else encoders[kind](value)
            for key, value in zip(self._core, self._core_values(customer), strict=True)
            if value or (value is not None and value != ())
        }
        for key, value in customer.extra.items():
            doc[key] = encoders[type(value)](value)
        return doc

    def decode(self, doc: Mapping[str, Any]) -> Customer:
        """The customer that *doc* describes."""
        core: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        plain, decoders = self._plain, self._decoders
        for key, raw in doc.items():
            if key == "revision" or key in plain:
                core[key] = raw
            elif "." in key or key not in decoders:
                extra[key] = self.decode_value(key, raw)
            else:
                core[key] = decoders[key](raw)
        core["extra"] = extra
        return made(core)

    def encode_sides(self, write: Write) -> Sides:
        """Both sides of *write* as documents."""
        before, after = write.before, write.after
        return (
            None if before is None else self.encode_fields(before),
            None if after is None else self.encode_fields(after),
        )

    def encode_head(self, revision: int, batch: Batch) -> Doc:
        """What commit *revision* says beside its `edits`."""
        raw: Doc = {
            "revision": revision,
            "at": moment_to_json(batch.at),
            "actor": batch.actor,
            "action": batch.action,
        }
        if batch.reason:
            raw["reason"] = batch.reason
        if batch.undoes is not None:
            raw["undoes"] = batch.undoes
        return raw

    def encode_commit(self, revision: int, batch: Batch) -> Doc:
        """*batch* as the JSON of commit *revision*.

        An edit holds the whole `doc`, without its revision, of whom it creates or removes; an
        update's `set` maps field → [before, after].
        """
        return self.encode_head(revision, batch) | {"edits": self._edits(batch.writes)}

    def _edits(self, writes: Iterable[Write]) -> list[Doc]:
        return [edit_of(write, *self.encode_sides(write)) for write in writes]

    def committed(self, raw: Mapping[str, Any], batch: Batch) -> Commit:
        """The commit that *raw*, encoded from *batch*, is: as decoding would give it, but faster.

        Of a head alone, the edits are encoded once more when somebody looks into them.
        """

        writes, kept = batch.writes, raw.get("edits")

        def edits() -> tuple[Edit, ...]:
            return tuple(map(_edit, writes, kept or self._edits(writes)))

        def one(place: int) -> Edit:
            write = writes[place]
            return _edit(write, kept[place] if kept else self._edits((write,))[0])

        return Commit(
            raw["revision"], batch.at.astimezone(UTC), batch.actor, batch.action, batch.reason,
            Deferred(len(writes), edits, one), batch.undoes,
        )  # fmt: skip

    def decode_commit(self, raw: Mapping[str, Any]) -> Commit:
        """The commit that `encode_commit` wrote; its edits when somebody looks into them."""
        kept = raw["edits"]
        return Commit(
            raw["revision"],
            moment_from_json(raw["at"]),
            raw["actor"],
            raw["action"],
            raw.get("reason", ""),
            Deferred(
                len(kept),
                lambda: tuple(map(self._decode_edit, kept)),
                lambda place: self._decode_edit(kept[place]),
            ),
            raw.get("undoes"),
        )

    def _decode_edit(self, raw: Mapping[str, Any]) -> Edit:
        changes = tuple(
            FieldChange(key, self.decode_value(key, old), self.decode_value(key, new))
            for key, old, new in changes_of(raw)
        )
        return Edit(raw["id"], raw["kind"], changes)


def _edit(write: Write, raw: Doc) -> Edit:
    """What *write* does, of which *raw* is the JSON in a commit."""
    changes = tuple(
        FieldChange(key, _side(write.before, key), _side(write.after, key))
        for key, _, _ in changes_of(raw)
    )
    return Edit(write.id, write.kind, changes)


def edit_of(write: Write, before: Doc | None, after: Doc | None) -> Doc:
    """What *write* does, as the JSON in a commit, from its sides as documents."""
    if before is None or after is None:
        return {"id": write.id, "kind": write.kind, "doc": after or before}
    changed = {
        key: [before.get(key), after.get(key)]
        for key in (*before, *(key for key in after if key not in before))
        if before.get(key) != after.get(key)
    }
    return {"id": write.id, "kind": write.kind, "set": changed}


def _side(customer: Customer | None, key: str) -> Any:
    if customer is not None:
        return customer.value_of(key)
    return () if "." not in key and _NOBODY.value_of(key) == () else None


_NOBODY = Customer()


def changes_of(edit: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Field, before and after, as JSON, of all that *edit* changed."""
    match edit["kind"]:
        case "create":
            yield from ((key, None, value) for key, value in edit["doc"].items())
        case "remove":
            yield from ((key, value, None) for key, value in edit["doc"].items())
        case _:
            yield from ((key, old, new) for key, (old, new) in edit["set"].items())


def of_customer(customer_id: str, raw: Doc) -> Doc | None:
    """Of a commit what it did to one customer; None where that is nothing."""
    edits = [edit for edit in raw["edits"] if edit["id"] == customer_id]
    return raw | {"edits": edits} if edits else None


def apply_edit(doc: Mapping[str, Any] | None, edit: Mapping[str, Any], revision: int) -> Doc | None:
    """The document after *edit* of commit *revision*; None when it removes the customer."""
    match edit["kind"]:
        case "remove":
            return None
        case "create":
            return {**edit["doc"], "revision": revision}
    changed = {**(doc or {}), **{key: pair[1] for key, pair in edit["set"].items()}}
    kept = {key: value for key, value in changed.items() if value is not None}
    kept["revision"] = revision
    return kept
