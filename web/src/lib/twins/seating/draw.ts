/**
 * A seat draw that a stranger can recompute: from a seed, its number, the seats there were, and who drew.
 * Twin of `crdt_models/rules/seating/draw.py`; both read `tests/vectors/draw.json`.
 */
import type { Draw, Series } from '#lib/facts/facts.gen.ts';
import { fromHex, hmacSha256, joined, sha256, toHex } from './sha256.ts';

/** `random(n)`: a whole number from 0 to n-1, each as likely. */
export type Random = (below: number) => number;
export type Verdict = 'matches' | 'sealed' | 'other_seed' | 'other_seats' | 'unreadable';

/** A table whose `free` seats may be drawn: lowest `rank` first, then the fewest `players`. */
export type PoolTable = { rank: number; label: string; players: number; free: readonly number[] };

const FIRST_LINE = 'felt seat draw 1';
const TABLE = /^([0-9]{1,2})\/([A-Za-z0-9_-]{1,36})\/([0-9]{1,2})\/([0-9,-]*)$/;

/** What is told of a seed (64 hex digits) before: the SHA-256 of its 32 bytes, in hex. */
export function commitmentOf(seed: string): string {
	return toHex(sha256(fromHex(seed)));
}

/** Numbers that follow from seed and message: 32-bit words of SHA-256(key, block), but for unfair ones. */
export function stream(seed: string, message: string): Random {
	const key = hmacSha256(fromHex(seed), new TextEncoder().encode(message));
	const drawn = words(key);
	return (below) => {
		const fair = 2 ** 32 - (2 ** 32 % below);
		for (;;) {
			const word = drawn.next().value!;
			if (word < fair) return word % below;
		}
	};
}

/**
 * A seat `<table>.<seat>` for each player, in their order; fewer where the pool is too small. One card after the
 * other is drawn from the tables of the lowest rank that have the fewest players by now; then, for more than one
 * player, the cards are shuffled over the players (TDA 10-B).
 */
export function deal(pool: readonly PoolTable[], players: readonly string[], random: Random): string[] {
	const tables = pool.map((table) => ({ ...table }));
	const cards: string[] = [];
	for (const _ of players) {
		const open = tables.filter(({ free }) => free.length > 0);
		if (open.length === 0) break;
		const least = [...open].sort(byLevel)[0]!;
		const lowest = open.filter((table) => byLevel(table, least) === 0);
		let pick = random(lowest.reduce((sum, { free }) => sum + free.length, 0));
		for (const table of lowest) {
			if (pick < table.free.length) {
				cards.push(`${table.label}.${table.free[pick]}`);
				table.free = table.free.filter((_, n) => n !== pick);
				table.players += 1;
				break;
			}
			pick -= table.free.length;
		}
	}
	return players.length > 1 ? shuffled(cards, random) : cards;
}

/** The seats of the draw `ident` (`<series>.<number>`); null: the pool can't be read. */
export function derive(
	seed: string,
	event: string,
	ident: string,
	{ kind, pool, players }: Pick<Draw, 'kind' | 'pool' | 'players'>,
): string[] | null {
	const tables = parsePool(pool);
	if (!tables) return null;
	const message = [FIRST_LINE, event, ident, kind, pool, players.join(',')].join('\n');
	return deal(tables, players, stream(seed, message));
}

/** Whether the seats given are those that the revealed seed makes; `sealed`: not revealed yet. */
export function checkDraw(event: string, ident: string, draw: Draw, series: Series): Verdict {
	if (!series.seed) return 'sealed';
	if (commitmentOf(series.seed) !== series.commitment) return 'other_seed';
	const seats = derive(series.seed, event, ident, draw);
	if (!seats) return 'unreadable';
	return seats.join() === draw.seats.join() ? 'matches' : 'other_seats';
}

/** `rank/label/players/free`, tables apart by `;`, free seats ascending, neighbours as `3-5`. */
export function poolText(tables: readonly PoolTable[]): string {
	return tables
		.map(({ rank, label, players, free }) => `${rank}/${label}/${players}/${runs(free)}`)
		.join(';');
}

/** The tables of a pool; null: it is not in the form of `poolText`, to the letter. */
export function parsePool(text: string): PoolTable[] | null {
	const found = text ? text.split(';').map((part) => TABLE.exec(part)) : [];
	const tables = found.flatMap((match) =>
		match
			? [{ rank: Number(match[1]), label: match[2]!, players: Number(match[3]), free: seatsOf(match[4]!) }]
			: [],
	);
	return poolText(tables) === text ? tables : null;
}

/** Fisher and Yates, from the last place down. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
	const cards = [...items];
	for (let last = cards.length - 1; last > 0; last -= 1) {
		const pick = random(last + 1);
		[cards[last], cards[pick]] = [cards[pick]!, cards[last]!];
	}
	return cards;
}

export function byLevel(one: PoolTable, other: PoolTable): number {
	return one.rank - other.rank || one.players - other.players;
}

function* words(key: Uint8Array): Generator<number, never> {
	for (let block = 0; ; block += 1) {
		const counter = new DataView(new ArrayBuffer(4));
		counter.setUint32(0, block);
		const digest = new DataView(sha256(joined(key, new Uint8Array(counter.buffer))).buffer);
		for (let at = 0; at < 32; at += 4) yield digest.getUint32(at);
	}
}

function runs(seats: readonly number[]): string {
	const found: [number, number][] = [];
	for (const seat of seats) {
		const run = found.at(-1);
		if (run && seat === run[1] + 1) run[1] = seat;
		else found.push([seat, seat]);
	}
	return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

function seatsOf(text: string): number[] {
	return (text ? text.split(',') : []).flatMap((run) => {
		const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(run);
		if (!match) return [];
		const first = Number(match[1]);
		const last = Math.min(Number(match[2] ?? first), 99);
		return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);
	});
}
