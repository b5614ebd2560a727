"""How a change becomes a commit: checked by everybody, stored whole or not at all, then told."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from threading import RLock

from attrs import evolve

from crmcore import sanity, undoing
from crmcore.actions import Context, consequences
from crmcore.catalogue import Catalogue
from crmcore.changes import Batch, Change, Commit, Deferred, Write
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.deadlines import Deadlines
from crmcore.dialect import Dialect
from crmcore.errors import (
    CheckError,
    ConflictError,
    CrmError,
    DuplicateIdError,
    PluginError,
    RefusedError,
    UnknownCustomerError,
    UsageError,
)
from crmcore.fields import FieldCatalogue
from crmcore.grading.regrading import Grading, renewed
from crmcore.hookcalls import at_work
from crmcore.hooktypes import Event, Problem
from crmcore.host import PluginHost
from crmcore.moments import Clock
from crmcore.notices import notifications
from crmcore.numbering import Numbering
from crmcore.pipeline import Pipeline
from crmcore.query import Compare, Query
from crmcore.records import Link
from crmcore.storage.base import Store
from crmcore.storage.bulk import no_collecting
from crmcore.together import Together

_TOGETHER = 500
"""How many customers are read at once where there are many."""

Act = Callable[[Customer, Context], Customer]
"""A person's action on one customer as it is now; called again when another process was faster."""

_TRIES = 200
"""How often a change is made anew because another program was faster. Each time one of them got on:
of four that add customers as fast as they can, one has lost 20 times in a row within a minute."""


