"""Which field each column of a sheet is, and what a column of ours is called.

Better a custom field than a wrong one: a header is taken for a field when it is the field's label or
one of its known other names, up to spelling or a slip of it; everything else is kept as `sheet.<header>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain

from attrs import evolve, frozen

from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.text import half_width
from crmcore.wording import Language
from crmcore_sheets.compounds import halves
from crmcore_sheets.neighbours import YIELDING, named_beside
from crmcore_sheets.phrasing import reworded, whose
from crmcore_sheets.remarks import SHAPE_OF_A_DATE, is_remark, remark, unit_behind, unit_of
from crmcore_sheets.similar import similar, words_in
from crmcore_sheets.spelling import LONGEST_NAME, header_text, spelled, unique
from crmcore_sheets.standings import choice_of, grade_of
from crmcore_sheets.vocabulary import HEADERS

CUSTOM = "sheet."
"""The namespace of columns that are no field of ours."""

_MARKED = re.compile(r"(.+?)\s*\(([a-z][a-z0-9_.]*)\)$")
_NAMESPACED = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
_IN_BRACKETS = re.compile(r"(.+?)\s*[(\[【](.+?)[)\]】]$")
_LONGEST_HEADER = 300
_REMEMBERED = 5_000
_SEVERAL = 3
# What English says loosely, Chinese says: 预计成交日 (Close date), 合同金额 (Amount).
_LOOSELY = ({"closed_at", "expected_close_at"}, {"budget", "price"}, {"stage", "status"})
_EITHER = re.compile(r"[/、|,]|或")
# They name an opportunity, what someone sells, another app or a pupil's school as often as a field.
_AMBIGUOUS = {"线索名称", "商机名称", "产品", "product", "企业微信", "公司微信", "学校", "closed"}
_FOREIGN_ID = "external_id"
ACTIVITIES = "activities"
_PROFILE, _LABEL, _ALIAS, _ELSEWHERE, _COMPOSED, _SIMILAR = range(-1, 5)
_SURE = {_PROFILE: 1.0, _LABEL: 1.0, _ALIAS: 0.97, _ELSEWHERE: 0.93, _COMPOSED: 0.85}
_WHY = {
    _PROFILE: "the profile says so", _LABEL: "its name", _ALIAS: "another name of it",
    _ELSEWHERE: "a name other programs have for it", _COMPOSED: "a name of it with more around",
}  # fmt: skip


@frozen
class Column:
    """One column: its place, its header (unique in the sheet), and the field it is.

    `key` is a field's key, `sheet.<header>`, or None for one that is not read. `template` is put
    around bare numbers (`{}万` under `预算(万元)`). `fills` is the field it fills where the field's
    own column says nothing. `confidence` (0 to 1) and `why` say how sure that is.
    """

    place: int
    header: str
    key: str | None
    template: str = ""
    fills: str | None = None
    confidence: float = 1.0
    why: str = ""

    @property
    def custom(self) -> bool:
        """Whether it is kept as a field of the sheet's own."""
        return self.key is not None and self.key.startswith(CUSTOM)


@frozen
class _Match:
    """The field a header means; the lower `rank`, the surer. `like` is the name it nearly is."""

    key: str
    rank: int
    template: str = ""
    likeness: float = 0.0
    like: str = ""

    @property
    def confidence(self) -> float:
        """How sure it is, 0 to 1."""
        return _SURE.get(self.rank, round(0.85 * self.likeness, 2))

    @property
    def why(self) -> str:
        """What it rests on, in a few words."""
        return _WHY.get(self.rank, f"like {self.like}")


