"""Environment of our templates: no template reaches anything but the texts that it is given."""

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from booking.adapters.words import catalogs

TEMPLATES = catalogs.FOLDER.parent / "templates"


def templates() -> Environment:
    """Make the environment. A translated text is looked up in the `catalog` of what is rendered."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        cache_size=-1,
    )
    environment.globals.clear()
    environment.policies["ext.i18n.trimmed"] = True
    install: Any = environment
    install.install_gettext_callables(_gettext, _ngettext, newstyle=True)
    return environment


@pass_context
def _gettext(context: Context, text: str) -> str:
    told: str = context["catalog"].gettext(text)
    return told


@pass_context
def _ngettext(context: Context, one: str, several: str, count: int) -> str:
    told: str = context["catalog"].ngettext(one, several, count)
    return told
