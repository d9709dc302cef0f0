"""Secrets are encrypted for their purpose, bound to their row, and read with former keys, too."""

from uuid import uuid4

import pytest

from booking.adapters.ciphers import Ciphers
from booking.domain.refusals import SecretsNotConfigured

OLD, NEW = "o" * 32, "n" * 32
NOTE = "Key safe left of the door: 4711, ask for Łukasz"


def test_a_note_is_read_with_its_key_and_never_stands_in_what_is_kept() -> None:
    cipher, home = Ciphers(NEW).access_note, (uuid4(), uuid4())
    encrypted = cipher.encrypt(NOTE, home)
    assert cipher.decrypt(encrypted, home) == NOTE
    assert b"4711" not in encrypted
    assert encrypted != cipher.encrypt(NOTE, home), "the same note twice tells nobody that it is the same"


def test_a_former_key_reads_and_only_the_newest_writes() -> None:
    home = uuid4(), uuid4()
    before = Ciphers(OLD).access_note.encrypt(NOTE, home)
    after = Ciphers(NEW, [OLD]).access_note
    assert after.decrypt(before, home) == NOTE
    assert Ciphers(OLD).access_note.decrypt(after.encrypt(NOTE, home), home) is None
    assert Ciphers(None, [OLD]).access_note.decrypt(before, home) == NOTE


def test_each_purpose_has_a_key_of_its_own() -> None:
    ciphers, row = Ciphers(NEW), (uuid4(), uuid4())
    assert ciphers.endpoints.decrypt(ciphers.access_note.encrypt(NOTE, row), row) is None
    assert ciphers.access_note.decrypt(ciphers.answers.encrypt(NOTE, row), row) is None


def test_names_of_rows_are_told_apart_however_they_are_shared_out() -> None:
    answers = Ciphers(NEW).answers
    encrypted = answers.encrypt(NOTE, ("ada", "POST /a", "k"))
    assert answers.decrypt(encrypted, ("ada", "POST /a", "k")) == NOTE
    assert answers.decrypt(encrypted, ("ad", "aPOST /a", "k")) is None


def test_without_a_key_none_is_kept() -> None:
    with pytest.raises(SecretsNotConfigured):
        Ciphers().access_note.encrypt(NOTE, (uuid4(), uuid4()))


def test_what_was_changed_or_copied_to_another_property_is_no_note() -> None:
    cipher, home = Ciphers(NEW).access_note, (uuid4(), uuid4())
    encrypted = cipher.encrypt(NOTE, home)
    assert cipher.decrypt(encrypted, (home[0], uuid4())) is None
    assert cipher.decrypt(encrypted, (uuid4(), home[1])) is None
    for spoilt in (encrypted[:-1], encrypted[:5], b"", b"\x02" + encrypted[1:], encrypted[:-1] + b"\x00\x00"):
        assert cipher.decrypt(spoilt, home) is None
