/**
 * A QR code of a short text (an address with a one-time code): byte mode, error level M, versions 1 to 9, mask 0.
 * Any mask can be read; choosing the prettiest one is left out. Tested against an independent encoder.
 */
type Version = { size: number; ec: number; blocks: readonly number[]; align: readonly number[] };

/** Version n at index n - 1: error codewords a block, data codewords of each block, centres of alignment patterns. */
const VERSIONS: readonly Version[] = (
	[
		[10, [16], []],
		[16, [28], [6, 18]],
		[26, [44], [6, 22]],
		[18, [32, 32], [6, 26]],
		[24, [43, 43], [6, 30]],
		[16, [27, 27, 27, 27], [6, 34]],
		[18, [31, 31, 31, 31], [6, 22, 38]],
		[22, [38, 38, 39, 39], [6, 24, 42]],
		[22, [36, 36, 36, 37, 37], [6, 26, 46]],
	] as const
).map(([ec, blocks, align], n) => ({ size: 21 + 4 * n, ec, blocks, align }));

const FORMAT_M_MASK_0 = 0x5412;
const VERSION_GENERATOR = 0x1f25;
const FIELD = 0x11d;

/** Rows of modules, true = dark, without the quiet zone. Raises RangeError above 180 bytes. */
export function qrCode(text: string): boolean[][] {
	const bytes = new TextEncoder().encode(text);
	const version = VERSIONS.findIndex(({ blocks }) => bytes.length + 2 <= sum(blocks)) + 1;
	if (!version) throw new RangeError(`${bytes.length} bytes do not fit`);
	const shape = VERSIONS[version - 1]!;
	const picture = new Picture(shape, version);
	picture.fill(interleaved(dataOf(bytes, sum(shape.blocks)), shape));
	return picture.dark;
}

/** Mode 4 (bytes), length, the bytes, an end, then padding. */
function dataOf(bytes: Uint8Array, capacity: number): Uint8Array {
	const bits = [4, bytes.length >> 4, bytes.length & 15];
	for (const byte of bytes) bits.push(byte >> 4, byte & 15);
	bits.push(0);
	const data = new Uint8Array(capacity);
	for (let n = 0; n < capacity; n++) {
		const high = bits[2 * n];
		data[n] =
			high === undefined ? ((n - bits.length / 2) % 2 ? 0x11 : 0xec) : (high << 4) | (bits[2 * n + 1] ?? 0);
	}
	return data;
}

/** Data of all blocks in turn, then their error codewords in turn. */
function interleaved(data: Uint8Array, { ec, blocks }: Version): number[] {
	const starts = blocks.map((_, n) => sum(blocks.slice(0, n)));
	const parts = blocks.map((length, n) => data.subarray(starts[n]!, starts[n]! + length));
	const checks = parts.map((part) => remainder(part, ec));
	const turn = (lists: readonly ArrayLike<number>[], length: number) =>
		Array.from({ length }, (_, n) => lists.flatMap((list) => (n < list.length ? [list[n]!] : []))).flat();
	return [...turn(parts, Math.max(...blocks)), ...turn(checks, ec)];
}

/** Reed–Solomon: what is left of the block divided by the generator with `degree` roots. */
function remainder(block: Uint8Array, degree: number): number[] {
	let generator = [1];
	for (let n = 0, root = 1; n < degree; n++, root = times(root, 2)) {
		const shifted = [...generator, 0];
		generator = shifted.map((value, at) => value ^ times(generator[at - 1] ?? 0, root));
	}
	const left = new Array<number>(degree).fill(0);
	for (const byte of block) {
		const factor = byte ^ left.shift()!;
		left.push(0);
		for (let n = 0; n < degree; n++) left[n]! ^= times(generator[n + 1]!, factor);
	}
	return left;
}

/** Product in the field of 256. */
function times(one: number, other: number): number {
	let product = 0;
	for (let bit = 7; bit >= 0; bit--) {
		product = (product << 1) ^ ((product >> 7) * FIELD);
		product ^= ((other >> bit) & 1) * one;
	}
	return product;
}

class Picture {
	readonly dark: boolean[][];
	/** modules that carry no data */
	readonly #taken: boolean[][];
	readonly #size: number;

	constructor({ size, align }: Version, version: number) {
		this.#size = size;
		this.dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
		this.#taken = this.dark.map((row) => [...row]);
		for (let n = 0; n < size; n++) {
			this.#put(6, n, n % 2 === 0);
			this.#put(n, 6, n % 2 === 0);
		}
		for (const [row, column] of [
			[3, 3],
			[3, size - 4],
			[size - 4, 3],
		] as const)
			this.#rings(row, column, 4, (ring) => ring !== 2 && ring !== 4);
		const last = align.length - 1;
		align.forEach((row, i) => {
			align.forEach((column, j) => {
				const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
				if (!corner) this.#rings(row, column, 2, (ring) => ring !== 1);
			});
		});
		this.#format();
		if (version >= 7) this.#version(version);
	}

	/** Codewords go up and down in pairs of columns, from the right; mask 0 turns every other module. */
	fill(codewords: readonly number[]): void {
		let bit = 0;
		for (let right = this.#size - 1, up = true; right > 0; right -= 2, up = !up) {
			if (right === 6) right = 5;
			for (let step = 0; step < this.#size; step++) {
				const row = up ? this.#size - 1 - step : step;
				for (const column of [right, right - 1]) {
					if (this.#taken[row]![column]) continue;
					const value = ((codewords[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
					bit++;
					this.dark[row]![column] = (value === 1) !== ((row + column) % 2 === 0);
				}
			}
		}
	}

	#put(row: number, column: number, dark: boolean): void {
		if (row < 0 || column < 0 || row >= this.#size || column >= this.#size) return;
		this.dark[row]![column] = dark;
		this.#taken[row]![column] = true;
	}

	#rings(row: number, column: number, reach: number, dark: (ring: number) => boolean): void {
		for (let y = -reach; y <= reach; y++)
			for (let x = -reach; x <= reach; x++)
				this.#put(row + y, column + x, dark(Math.max(Math.abs(x), Math.abs(y))));
	}

	#format(): void {
		const far = this.#size - 1;
		for (let n = 0; n < 15; n++) {
			const dark = ((FORMAT_M_MASK_0 >> n) & 1) === 1;
			if (n < 6) this.#put(n, 8, dark);
			else if (n < 8) this.#put(n + 1, 8, dark);
			else this.#put(8, n === 8 ? 7 : 14 - n, dark);
			if (n < 8) this.#put(8, far - n, dark);
			else this.#put(far - 14 + n, 8, dark);
		}
		this.#put(far - 7, 8, true);
	}

	#version(version: number): void {
		let rest = version << 12;
		for (let bit = 17; bit >= 12; bit--) if ((rest >> bit) & 1) rest ^= VERSION_GENERATOR << (bit - 12);
		const word = (version << 12) | rest;
		for (let n = 0; n < 18; n++) {
			const dark = ((word >> n) & 1) === 1;
			const near = Math.floor(n / 3);
			const far = this.#size - 11 + (n % 3);
			this.#put(near, far, dark);
			this.#put(far, near, dark);
		}
	}
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((one, other) => one + other, 0);
}
