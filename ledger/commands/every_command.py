"""What all money commands share: who may ask, amounts, what the operator saw, a second person, an intent."""

from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ..adopted import Id, Line, Shape
from ..money import AMOUNT_MAX

__all__ = [
    "MANAGERS",
    "TILLS",
    "Amount",
    "Approval",
    "Cents",
    "Common",
    "EntryHash",
    "Expects",
    "Intent",
    "Key",
    "Place",
    "Reason",
    "Seq",
    "Something",
]

MANAGERS: Final = frozenset({"manager", "admin"})
TILLS: Final = MANAGERS | {"cashier"}

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
Cents = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]
EntryHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[int, Field(ge=1, le=10_000)]


def _said(text: str) -> str:
    if text.isspace():
        raise PydanticCustomError("missing", "blank")
    return text


Reason = Annotated[Line, AfterValidator(_said)]


class Amount(Shape):
    """`{"amount": 5500, "currency": "EUR"}`."""

    amount: Cents
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Something(Amount):
    """An amount above zero."""

    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]


class Expects(Shape):
    """What the operator saw; a difference refuses with `changed`."""

    seq: Seq | None = None
    entries: Seq | None = None  # paid entries of this player in this event
    pool_cents: Seq | None = None
    due_cents: Seq | None = None  # of this prize; without a place, of bounties; without an event, of markers
    fund_cents: Seq | None = None  # of this jackpot


class Approval(Shape):
    """A second person's approval: their PIN here, or the name of the yes they gave on their own tablet."""

    person: Id
    pin: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    approval: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Approval":
        if (self.pin is None) == (self.approval is None):
            raise ValueError("a PIN, or an approval")
        return self


class Intent(Shape):
    """Recorded on the device while the leaf could not be reached (Unix or leaf ms, as the device had it)."""

    recorded_ms: Seq


class Common(Shape):
    """Base of every command. A kind for managers alone says so by `roles`."""

    roles: ClassVar[frozenset[str]] = TILLS
    receives: ClassVar[bool] = False
    """Cash came in: recorded without the leaf it is booked whatever the rules say (a drawer, an `amount`)."""
    pays_out: ClassVar[bool] = False
    """Money leaves the house: the payout limits hold. The payee is its `player` or `dealer`."""
    takes_two: ClassVar[bool] = False
    """Always needs a second person, and so does its reversal."""
    two_names: ClassVar[bool] = False
    """Needs a second person where the house profile says so."""
    limited_by: ClassVar[str] = ""
    """A limit of the profile, above which `amount` needs a second person; without that limit, always."""

    expects: Expects | None = None
    drawer: Id | None = None
    second: Approval | None = None
    names: Key | None = None
    rebooks: EntryHash | None = None  # the entry of a branch that was left behind, which this books again
    intent: Intent | None = None

    def canonical(self) -> dict[str, str]:
        """Fields that go into the entry as canonical text instead of as they came."""
        return {}

    def faults(self) -> dict[str, str]:
        """Fields that don't go together, each with why; checked when the shape itself is as it must be."""
        return {}
