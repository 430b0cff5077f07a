/** SHA-256 and HMAC without `crypto.subtle`, which a page on plain HTTP has not. For short texts. */

const ROUNDS = constants(64, (prime) => prime ** (1 / 3));
const START = constants(8, Math.sqrt);
const BLOCK = 64;

export function sha256(data: Uint8Array): Uint8Array {
	const hash = [...START];
	const padded = new Uint8Array(Math.ceil((data.length + 9) / BLOCK) * BLOCK);
	padded.set(data);
	padded[data.length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setUint32(padded.length - 8, Math.floor(data.length / 2 ** 29));
	view.setUint32(padded.length - 4, data.length << 3);
	for (let at = 0; at < padded.length; at += BLOCK) mix(hash, view, at);
	const out = new DataView(new ArrayBuffer(32));
	hash.forEach((word, n) => {
		out.setUint32(n * 4, word);
	});
	return new Uint8Array(out.buffer);
}

export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
	const short = new Uint8Array(BLOCK);
	short.set(key.length > BLOCK ? sha256(key) : key);
	const pad = (byte: number) => short.map((one) => one ^ byte);
	return sha256(joined(pad(0x5c), sha256(joined(pad(0x36), data))));
}

export function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
	const both = new Uint8Array(one.length + other.length);
	both.set(one);
	both.set(other, one.length);
	return both;
}

export function toHex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function fromHex(hex: string): Uint8Array {
	return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The first 32 bits of the fractions of roots of the first primes. */
function constants(count: number, root: (prime: number) => number): number[] {
	const found: number[] = [];
	for (let n = 2; found.length < count; n += 1) if (isPrime(n)) found.push(((root(n) % 1) * 2 ** 32) | 0);
	return found;
}

function isPrime(n: number): boolean {
	for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
	return true;
}

function mix(hash: number[], view: DataView, at: number): void {
	const words = Array.from({ length: 64 }, (_, n) => (n < 16 ? view.getInt32(at + n * 4) : 0));
	for (let n = 16; n < 64; n += 1) {
		const [early, late] = [words[n - 15]!, words[n - 2]!];
		const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
		const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
		words[n] = (words[n - 16]! + s0 + words[n - 7]! + s1) | 0;
	}
	let [a, b, c, d, e, f, g, h] = hash as [number, number, number, number, number, number, number, number];
	for (let n = 0; n < 64; n += 1) {
		const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
		const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS[n]! + words[n]!) | 0;
		const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
	}
	[a, b, c, d, e, f, g, h].forEach((word, n) => {
		hash[n] = (hash[n]! + word) | 0;
	});
}

function turn(word: number, by: number): number {
	return (word >>> by) | (word << (32 - by));
}
