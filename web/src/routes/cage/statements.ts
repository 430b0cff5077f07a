/** Statements as the leaf tells them (`ledger/statements.py`); which gaming day it is, the leaf knows. */
export type ShiftRow = {
	drawer: string;
	opened_seq: number;
	opened_ms: number;
	person: string;
	in_cents: number;
	out_cents: number;
	closed_seq: number | null;
	expected_cents: number | null;
	counted_cents: number | null;
	difference_cents: number | null;
	reason: string;
};
export type ListedRow = {
	seq: number;
	kind: string;
	at_ms: number;
	person: string;
	amount_cents: number;
	reason: string;
	second: string;
	undoes: number | null;
	refusal: string;
};
export type DayStatement = {
	day: string;
	/** the gaming day it is now */
	today: string;
	from_ms: number;
	until_ms: number;
	count: number;
	kinds: { kind: string; count: number; in_cents: number; out_cents: number }[];
	accounts: { account: string; name: string; debit_cents: number; credit_cents: number }[];
	shifts: ShiftRow[];
	listed: ListedRow[];
	not_listed: number;
};

const DAY_MS = 86_400_000;

/** "2026-11-28" and one day on → "2026-11-29". */
export function dayAfter(day: string, days: number): string {
	return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
