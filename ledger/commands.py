"""Money commands: what a cashier or manager asks for, as typed shapes, and how bytes become one.

Reading is strict: nothing is coerced, nothing unknown passes, a name may stand once. What is read here is a
command, not yet allowed; `posting_rules` decides. The content hash leaves the second person's PIN out, so no
PIN is stored, not even as a hash.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, RootModel, StringConstraints, ValidationError, model_validator

from .adopted import Id, Line, Profile, Shape, TournamentRules, adopted_text
from .errors import CommandInvalid
from .money import AMOUNT_MAX

__all__ = [
    "AddOn", "AdoptProfile", "AdoptTournament", "Amount", "AnyCommand", "Asked", "BuyIn", "CashBuyIn",
    "CashOut", "CloseDrawer", "CloseRegistration", "Command", "ConfirmResult", "DropToVault", "Expects",
    "MANAGERS", "OpenDrawer", "PayPrize", "ReEntry", "Read", "Rebuy", "Reverse", "Second", "TILLS",
    "Unregister", "VaultIn", "is_key", "read_command", "roles_of",
]  # fmt: skip

FIELDS_MAX: Final = 20  # wrong fields named in one answer
PIECES_MAX: Final = 1_000_000

Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
_Seq = Annotated[int, Field(ge=0, le=2**53 - 1)]
_Cents = Annotated[int, Field(ge=0, le=AMOUNT_MAX)]


class Amount(Shape):
    """`{"amount": 5500, "currency": "EUR"}`."""

    amount: _Cents
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Something(Amount):
    """An amount above zero."""

    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]


class Expects(Shape):
    """What the operator saw; a difference refuses with `changed`."""

    seq: _Seq | None = None
    entries: _Seq | None = None  # paid entries of this player in this event
    pool_cents: _Seq | None = None
    due_cents: _Seq | None = None  # what is left to pay of this prize


class Approval(Shape):
    """A second person's approval."""

    person: Id
    pin: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class Intent(Shape):
    """Recorded on the device while the leaf could not be reached (Unix or leaf ms, as the device had it)."""

    recorded_ms: _Seq


class _Common(Shape):
    expects: Expects | None = None
    drawer: Id | None = None
    second: Approval | None = None
    names: Key | None = None
    intent: Intent | None = None


class AdoptProfile(_Common):
    kind: Literal["adopt_profile"]
    profile: Profile


class AdoptTournament(_Common):
    kind: Literal["adopt_tournament"]
    tournament: Id
    rules: TournamentRules


class VaultIn(_Common):
    kind: Literal["vault_in"]
    amount: Something


class OpenDrawer(_Common):
    kind: Literal["open_drawer"]
    drawer: Id
    amount: Amount


class DropToVault(_Common):
    kind: Literal["drop_to_vault"]
    drawer: Id
    amount: Something


class CloseDrawer(_Common):
    """`counted`: pieces per denomination in minor units."""

    kind: Literal["close_drawer"]
    drawer: Id
    counted: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")],
            Annotated[int, Field(ge=0, le=PIECES_MAX)],
        ],
        Field(max_length=64),
    ]

    @model_validator(mode="after")
    def _is_countable(self) -> "CloseDrawer":
        if self.counted_cents > AMOUNT_MAX:
            raise ValueError(f"more than {AMOUNT_MAX} in one drawer")
        return self

    @property
    def counted_cents(self) -> int:
        """What was found in the drawer."""
        return sum(int(cents) * pieces for cents, pieces in self.counted.items())


class _Sale(_Common):
    tournament: Id
    player: Id
    entry: Id
    drawer: Id
    method: Literal["cash"]
    amount: Amount


class BuyIn(_Sale):
    kind: Literal["buy_in"]


class ReEntry(_Sale):
    kind: Literal["re_entry"]


class Rebuy(_Sale):
    kind: Literal["rebuy"]


class AddOn(_Sale):
    kind: Literal["add_on"]


class Unregister(_Common):
    kind: Literal["unregister"]
    tournament: Id
    entry: Id
    drawer: Id
    reason: Line


class CloseRegistration(_Common):
    kind: Literal["close_registration"]
    tournament: Id


