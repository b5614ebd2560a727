"""What the plugins offer, by kind: one question a catalogue hook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from crmcore import answers
from crmcore import hooktypes as types
from crmcore.answers import Hook
from crmcore.catalogue import Catalogue
from crmcore.fieldspec import FieldSpec
from crmcore.hookcalls import HookFailure
from crmcore.pipeline import STANDARD, Pipeline
from crmcore.text import one_line
from crmcore.wording import Text


class Catalogues(ABC):
    """The catalogues of a host, which asks the plugins."""

    @abstractmethod
    def catalogue(self, hook: Hook, own: Sequence[Any] = ()) -> Catalogue[Any]:
        """What the plugins return from *hook*, after the core's *own* values."""

    @abstractmethod
    def fail(self, plugin: str, hook: str, error: BaseException | str) -> HookFailure:
        """Keep for people to see that what *plugin* gave from *hook* failed."""

    def fields(self) -> Catalogue[FieldSpec]:
        """The fields plugins add, all of them namespaced."""
        return self.catalogue(answers.FIELDS)

    def pipelines(self) -> Catalogue[Pipeline]:
        """The standard pipeline and the plugins'."""
        return self.catalogue(answers.PIPELINES, (STANDARD,))

    def id_schemes(self) -> Catalogue[types.IdScheme]:
        """Ways to number customers."""
        return self.catalogue(answers.ID_SCHEMES)

    def stores(self) -> Catalogue[types.StoreType]:
        """Storage backends, named by their address's scheme; `memory` is the core's."""
        from crmcore.storage.memory import MemoryStore

        memory = types.StoreType(
            "memory",
            Text("内存（不保存）", "Memory, not kept"),
            lambda _, codec: MemoryStore(codec),
        )
        return self.catalogue(answers.STORES, (memory,))

    def graders(self) -> Catalogue[types.Grader]:
        """Graders, in the order in which they are asked."""
        found = self.catalogue(answers.GRADERS)
        for offer in found.agreed:
            if offer.value.trouble:
                self.fail(offer.plugin, answers.GRADERS.name, one_line(offer.value.trouble))
        return found

    def grader_formats(self) -> Catalogue[types.GraderFormat]:
        """Kinds of files that describe a grader."""
        return self.catalogue(answers.GRADER_FORMATS)

    def assigners(self) -> Catalogue[types.Assigner]:
        """Ways to choose an owner."""
        return self.catalogue(answers.ASSIGNERS)

    def calendars(self) -> Catalogue[types.WorkCalendar]:
        """Working-day calendars; `weekdays` is the core's."""
        from crmcore.workdays import WEEKDAYS

        return self.catalogue(answers.CALENDARS, (WEEKDAYS,))

    def reminders(self) -> Catalogue[types.ReminderRule]:
        """Rules that find what is due."""
        return self.catalogue(answers.REMINDERS)

    def notifiers(self) -> Catalogue[types.Notifier]:
        """Channels for notifications."""
        return self.catalogue(answers.NOTIFIERS)

    def importers(self) -> Catalogue[types.Importer]:
        """Readers of files."""
        return self.catalogue(answers.IMPORTERS)

    def exporters(self) -> Catalogue[types.Exporter]:
        """Writers of files."""
        return self.catalogue(answers.EXPORTERS)

    def reports(self) -> Catalogue[types.Report]:
        """Figures, the core's own first."""
        from crmcore.reports.catalogue import REPORTS

        return self.catalogue(answers.REPORTS, REPORTS)

    def commands(self) -> Catalogue[types.Command]:
        """Commands of the CLI."""
        return self.catalogue(answers.COMMANDS)
