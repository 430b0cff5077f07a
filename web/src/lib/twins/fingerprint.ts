/**
 * A short fingerprint of a text: FNV-1a, twice with different starts, as 16 hex digits. It notices change, it does
 * not withstand malice. Twin of `crdt_models/rules/fingerprint.py`.
 */
const STARTS = [0x811c9dc5, 0x01234567];
const PRIME = 0x01000193;

export function fingerprint(text: string): string {
	const data = new TextEncoder().encode(text);
	return STARTS.map((start) => {
		let value = start;
		for (const byte of data) value = Math.imul(value ^ byte, PRIME) >>> 0;
		return value.toString(16).padStart(8, '0');
	}).join('');
}