class HeaderNames:
    """The names headers have for the fields of one workspace."""

    def __init__(self, fields: FieldCatalogue) -> None:
        self._fields = fields
        self._names: dict[str, tuple[int, str]] = {}
        self._unspelled: dict[str, str] = {}
        self._recognised: dict[str, str | None] = {}
        for spec in fields:
            labels = (spec.label.zh, spec.label.en)
            if spec.key == "id":
                # Whose number it is, a plain 客户编号 does not say: it is kept as the sheet's own.
                self._learn(_FOREIGN_ID, _ELSEWHERE, (*labels, *spec.aliases))
            elif _readable(spec):
                self._learn(spec.key, _LABEL, (spec.key, *labels))
                self._learn(spec.key, _ALIAS, spec.aliases)
                self._learn(spec.key, _ELSEWHERE, HEADERS.get(spec.key, ()))

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words that known names are made of."""
        return frozenset(chain.from_iterable(map(words_in, self._unspelled.values())))

    @cached_property
    def _english(self) -> Mapping[str, set[str]]:
        """By field, the English words that its names are made of."""
        words: dict[str, set[str]] = {}
        for name, (_, key) in self._names.items():
            words.setdefault(key, {"name"}).update(words_in(self._unspelled[name]))
        return words

    def _learn(self, key: str, rank: int, names: Sequence[str]) -> None:
        for one in names:
            name = spelled(one)
            self._unspelled.setdefault(name, one)
            if name not in _AMBIGUOUS and (name not in self._names or self._names[name][0] > rank):
                self._names[name] = (rank, key)

    def header(self, key: str, language: Language) -> str:
        """What a column of the field *key* is called in a sheet of ours, so that it comes back.

        The label where it means the field and nothing else, else `label (key)`; a custom field's key.
        """
        spec = self._fields.get(key)
        if spec is None:
            return key
        label = spec.label.in_(language)
        found = self._match(label)
        plain = found is not None and found.key == key and _plain(spec)
        return label if plain else f"{label} ({key})"

    def recognised(self, header: str) -> str | None:
        """The key of the field that *header* means by itself, None when it means none."""
        # Which row is the header is asked of the same cells again and again.
        if header not in self._recognised:
            if len(self._recognised) >= _REMEMBERED:
                self._recognised.clear()
            found = self._match(header_text(header))
            self._recognised[header] = found.key if found else None
        return self._recognised[header]

    def _match(self, header: str) -> _Match | None:
        # Nobody names a column in more words; what looks for words in it takes the square of its length.
        if not header or header.startswith(CUSTOM) or len(header) > _LONGEST_HEADER:
            return None
        if header == "id":
            return _Match("id", 0)
        if found := self._own(header) or self._named(header):
            return found
        plain = half_width(header)
        if found := self._in_both(plain):
            return found
        if bracketed := _IN_BRACKETS.match(plain):
            return self._with_unit(bracketed.group(1), bracketed.group(2))
        if len(parts := [part for part in _EITHER.split(plain) if part.strip()]) > 1:
            either = {match.key: match for part in parts if (match := self._named(part))}
            if len(either) == 1 and all(self._named(part) for part in parts):
                return evolve(next(iter(either.values())), rank=_COMPOSED)
        if len(plain) > LONGEST_NAME:  # a line of cells that another sign divides, most likely
            return None
        return (
            self._of_money(plain)
            or self._prefixed(header)
            or self._reworded(header)
            or self._like(header)
        )

    def _like(self, header: str) -> _Match | None:
        name = spelled(header)
        # Words that are written right are no slip of others: a Contract Number is no Contact Number.
        words = words_in(header)
        if name in _AMBIGUOUS or (words and self._words.issuperset(words)):
            return None
        if not (found := similar(name, self._names)):
            return None
        key, like, likeness = found
        meant = words_in(self._unspelled[like])
        if len(words) == len(meant) and any(
            w[0] != m[0] for w, m in zip(words, meant, strict=True)
        ):
            return None
        return _Match(key, _SIMILAR, likeness=likeness, like=like)

    def _own(self, header: str) -> _Match | None:
        """A header as our own sheets write it: `label (key)`, or a namespaced key."""
        if found := _MARKED.match(half_width(header)):
            spec = self._fields.get(found.group(2))
            if spec and spelled(found.group(1)) in map(spelled, (spec.label.zh, spec.label.en)):
                return _Match(spec.key if _comes_back(spec) else "", 0)
        return _Match(header, 0) if _NAMESPACED.match(header) else None

    def _named(self, header: str) -> _Match | None:
        found = self._names.get(spelled(header))
        return _Match(found[1], found[0]) if found else None

    def _with_unit(self, header: str, unit: str) -> _Match | None:
        match = self._named(header) or self._prefixed(header) or self._reworded(header)
        word = remark(unit)
        if match is None:
            return None
        spec = self._fields.named(match.key)
        if spec.kind in (Kind.MONEY, Kind.MONEY_RANGE) and (known := unit_of(word)):
            return evolve(match, template="{}" + known)
        if is_remark(word):
            return match
        parts = _EITHER.split(word)
        ours = sum(_names_choice(spec, part) for part in parts)
        lists_choices = ours == len(parts) or (
            len(parts) >= _SEVERAL and (ours > 0 or spec.kind in (Kind.TEXT, Kind.TAGS))
        )
        shows_a_date = spec.kind is Kind.MOMENT and SHAPE_OF_A_DATE.fullmatch(word)
        same = self._named(unit) or self._named(header + unit)
        return match if lists_choices or shows_a_date or (same and same.key == match.key) else None

    def _in_both(self, header: str) -> _Match | None:
        """A header in Chinese and English, whose English says the same as its Chinese."""
        if not (both := halves(header)):
            return None
        chinese, english = both
        if unit_of(remark(english)):
            return None
        match = self._named(chinese) or self._prefixed(chinese) or self._reworded(chinese)
        other = self._named(english) or self._prefixed(english) or self._reworded(english)
        if match is None:
            return None
        if other and other.key != match.key and {other.key, match.key} not in _LOOSELY:
            return None
        words = words_in(english)
        if other or (words and self._english[match.key].issuperset(words)):
            return evolve(match, rank=_COMPOSED)
        return None

    def _prefixed(self, header: str) -> _Match | None:
        if spelled(header) in _AMBIGUOUS:
            return None
        for rest, keys in whose(header):
            if (found := self._named(rest) or self._prefixed(rest)) and found.key in keys:
                return _Match(found.key, _COMPOSED)
        return None

    def _reworded(self, header: str) -> _Match | None:
        for text in reworded(header):
            if found := self._named(text) or self._prefixed(text):
                return evolve(found, rank=_COMPOSED)
        return None

    def _of_money(self, header: str) -> _Match | None:
        """A sum of money whose unit stands behind its name: `amount_usd`, `预计金额/万元`."""
        if not (apart := unit_behind(header)):
            return None
        match = self._with_unit(*apart)
        return match if match and match.template else None

    def columns(
        self, headers: Sequence[str], given: Mapping[str, str] | None = None
    ) -> tuple[Column, ...]:
        """What each of *headers* is; *given* says it for some, by `spelled` header ("" drops one).

        Of two columns for one field the surer one is it, then the first; the other is kept as custom.
        """
        names = unique([header_text(header) for header in headers])
        given = given or {}
        matches: dict[int, _Match] = {}
        for place, name in enumerate(names):
            if (key := given.get(spelled(name))) is not None:
                meant = self._match(name)
                unit = meant.template if meant and meant.key == key else ""
                matches[place] = _Match(key, _PROFILE, unit)
            elif match := self._match(name):
                matches[place] = match
        words = list(map(spelled, names))
        keys = [matches[p].key if p in matches else None for p in range(len(names))]
        for place, key in named_beside(words, keys).items():
            if key is not None:
                matches[place] = _Match(key, _COMPOSED)
            elif matches[place].rank != _PROFILE:
                del matches[place]
        return self._settled(names, matches)

    def _settled(self, names: Sequence[str], matches: Mapping[int, _Match]) -> tuple[Column, ...]:
        taken: dict[str, int] = {}

        def surest(item: tuple[int, _Match]) -> tuple[bool, int, int]:
            place, match = item
            yields = match.rank != _PROFILE and spelled(names[place]) in YIELDING
            return yields, match.rank, place

        for place, match in sorted(matches.items(), key=surest):
            taken.setdefault(match.key, place)
        columns: list[Column] = []
        used = set(taken)

        def custom(name: str) -> str:
            base = key = CUSTOM + (name.removeprefix(CUSTOM).strip(". ") or "column")
            again = 1
            while key in used:
                again += 1
                key = f"{base} {again}"
            used.add(key)
            return key

        for place, name in enumerate(names):
            found = matches.get(place)
            if found is None:
                columns.append(Column(place, name, custom(name), why="no field has this name"))
            elif found.key == "":
                columns.append(Column(place, name, None, why=found.why))
            elif taken[found.key] == place:
                columns.append(
                    Column(
                        place, name, found.key, found.template, None, found.confidence, found.why
                    )
                )
            else:
                contact = self._fields.named(found.key).group == "contact"
                fills = found.key if contact else None
                first = names[taken[found.key]]
                why = f"{found.key} is read from {first}"
                columns.append(Column(place, name, custom(name), found.template, fills, why=why))
        return tuple(columns)


def _names_choice(spec: FieldSpec, word: str) -> bool:
    """Whether *word* stands for a choice of the field, by our name of it or another."""
    other = grade_of(word) if spec.key == "grade" else choice_of(spec.key, word)
    return spec.choice(word) is not None or other is not None


def _comes_back(spec: FieldSpec) -> bool:
    """Whether a sheet of ours states the field."""
    return spec.verb is not Verb.COMPUTED


def _plain(spec: FieldSpec) -> bool:
    """Whether people could write the field into a cell: not records, which only we write there."""
    return _comes_back(spec) and spec.kind not in (Kind.RECORD, Kind.RECORDS)


def _readable(spec: FieldSpec) -> bool:
    """Whether a plain header may mean this field: not what crmcore itself keeps or computes."""
    return spec.key == ACTIVITIES or (_plain(spec) and spec.verb is not Verb.SYSTEM)


def profile_key(name: str, fields: FieldCatalogue) -> str:
    """The key of the field that a profile means by *name*. Raises UnknownFieldError, UsageError."""
    if name.startswith(CUSTOM) and name.strip(". ") != CUSTOM.strip(". "):
        return name
    spec = fields.named(name)
    if spec.key != ACTIVITIES and not _plain(spec):
        raise UsageError(f"{spec.key} cannot be imported from a column.")
    return spec.key
