"""Access notes are encrypted, bound to their property, and read with former keys, too."""

from uuid import uuid4

import pytest

from booking.adapters.note_cipher import NoteCipher
from booking.domain.refusals import SecretsNotConfigured

OLD, NEW = "o" * 32, "n" * 32
NOTE = "Key safe left of the door: 4711, ask for Łukasz"


def test_a_note_is_read_with_its_key_and_never_stands_in_what_is_kept() -> None:
    cipher, home = NoteCipher(NEW), (uuid4(), uuid4())
    encrypted = cipher.encrypt(NOTE, home)
    assert cipher.decrypt(encrypted, home) == NOTE
    assert b"4711" not in encrypted
    assert encrypted != cipher.encrypt(NOTE, home), "the same note twice tells nobody that it is the same"


def test_a_former_key_reads_and_only_the_newest_writes() -> None:
    home = uuid4(), uuid4()
    before = NoteCipher(OLD).encrypt(NOTE, home)
    after = NoteCipher(NEW, [OLD])
    assert after.decrypt(before, home) == NOTE
    assert NoteCipher(OLD).decrypt(after.encrypt(NOTE, home), home) is None
    assert NoteCipher(None, [OLD]).decrypt(before, home) == NOTE


def test_without_a_key_none_is_kept() -> None:
    with pytest.raises(SecretsNotConfigured):
        NoteCipher().encrypt(NOTE, (uuid4(), uuid4()))


def test_what_was_changed_or_copied_to_another_property_is_no_note() -> None:
    cipher, home = NoteCipher(NEW), (uuid4(), uuid4())
    encrypted = cipher.encrypt(NOTE, home)
    assert cipher.decrypt(encrypted, (home[0], uuid4())) is None
    assert cipher.decrypt(encrypted, (uuid4(), home[1])) is None
    for spoilt in (encrypted[:-1], encrypted[:5], b"", b"\x02" + encrypted[1:], encrypted[:-1] + b"\x00\x00"):
        assert cipher.decrypt(spoilt, home) is None
