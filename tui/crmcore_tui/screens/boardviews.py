"""Whom a screen shows, and in which order: sorted otherwise, by a saved filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from crmcore.errors import CrmError
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import viewwordings as vw
from crmcore_tui.boardquery import SORTINGS
from crmcore_tui.formfields import own
from crmcore_tui.screens.boardfigures import FigureActions
from crmcore_tui.screens.form import Form
from crmcore_tui.screens.pick import Option, Options, Picked, PickScreen

if TYPE_CHECKING:
    from crmcore_tui.app import CrmApp
    from crmcore_tui.savedfilters import OwnFilters

_SAVE = "save"


class ViewActions(FigureActions):
    """Choosing what is shown; customers stay as they are."""

    def action_sort(self) -> None:
        """In another order."""

        def options() -> Sequence[Option]:
            say = self.crm.dialect.say
            return [
                Option(each.key, say(each.label), "✓" if each is self.sorting else "")
                for each in SORTINGS
            ]

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                self.sorting = next(each for each in SORTINGS if each.key == picked.option.key)
                self.reload()

        self._pick(vw.SORT_TITLE, options, chosen)

    def sorting_words(self) -> str:
        """The order, unless it is the usual one."""
        if self.sorting is SORTINGS[0]:
            return ""
        return self.say(vw.SORTED, order=self.crm.dialect.say(self.sorting.label))

    # filters

    def action_filters(self) -> None:
        """By a filter that was saved, or save the one in force."""

        def options() -> Sequence[Option]:
            own_ones, team = self._own_filters.read(), self.crm.config.filters
            save = [Option(_SAVE, self.say(vw.SAVE_FILTER), one_line(self.filter_text))]
            return [
                *(save if self.filter_text else ()),
                *(
                    Option(f"own {name}", one_line(name), one_line(t))
                    for name, t in own_ones.items()
                ),
                *(Option(f"team {name}", one_line(name), one_line(t)) for name, t in team.items()),
            ]

        self._pick(vw.FILTERS_TITLE, options, self._filter_picked, empty=vw.NO_FILTERS)

    def _filter_picked(self, picked: Picked | None) -> None:
        if picked is None:
            return
        kind, _, name = picked.option.key.partition(" ")
        if kind == _SAVE:
            self._name_filter()
            return
        if picked.remove:
            if kind == "own":
                self._own_filters.remove(name)
                self.tell(self.say(vw.REMOVED, name=one_line(name)))
            else:
                self.tell(self.say(vw.TEAMS), error=True)
            return
        filters = self._own_filters.read() if kind == "own" else self.crm.config.filters
        self._filter_by(filters[name])

    def _filter_by(self, text: str) -> None:
        try:
            wanted = self.crm.condition(text)
        except CrmError as error:
            self.report(error)
            return
        self.leave_figure()
        self.wanted, self.filter_text = wanted, text
        self.reload()

    def _name_filter(self) -> None:
        text = self.filter_text

        def form() -> Form:
            dialect = self.crm.dialect
            name = own("name", vw.FILTER_NAME, dialect, required=True)

            def submit(values: Mapping[str, str], _: int | None) -> str:
                self._own_filters.keep(values["name"].strip(), text)
                return values["name"].strip()

            return Form(self.say(vw.SAVE_FILTER), [name], submit, everything=True)

        def saved(name: str) -> None:
            self.tell(self.say(vw.SAVED, name=one_line(name)))

        self.fill_in(form, saved)

    @property
    def _own_filters(self) -> OwnFilters:
        return cast("CrmApp", self.app).filters

    def _pick(
        self,
        title: Text,
        options: Options,
        chosen: Callable[[Picked | None], None],
        *,
        empty: Text = vw.NOTHING,
        **values: str,
    ) -> None:
        screen = PickScreen(
            self.crm,
            partial(self.say, title, **values),
            partial(self.say, vw.PICK_KEYS),
            options,
            partial(self.say, empty),
        )

        def show() -> None:
            self.app.push_screen(screen, chosen)

        self.when_free(show)
