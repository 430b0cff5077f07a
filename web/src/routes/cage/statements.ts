/** Statements as the leaf tells them (`ledger/statements.py`), and which day an instant belongs to. */
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
	count: number;
	kinds: { kind: string; count: number; in_cents: number; out_cents: number }[];
	accounts: { account: string; name: string; debit_cents: number; credit_cents: number }[];
	shifts: ShiftRow[];
	listed: ListedRow[];
	not_listed: number;
};

const DAY_MS = 86_400_000;
/** a gaming day runs from 06:00 to 06:00 UTC, as `ledger/limits.py` has it */
const STARTS_MS = 6 * 3_600_000;

/** "2026-11-28" of a Unix time. */
export function gamingDay(unixMs: number): string {
	return new Date(unixMs - STARTS_MS).toISOString().slice(0, 10);
}

export function dayAfter(day: string, days: number): string {
	return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}