class Writer:
    """Makes the commits of one `Crm`; nothing else calls `Store.commit`."""

    def __init__(
        self,
        store: Store,
        host: PluginHost,
        config: Config,
        dialect: Dialect,
        fields: FieldCatalogue,
        pipelines: Catalogue[Pipeline],
        deadlines: Deadlines,
        clock: Clock,
        actor: str,
    ) -> None:
        self._store = store
        self._host = host
        self._config = config
        self.dialect = dialect
        self._written_in = dialect
        self._fields = fields
        self._pipelines = pipelines
        self._deadlines = deadlines
        self._clock = clock
        self._actor = actor
        self._lock = RLock()
        self._gathered: dict[str, Write] | None = None
        self.warnings: list[str] = []

    def context(self) -> Context:
        """Who acts, and the moment it is."""
        return Context(self._actor, self._clock(), self._fields, self.dialect, self._deadlines)

    def grading(self, now: datetime) -> Grading:
        """Grading by the workspace's graders at the moment *now*."""
        return Grading(self._host, self._config.grading, self._written_in, now)

    def numbering(self, *, unused: bool = False) -> Numbering:
        """Ids from the workspace's scheme; *unused* where the store never had one."""
        scheme = self._host.id_schemes().named(self._config.id_scheme)
        now = self._clock().astimezone(self.dialect.zone)
        return Numbering(scheme, self._store, now, unused=unused)

    def change(
        self, customer_id: str, action: str, act: Act, reason: str, expected: int | None
    ) -> Customer:
        """Let *act* change one customer and commit it; unchanged, nothing is written."""
        with self._lock:
            for left in reversed(range(_TRIES)):
                before = self._current(customer_id, expected)
                after = self._changed(before, action, act)
                if after == before:
                    return before
                if self._gathered is not None:
                    return self._gather(before, after, action, reason)
                try:
                    commit = self.commit([Write(before, after)], action, reason)
                except ConflictError:
                    if not left or expected is not None:
                        raise
                    self._store.refresh()
                    continue
                return evolve(after, revision=commit.revision)
        raise AssertionError("unreachable: the last try returns or raises")

    def _changed(self, before: Customer, action: str, act: Act) -> Customer:
        context = self.context()
        pipeline = self._pipelines.named(before.pipeline)
        after = consequences(before, act(before, context), pipeline, context)
        return self.renewed(after) if after != before and action != "grade" else after

    def renewed(self, changed: Customer) -> Customer:
        """*changed*, graded again where the workspace grades by itself."""
        if not self._config.grading.automatic:
            return changed
        return renewed(changed, self.grading(self._clock()))

    def together(
        self,
        ids: Iterable[str],
        verb: Callable[[str], object],
        action: str,
        reason: str = "",
        *,
        whole: bool = False,
    ) -> Together:
        """What *verb* changes by `change`, called with each of *ids*, as one commit.

        Those whose change is refused stay as they are; if *whole*, so does everybody then. When another
        program was faster, all is done anew.
        """
        wanted = tuple(dict.fromkeys(ids))
        with self._lock:
            for left in reversed(range(_TRIES)):
                writes, refused = self._gather_all(wanted, verb)
                if not writes or (refused and whole):
                    return Together(
                        None, (), () if refused and whole else _rest(wanted, refused), refused
                    )
                try:
                    commit = self.commit(list(writes.values()), action, reason, checked=True)
                except ConflictError:
                    if not left:
                        raise
                    self._store.refresh()
                    continue
                changed = tuple(
                    evolve(write.after, revision=commit.revision)
                    for write in writes.values()
                    if write.after is not None
                )
                return Together(commit, changed, _rest(wanted, {**refused, **writes}), refused)
        raise AssertionError("unreachable: the last try returns or raises")

    def _gather_all(
        self, ids: Iterable[str], verb: Callable[[str], object]
    ) -> tuple[dict[str, Write], dict[str, CrmError]]:
        gathered: dict[str, Write] = {}
        refused: dict[str, CrmError] = {}
        self._gathered = gathered
        try:
            for customer_id in ids:
                try:
                    verb(customer_id)
                except CrmError as error:
                    gathered.pop(customer_id, None)
                    refused[customer_id] = error
        finally:
            self._gathered = None
        return gathered, refused

    def _gather(self, before: Customer, after: Customer, action: str, reason: str) -> Customer:
        assert self._gathered is not None
        earlier = self._gathered.get(before.id)
        write = Write(before if earlier is None else earlier.before, after)
        self._check(Batch((write,), self._clock(), self._actor, action, reason))
        self._gathered[before.id] = write
        return after

    def _current(self, customer_id: str, expected: int | None) -> Customer:
        if self._gathered is not None and (write := self._gathered.get(customer_id)):
            assert write.after is not None
            return write.after
        found = self._store.get(customer_id)
        if found is None:
            self._store.refresh()
            found = self._store.get(customer_id)
        if found is None:
            raise UnknownCustomerError(customer_id)
        if expected is not None and found.revision != expected:
            raise ConflictError(
                f"{customer_id} was changed by someone else (revision {found.revision}, you saw "
                f"{expected}). Look at it again, then repeat what still applies.",
                customer_id=customer_id,
                expected=expected,
                found=found.revision,
            )
        return found

    def create(
        self, customer: Customer, action: str, reason: str, linked_from: str | None = None
    ) -> Customer:
        """Commit a new customer under the next free id, linked from an old one in the same commit."""
        if self._gathered is not None:
            raise UsageError("New customers are added one by one, not for many at once.")
        if not any(
            (customer.company, customer.contact, customer.phone, customer.email, customer.wechat)
        ):
            raise UsageError(
                "A customer needs a company, a contact or a way to be reached: "
                "crmcore add --set company=…"
            )
        with self._lock:
            for left in reversed(range(_TRIES)):
                new = evolve(customer, id=customer.id or self.numbering().next(customer))
                writes = [Write(None, new)]
                if linked_from is not None:
                    writes.append(_linked(self._current(linked_from, None), new, action))
                try:
                    commit = self.commit(writes, action, reason)
                except ConflictError as error:
                    mine = isinstance(error, DuplicateIdError) and bool(customer.id)
                    if not left and isinstance(error, DuplicateIdError) and not mine:
                        raise self._no_new_id(new.id) from error
                    if not left or mine:
                        raise
                    self._store.refresh()
                    continue
                return evolve(new, revision=commit.revision)
        raise AssertionError("unreachable: the last try returns or raises")

    def _no_new_id(self, taken: str) -> PluginError:
        offer = self._host.id_schemes().offer(self._config.id_scheme)
        return PluginError(
            offer.plugin,
            f"Plugin {offer.plugin}: the ID scheme {offer.name!r} gives ids that are taken, {taken!r} "
            "in the end. Nothing was added; choose another id_scheme in crm.toml, or state an id.",
        )

    def commit(
        self,
        writes: Sequence[Write],
        action: str,
        reason: str = "",
        undoes: int | None = None,
        *,
        checked: bool = False,
        warned: bool = False,
    ) -> Commit:
        """Check *writes* unless they were, store them as one commit, tell everybody. Raises CheckError.

        *warned*: what plugins warn of was shown already.
        """
        self._refuse_plugins(action)
        with self._lock:
            batch = Batch(writes, self._clock(), self._actor, action, reason, undoes)
            if not checked:
                self._check(batch, warned=warned)
            commit = self._store.commit(batch)
        # An import removes nobody, and its writes may be read from a file each time.
        gone = 0 if action == "import" else sum(write.after is None for write in writes)
        count = len(writes) - gone
        self._tell(Event(commit, Deferred(count, lambda: _touched(writes, commit.revision))))
        return commit

    def _refuse_plugins(self, action: str) -> None:
        """A plugin that is answering may not write: it would change what it is asked about."""
        if (busy := at_work()) is None:
            return
        refusal = RefusedError(
            f"Plugin {busy.plugin} tried to {action} customers while it was answering {busy.hook}. "
            "Nothing was changed. A plugin writes from a command, an action, or a thread of its own."
        )
        self._host.fail(busy.plugin, busy.hook, refusal)
        raise refusal

    def _check(self, batch: Batch, *, warned: bool = False) -> None:
        problems: list[tuple[str, Problem]] = []
        for write in batch.writes:
            change = Change(
                write.before, write.after, batch.action, batch.actor, batch.reason, batch.at
            )
            found = self.objections(change, lambda key: self._linked(batch, key))
            problems += [(write.id, problem) for problem in found]
        say = self.dialect.say
        lines = [f"{where}: {say(p.message)} ({p.plugin})" for where, p in problems]
        errors = [p for _, p in problems if p.severity == "error"]
        if errors:
            more = f"\n… and {len(lines) - 5} more" if len(lines) > 5 else ""
            raise CheckError("Refused. " + "\n".join(lines[:5]) + more, errors)
        if not warned:
            self.warnings += lines

    def objections(
        self, change: Change, linked: Callable[[str], Customer | None] | None = None
    ) -> list[Problem]:
        """What speaks against *change*, by crmcore's own rules and by the plugins'; *linked* finds other
        customers, those stored if left out."""
        own = sanity.problems(change, self._config.team, linked or self._store.get)
        return [*own, *self._host.check(change)]

    def _linked(self, batch: Batch, customer_id: str) -> Customer | None:
        written = {write.id: write.after for write in batch.writes} if len(batch.writes) < 3 else {}
        return written.get(customer_id) or self._store.get(customer_id)

    def _tell(self, event: Event) -> None:
        self._host.broadcast(event)
        for notification in notifications(event):
            self._host.notify(self._config.notify, notification)

    def _reader(self, ids: Sequence[str]) -> Callable[[str], Customer | None]:
        """`Store.get` for *ids*, asked for in this order: many are read together."""
        if len(ids) < _TOGETHER:
            return self._store.get
        held: dict[str, Customer] = {}
        places = {customer_id: place for place, customer_id in enumerate(ids)}

        def get(customer_id: str) -> Customer | None:
            place = places[customer_id]
            if place % _TOGETHER == 0:
                some = tuple(ids[place : place + _TOGETHER])
                page = self._store.find(Query(Compare("id", "in", some)))
                held.clear()
                held.update((one.id, one) for one in page.customers)
            return held.get(customer_id)

        return get

    def take_back(self, revision: int | None, action: str) -> Commit:
        """Undo or redo commit *revision*, or the actor's last. Raises ConflictError, NotFoundError."""
        with self._lock:
            self._store.refresh()
            if revision is None:
                choose = undoing.last_undoable if action == undoing.UNDO else undoing.last_redoable
                commit = choose(self._store.history(newest_first=True), self._actor)
            else:
                found = next(self._store.history(since=revision - 1), None)
                if found is None or found.revision != revision:
                    store = self._store
                    raise undoing.absent(revision, store.revision, store.base_revision)
                commit = found
            with no_collecting(len(commit.edits)):
                writes = undoing.inverse(commit, self._reader([edit.id for edit in commit.edits]))
                return self.commit(writes, action, commit.action, undoes=commit.revision)


def _touched(writes: Sequence[Write], revision: int) -> tuple[Customer, ...]:
    afters = (write.after for write in writes)
    return tuple(evolve(one, revision=revision) for one in afters if one is not None)


def _rest(ids: Iterable[str], others: Container[str]) -> tuple[str, ...]:
    return tuple(each for each in ids if each not in others)


_LINK_BACK = {"repurchase": "repurchase", "refer": "referral"}


def _linked(old: Customer, new: Customer, action: str) -> Write:
    link = Link(_LINK_BACK[action], new.id)
    linked = evolve(old, links=(*old.links, link))
    if action == "refer":
        linked = evolve(linked, referrals=(*old.referrals, new.id))
    return Write(old, linked)
