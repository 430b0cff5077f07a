"""[LE25] A till offers a void of what the ledger can reverse, to who may; families name kinds there are."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ledger.commands import AnyCommand, roles_of
from ledger.posting_rules.reversals import REVERSIBLE


def test_tills_and_ledger_agree_on_what_can_be_voided() -> None:
    kinds = [*AnyCommand.model_json_schema()["discriminator"]["mapping"], "suspense"]
    node, script = Path(sys.executable).with_name("node"), Path(__file__).with_name("money_kinds.mjs")
    told = subprocess.run(
        [node, script, json.dumps(kinds)], check=True, capture_output=True, text=True
    ).stdout
    twin: dict[str, Any] = json.loads(told)
    by_manager_alone = {
        kind: ("cashier" not in roles_of(kind)) if kind in REVERSIBLE else None for kind in kinds
    }
    assert twin == {"voids": by_manager_alone, "unknown": []}
