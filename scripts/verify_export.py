"""Proves an export of a ledger, without Felt: `python verify_export.py friday.jsonl`; exit code 0: proved.

Lines stand byte for byte as a ledger writes them (RFC 8785). An entry carries a hash over the hash before it
and its own bytes; numbers rise by one, but where a term says how many are lost; what moves sums to zero. The
last line is a head, signed by the key of the last term; for another key than before the venue's key signed.
"""

import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = "at_ms content data device key kind person postings rules seq term v venue"
HEAD = "venue term seq hash at_ms key signature"


def check(holds, why):
    if not holds:
        raise AssertionError(why)


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def plain(value):
    if type(value) in (dict, list):
        return all(map(plain, value.values() if type(value) is dict else value))
    return type(value) is str or (type(value) is int and abs(value) < 2**53)


def bytes_of(text):
    found = urlsafe_b64decode(text + "==")
    check(urlsafe_b64encode(found).rstrip(b"=").decode() == text, "a key or signature was changed")
    return found


def check_signature(public, signature, domain, said):
    Ed25519PublicKey.from_public_bytes(bytes_of(public)).verify(bytes_of(signature), domain + canonical(said))


def check_term(entry, last, key, venue_key):
    said = entry["data"]
    follows = (said["from_seq"], said["from_hash"]) == (last["seq"], last["hash"])
    check(follows and entry["term"] > last["term"], "it does not open a term behind the last entry")
    check(entry["seq"] == last["seq"] + said["lost"] + 1 > last["seq"], "it jumps numbers it does not name")
    if key not in ("", said["public_key"]):
        voucher = said.get("certificate", {"term": 2**53})
        check(voucher["term"] <= entry["term"], "nobody vouched for its box in this term")
        box = {"venue": entry["venue"], "term": voucher["term"], "public_key": said["public_key"]}
        check_signature(venue_key or key, voucher["signature"], b"felt.box.1", box)
    check(said["key_id"] == sha256(bytes_of(said["public_key"])).hexdigest()[:16], "it names another key")
    return said["public_key"], venue_key or said.get("venue_key", ""), said["key_id"]


def check_entry(entry, line, last):
    check(plain(entry) and " ".join(entry) == FIELDS and entry["v"] == 1, "it is not an entry")
    digest = sha256(b"felt.entry.1" + bytes.fromhex(last["hash"]) + canonical(entry)).hexdigest()
    own = b'{"entry":%b,"hash":"%b"}\n' % (canonical(entry), digest.encode())
    check(line == own, "it, or an entry before it, was changed after it was booked")
    check(entry["venue"] == last.get("venue", entry["venue"]), "it is of another venue")
    check(entry["at_ms"] >= last["at_ms"], "it is dated too early")
    if entry["kind"] != "open_term":
        check((entry["term"], entry["seq"]) == (last["term"], last["seq"] + 1), "one is missing or swapped")
    amounts = [posting["amount"] for posting in entry["postings"]]
    check(len(amounts) != 1 and 0 not in amounts and sum(amounts) == 0, "it does not sum to zero")
    return digest


def prove(export, last, key="", venue_key="", ended=False):
    for line in export:
        check(not ended, "something stands behind the signed head")
        found = json.loads(line)
        if ended := list(found) == ["head"]:
            head = found["head"]
            check(line == json.dumps(found, separators=(",", ":")).encode() + b"\n", "the head was changed")
            check(" ".join(head) == HEAD, "it is not a head")
            check_signature(key, head.pop("signature"), b"felt.head.1", head)
            check(last == head, "the last entry is not the one that was signed")
        else:
            entry, digest = found["entry"], check_entry(found["entry"], line, last)
            if entry["kind"] == "open_term":
                key, venue_key, last["key"] = check_term(entry, last, key, venue_key)
            last.update({name: entry[name] for name in ("venue", "term", "seq", "at_ms")}, hash=digest)
    check(ended, "no signed head stands at its end: its tail is missing")


if __name__ == "__main__":
    end = {"term": 0, "seq": 0, "at_ms": 0, "hash": "00" * 32}
    try:
        with open(sys.argv[1], "rb") as export:
            prove(export, end)
    except (AssertionError, OSError) as error:
        sys.exit(f"NOT proved. Behind entry {end['seq']}: {error}")
    except Exception as error:
        why = "the next line is none that a ledger writes" if str(error) else "a signature does not hold"
        sys.exit(f"NOT proved. Behind entry {end['seq']}: {why}")
    print(f"Proved: venue {end['venue']}, up to entry {end['seq']}, hash {end['hash']}")
