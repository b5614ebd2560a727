"""Verbs that write files: `export` customers, `template` for a new sheet."""

from __future__ import annotations

from pathlib import Path

import click

from crmcore.cli.context import App, pass_app
from crmcore.errors import UsageError
from crmcore.query import both
from crmcore.text import one_line
from crmcore.wording import LANGUAGES, Language, Text

lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="The language of the file's headers and words."
)


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("query", required=False, default="")
@click.option("--where", default="", help="The same as QUERY.")
@click.option("--columns", default="", help="Fields, separated by commas.")
@click.option("--format", "form", help="The kind of file, where its name does not tell: vcard3.")
@click.option("--mask", is_flag=True, help="Hide names, phones, e-mail addresses and WeChat ids.")
@lang_option
@pass_app
def export_command(
    app: App,
    path: Path,
    query: str,
    where: str,
    columns: str,
    form: str | None,
    mask: bool,
    lang: Language | None,
) -> None:
    """Write customers, those QUERY finds, to a file."""
    _refuse_folder(path)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    crm = app.crm
    count = crm.export(
        path,
        both(crm.condition(query), crm.condition(where)),
        names,
        form=form,
        mask=mask,
        language=lang,
        tell=lambda note: _tell(app, note),
    )
    click.echo(
        one_line(
            app.say(
                "{count} 个客户写入 {path}", "{count} customers in {path}", count=count, path=path
            )
        )
    )


@click.command("template")
@click.argument("path", type=click.Path(path_type=Path))
@lang_option
@pass_app
def template_command(app: App, path: Path, lang: Language | None) -> None:
    """Write an empty workbook of the funnel table, to fill in and import."""
    _refuse_folder(path)
    app.crm.template(path, language=lang)
    click.echo(
        one_line(
            app.say(
                "已写入 {path}；填好后用 crmcore import 导入。",
                "Made {path}. Fill it in, then: crmcore import",
                path=path,
            )
        )
    )


def _tell(app: App, note: Text) -> None:
    click.echo(one_line(app.dialect.say(note)), err=True)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it.")
