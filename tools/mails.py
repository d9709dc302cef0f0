"""Write every message, for sample facts, so that people look at them: mails.py FOLDER

`mails.py --picture` draws some of them anew into docs/mails.svg, as phones and desktops show them.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from booking.adapters.words import JinjaWords
from booking.adapters.words.catalogs import load
from booking.adapters.words.samples import linked, sample
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient

PICTURE = Path(__file__).parent.parent / "docs" / "mails.svg"
PANELS = (
    (NoticeKind.CONFIRMED, Recipient.APPLICANT, "en-GB", 375, ("max-width",)),
    (NoticeKind.OFFER_MADE, Recipient.APPLICANT, "pt-PT", 375, ("max-width", "prefers-color-scheme")),
    (NoticeKind.AGENT_DAY, Recipient.AGENT, "es", 640, ()),
)
"""Messages of the picture: their width, and the media that hold there."""
HEIGHT, GAP = 1180, 20


def main(argument: str) -> int:
    if argument == "--picture":
        PICTURE.write_text(picture())
    else:
        _write(Path(argument))
    return 0


def picture() -> str:
    """Return messages side by side, as an SVG that holds their HTML."""
    panels = []
    left = 0
    words = JinjaWords()
    for number, (kind, recipient, locale, width, media) in enumerate(PANELS):
        html = words.render(linked(sample(kind, recipient, locale))).html
        panels.append(
            f'<foreignObject x="{left}" y="0" width="{width}" height="{HEIGHT}">\n'
            f"<style>{''.join(_styles(html, media, f'.panel{number}'))}</style>\n"
            f'<div xmlns="http://www.w3.org/1999/xhtml" class="panel{number}">{_body(html)}</div>\n</foreignObject>\n'
        )
        left += width + GAP
    size = f'width="{left - GAP}" height="{HEIGHT}" viewBox="0 0 {left - GAP} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{"".join(panels)}</svg>\n'


def _styles(html: str, media: tuple[str, ...], panel: str) -> Iterator[str]:
    """Yield the rules of the media that hold in a panel, for nothing outside of it."""
    for medium, rules in re.findall(r"@media \(([\w-]+).*?\) \{\n(.*?)\n\}", html, re.DOTALL):
        if medium in media:
            yield from (f"{panel} {rule.strip()} " for rule in rules.splitlines())


def _body(html: str) -> str:
    """Return the body of a message as XML."""
    body = re.sub(r"^.*<body[^>]*>|</body>.*$|<!--.*?-->", "", html, flags=re.DOTALL)
    return re.sub(r"<(br|img)\b([^>]*)>", r"<\1\2/>", body)


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    words = JinjaWords()
    for locale in load():
        for kind, recipients in RECIPIENTS.items():
            for recipient in recipients:
                message = words.render(linked(sample(kind, recipient, locale)))
                name = f"{kind}.{recipient}.{locale}"
                (folder / f"{name}.html").write_text(message.html)
                (folder / f"{name}.txt").write_text(f"Subject: {message.subject}\n\n{message.text}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
