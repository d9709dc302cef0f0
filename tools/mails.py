"""Write every message, for sample facts, into a folder, so that people look at them: mails.py FOLDER"""

import sys
from pathlib import Path

from booking.adapters.words import JinjaWords
from booking.adapters.words.catalogs import load
from booking.adapters.words.samples import sample
from booking.domain.notice import RECIPIENTS


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    words = JinjaWords()
    for locale in load():
        for kind, recipients in RECIPIENTS.items():
            for recipient in recipients:
                message = words.render(sample(kind, recipient, locale))
                name = f"{kind}.{recipient}.{locale}"
                (folder / f"{name}.html").write_text(message.html)
                (folder / f"{name}.txt").write_text(f"Subject: {message.subject}\n\n{message.text}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