class ConfirmResult(_Common):
    """`places`: [player, entry, place] of every paid place; people who tie have the same place."""

    kind: Literal["confirm_result"]
    tournament: Id
    places: Annotated[
        list[tuple[Id, Id, Annotated[int, Field(ge=1, le=10_000)]]], Field(min_length=1, max_length=500)
    ]


class PayPrize(_Common):
    kind: Literal["pay_prize"]
    tournament: Id
    player: Id
    place: Annotated[int, Field(ge=1, le=10_000)]
    drawer: Id
    method: Literal["cash"]
    amount: Something


class Reverse(_Common):
    kind: Literal["reverse"]
    seq: Annotated[int, Field(ge=1, le=2**53 - 1)]
    reason: Line


class CashBuyIn(_Common):
    kind: Literal["cash_buy_in"]
    player: Id
    table: Id | None = None
    drawer: Id
    amount: Something


class CashOut(_Common):
    kind: Literal["cash_out"]
    player: Id
    table: Id | None = None
    drawer: Id
    amount: Something


Command: TypeAlias = (
    AdoptProfile | AdoptTournament | VaultIn | OpenDrawer | DropToVault | CloseDrawer
    | BuyIn | ReEntry | Rebuy | AddOn | Unregister | CloseRegistration | ConfirmResult | PayPrize
    | Reverse | CashBuyIn | CashOut
)  # fmt: skip


class AnyCommand(RootModel[Annotated[Command, Field(discriminator="kind")]]):
    """Any money command; its `kind` says which."""


MANAGERS: Final = frozenset({"manager", "admin"})
TILLS: Final = MANAGERS | {"cashier"}
_MANAGERS_ONLY: Final = frozenset(
    {"adopt_profile", "adopt_tournament", "vault_in", "close_registration", "confirm_result"}
)


def roles_of(kind: str) -> frozenset[str]:
    """Who may ask for it."""
    return MANAGERS if kind in _MANAGERS_ONLY else TILLS


@dataclass(frozen=True, slots=True)
class Read:
    """A command as it came: typed, what of it goes into the entry, and its content hash (hex)."""

    command: Command
    data: dict[str, Any]
    content: str


@dataclass(frozen=True, slots=True)
class Second:
    """Who approved; `role` None: the PIN was wrong, or there is no such person."""

    person: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with all that a decision may look at besides the state of the book."""

    read: Read
    key: str
    person: str
    role: str
    device: str
    at_ms: int  # Unix milliseconds
    second: Second | None = None


def is_key(text: str) -> bool:
    """Whether this may be an idempotency key: 1 to 64 of `A-Z a-z 0-9 . _ : -`."""
    return 1 <= len(text) <= 64 and text.isascii() and all(c.isalnum() or c in "._:-" for c in text)


def read_command(body: bytes) -> Read:
    """Raises CommandInvalid: `malformed`, `unknown_field` or `invalid`, with the fields in `details`."""
    try:
        found = json.loads(body, object_pairs_hook=_once)
        command = AnyCommand.model_validate_json(body).root
    except ValidationError as error:
        raise _why(error) from None
    except (ValueError, RecursionError):
        raise CommandInvalid("malformed", "The body is not JSON, or names a field twice.") from None
    data = _without_nulls(found)
    if command.second is not None:
        data["second"] = {"person": command.second.person}
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    content = sha256(text.encode("utf-8")).hexdigest()
    del data["kind"]
    if isinstance(command, AdoptProfile):
        data["profile"] = adopted_text(command.profile)
    elif isinstance(command, AdoptTournament):
        data["rules"] = adopted_text(command.rules)
    return Read(command, data, content)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _without_nulls(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in found.items()
        if value is not None
    }


def _why(error: ValidationError) -> CommandInvalid:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return CommandInvalid("malformed", "The body is not JSON.")
    unknown = [_field(one["loc"]) for one in found if one["type"] == "extra_forbidden"]
    if unknown:
        return CommandInvalid("unknown_field", "A field is not known here.", {"fields": unknown[:FIELDS_MAX]})
    fields = {_field(one["loc"]): one["msg"] for one in found[:FIELDS_MAX]}
    return CommandInvalid("invalid", "A field is missing or not as it must be.", {"fields": fields})


def _field(loc: tuple[int | str, ...]) -> str:
    """`("buy_in", "amount", "currency")` → `amount.currency`: the kind in front is ours, not the caller's."""
    return ".".join(map(str, loc[1:] or ("kind",)))[:80]
