"""A stored refusal answers one command of one device, in the words that were told."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Refusal
from ledger.heads import Signer
from ledger.refusals import Place, is_refusal_signed, read_refusal, refusal_text
from tests.ledger.till import SIGNER, VENUE

PLACE = Place(VENUE, "till1", "k1", "ab" * 32, 1_000_000)
NO = Refusal("wrong_amount", "The amount is not the price.", {"amount_cents": 7, "price_cents": 10_000})
KEYS = {SIGNER.key_id: SIGNER.public_key}
words = st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers() | st.none(), max_size=3)


@given(st.text(max_size=20), st.text(max_size=40), words)
def test_what_was_refused_is_read_back_and_was_signed(
    code: str, message: str, details: dict[str, object]
) -> None:  # [LE92]
    no = Refusal(code, message, details)
    text = refusal_text(SIGNER, PLACE, no)
    assert read_refusal(text) == no
    assert is_refusal_signed(text, PLACE, KEYS)


@given(st.data())
def test_no_byte_of_it_can_be_changed(data: st.DataObject) -> None:  # [LE92]
    text = refusal_text(SIGNER, PLACE, NO)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126).filter(lambda c: c != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    assert not is_refusal_signed(changed, PLACE, KEYS)


def test_it_answers_one_command_of_one_device_at_one_time_under_a_key_of_the_ledger() -> None:  # [LE92]
    text = refusal_text(SIGNER, PLACE, NO)
    for other in (
        PLACE._replace(venue="venue2"), PLACE._replace(device="till2"), PLACE._replace(key="k2"),
        PLACE._replace(content="cd" * 32), PLACE._replace(at_ms=1_000_001),
    ):  # fmt: skip
        assert not is_refusal_signed(text, other, KEYS)
    stranger = Signer.from_seed(bytes(32))
    assert not is_refusal_signed(refusal_text(stranger, PLACE, NO), PLACE, KEYS)
    assert not is_refusal_signed(text, PLACE, {stranger.key_id: stranger.public_key})
