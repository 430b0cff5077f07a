/** Receipts as the leaf answers them (`ledger/receipts.py`). */
export type Receipt = {
	seq: number;
	/** 80 bits of the entry's hash, 16 characters */
	hash_short: string;
	title: string;
	kind: string;
	/** Unix ms */
	at_ms: number;
	person: string;
	device: string;
	currency: string;
	tournament?: string;
	player?: string;
	entry?: string;
	number?: number;
	place?: number;
	drawer?: string;
	reason?: string;
	/** of a counted drawer: counted less expected */
	difference_cents?: number;
	/** the entry this one undoes */
	undoes: number | null;
	/** the entry that undoes this one */
	reversed_by: number | null;
	lines: { text: string; amount_cents: number }[];
	total_cents: number;
	/** which way the cash went, seen from the drawer */
	direction: 'in' | 'out' | '';
	copy: boolean;
};

/** "00817" */
export function receiptNumber(seq: number): string {
	return String(seq).padStart(5, '0');
}
