/** Ids made here: UUIDv7 as 32 hex digits, and short random words. Works without a secure context. */

/** A UUIDv7: sorts by the time it was made. */
export function newId(unixMs: number = Date.now()): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	for (let n = 5, rest = unixMs; n >= 0; n--, rest = Math.floor(rest / 256)) bytes[n] = rest % 256;
	bytes[6] = (bytes[6]! & 0x0f) | 0x70;
	bytes[8] = (bytes[8]! & 0x3f) | 0x80;
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` letters and digits: the nonce of a replica, the id of an act. */
export function newNonce(length: number): string {
	let text = '';
	while (text.length < length)
		for (const byte of crypto.getRandomValues(new Uint8Array(length)))
			if (byte < 248 && text.length < length) text += LETTERS[byte % 62];
	return text;
}
