/** Payout tables of an event as typed: rows of entries, and what each place gets, by shares or in amounts. */

import type { PayoutRange } from '#lib/tournament/structures.ts';
import { amountText, decimal, minorUnits, money } from '#lib/words/amounts.ts';

export type PayoutRow = { from: string; to: string; points: string };
export type Places = { kind: 'basis_points' | 'millionths' | 'fixed_cents'; values: number[] };

/** What shares of a kind add up to. */
export const WHOLE = { basis_points: 10_000, millionths: 1_000_000 } as const;

/**
 * The places of a row as typed, `140*4` for four places of 140: basis points; per cent where a word has a point or a
 * sign (`30% 20% 6.5%`, up to four decimals); amounts where each has the currency's sign (`€500 €300`). Null: neither.
 */
export function placesOf(text: string, currency: string): Places | null {
	const words = text.split(/[\s,;]+/).filter(Boolean);
	const found = words.map((word) => /^([^*]+?)(?:\*(\d{1,3}))?$/.exec(word));
	if (!words.length || found.some((one) => one === null)) return null;
	const kind = kindOf(words, currency);
	const shares = words.some((word) => /[.%]/.test(word)) ? perCent : points;
	const values = found.flatMap((one) => {
		const value = kind === 'fixed_cents' ? cents(one![1]!, currency) : shares(one![1]!, kind);
		return Array<number | null>(Number(one![2] ?? 1)).fill(value);
	});
	return values.some((one) => one === null) ? null : { kind, values: values as number[] };
}

/** A table's rows as they are typed. */
export function payoutRows(tables: readonly PayoutRange[], currency: string): PayoutRow[] {
	return tables.map((table) => ({
		from: String(table.entries_min),
		to: String(table.entries_max),
		points: placesText(table, currency),
	}));
}

/** Rows of a pasted table, a line each: `46-65: 30% 20% 12% …`; else which line can't be read. */
export function pastedRows(text: string, currency: string): PayoutRow[] | number {
	const lines = text.split('\n').filter((line) => line.trim());
	const rows: PayoutRow[] = [];
	for (const [n, line] of lines.entries()) {
		const found = /^\s*(\d{1,6})\s*[-–]\s*(\d{1,6})\s*[:\t ]\s*(\S.*)$/.exec(line);
		const places = found ? placesOf(found[3]!, currency) : null;
		if (!found || !places) return n + 1;
		const table = { entries_min: 0, entries_max: 0, [places.kind]: places.values };
		rows.push({ from: found[1]!, to: found[2]!, points: placesText(table, currency) });
	}
	return rows.length ? rows : 1;
}

/** Why these places are none of a table for so many entries; null: they are. */
export function placesFault(places: Places | null, entriesMax: number): string | null {
	if (!places) return 'Basis points of each place, first place first: 5000, 3000, 2000.';
	const { kind, values } = places;
	if (values.some((one, at) => one < 1 || (at > 0 && one > values[at - 1]!)))
		return 'Every place gets something, and no more than the place before it.';
	if (values.length > entriesMax)
		return `Pays ${values.length} places, and there are at most ${entriesMax} entries.`;
	if (kind === 'fixed_cents' || sumOf(places) === WHOLE[kind]) return null;
	return kind === 'basis_points'
		? `Adds up to ${sumOf(places).toLocaleString('en')}, not to 10,000 (100 %).`
		: `Adds up to ${decimal(sumOf(places), 4)} %, not to 100 %.`;
}

export function sumOf({ values }: Places): number {
	return values.reduce((all, one) => all + one, 0);
}

/** "€", or the code where a currency has no sign. */
export function signOf(currency: string): string {
	return money(0, currency).replace(/[\d.,\s]/g, '');
}

function placesText(table: PayoutRange, currency: string): string {
	if (table.fixed_cents)
		return table.fixed_cents.map((cents) => signOf(currency) + amountText(cents, currency)).join(' ');
	if (table.millionths) return table.millionths.map((share) => `${decimal(share, 4)}%`).join(' ');
	return (table.basis_points ?? []).join(', ');
}

function kindOf(words: readonly string[], currency: string): Places['kind'] {
	if (words.some((word) => unsigned(word, currency) !== null)) return 'fixed_cents';
	return words.some((word) => /\.\d{3,}/.test(word)) ? 'millionths' : 'basis_points';
}

/** The amount behind the currency's sign or code; null: it has none. */
function unsigned(word: string, currency: string): string | null {
	const sign = [signOf(currency), currency].find((one) => word.startsWith(one));
	return sign ? word.slice(sign.length) : null;
}

function cents(word: string, currency: string): number | null {
	return minorUnits(unsigned(word, currency) ?? '', currency);
}

function points(word: string): number | null {
	return /^\d{1,5}$/.test(word) ? Number(word) : null;
}

function perCent(word: string, kind: Places['kind']): number | null {
	const places = kind === 'millionths' ? 4 : 2;
	const found = /^(\d{1,3})(?:\.(\d{1,4}))?%?$/.exec(word);
	const part = found?.[2] ?? '';
	return found && part.length <= places ? Number(found[1]! + part.padEnd(places, '0')) : null;
}
