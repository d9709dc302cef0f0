"""Tokens of links: of one secret alone, and of one organization."""

from uuid import UUID

from booking.adapters.link_tokens import LinkTokens

ORGANIZATION = UUID("7d4c2b1a-3e5f-4a6b-8c9d-0e1f2a3b4c5d")


def tokens(secret: bytes = b"s" * 32) -> LinkTokens:
    async def known() -> bytes:
        return secret

    return LinkTokens(known)


async def test_a_token_names_its_organization_and_no_two_are_alike() -> None:
    made = [await tokens().new(ORGANIZATION) for _ in range(3)]
    assert len(set(made)) == 3
    assert {len(one) for one in made} == {64}
    assert [await tokens().organization(one) for one in made] == [ORGANIZATION] * 3


async def test_a_token_that_was_changed_in_any_place_or_made_elsewhere_is_none() -> None:
    token = await tokens().new(ORGANIZATION)
    changed = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    foreign = await tokens(b"t" * 32).new(ORGANIZATION)
    wrong = [*changed, foreign, "", "=", "\u00e4", token + "=", token + "\n", token[:-4]]
    assert {await tokens().organization(one) for one in wrong} == {None}
