"""Taking commits back: which one, and what would have to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crmcore.changes import Commit, Edit, FieldChange, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError, NotFoundError
from crmcore.making import made

UNDO = "undo"
REDO = "redo"


def last_undoable(newest_first: Iterable[Commit], actor: str) -> Commit:
    """The newest commit of *actor* that stands and is not itself an undo. Raises NotFoundError."""
    cancelled: set[int] = set()
    for commit in newest_first:
        if commit.revision in cancelled:
            continue
        if commit.undoes is not None:
            cancelled.add(commit.undoes)
        elif commit.actor == actor:
            return commit
    raise NotFoundError(
        f"There is nothing by {actor} to undo. `crmcore undo REVISION` names any commit."
    )


def last_redoable(newest_first: Iterable[Commit], actor: str) -> Commit:
    """The newest undo of *actor* that no later change of theirs came after. Raises NotFoundError."""
    cancelled: set[int] = set()
    for commit in newest_first:
        if commit.actor != actor or commit.revision in cancelled:
            continue
        if commit.action == UNDO:
            return commit
        if commit.undoes is None:
            break
        cancelled.add(commit.undoes)
    raise NotFoundError(f"There is nothing by {actor} to redo.")


def absent(revision: int, newest: int, base: int) -> NotFoundError:
    """Why there is no commit *revision* in a store whose commits go from above *base* to *newest*."""
    if 0 < revision <= base:
        return NotFoundError(
            f"Revision {revision} cannot be undone: the history up to revision {base} was dropped by "
            "`crmcore store compact --forget-before`. Change the customers by hand instead."
        )
    return NotFoundError(f"There is no revision {revision}; the newest is {newest}.")


def inverse(commit: Commit, get: Callable[[str], Customer | None]) -> tuple[Write, ...]:
    """What takes *commit* back. Raises ConflictError where its fields were changed again since."""
    return tuple(_inverse_of(edit, commit, get(edit.id)) for edit in commit.edits)


def _inverse_of(edit: Edit, commit: Commit, current: Customer | None) -> Write:
    before = {change.field: change.before for change in edit.changes}
    if edit.kind == "remove":
        if current is not None:
            raise ConflictError(
                f"{edit.id} exists again; it cannot be brought back.", customer_id=edit.id
            )
        return Write(None, made(before))
    if current is None:
        raise ConflictError(f"{edit.id} no longer exists.", customer_id=edit.id)
    changed = tuple(
        FieldChange(change.field, change.after, now)
        for change in edit.changes
        if (now := current.value_of(change.field)) != change.after
    )
    if changed or (edit.kind == "create" and _as_created(edit, current) != current):
        names = ", ".join(change.field for change in changed) or "it"
        raise ConflictError(
            f"Revision {commit.revision} cannot be undone: {names} of {edit.id} was changed again "
            f"in revision {current.revision}. Undo that first (`crmcore history {edit.id}`).",
            customer_id=edit.id,
            expected=commit.revision,
            found=current.revision,
            fields=changed,
        )
    return Write(current, None if edit.kind == "create" else current.with_values(**before))


def _as_created(edit: Edit, current: Customer) -> Customer:
    values = {change.field: change.after for change in edit.changes}
    return made({**values, "revision": current.revision})
