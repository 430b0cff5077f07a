/** Each rule of bad input: refused by its verb; written by another client it arrives, is a row, and a verb ends it. */
import 'fake-indexeddb/auto';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { Json } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import { LocalDocument } from '#lib/facts/local-document.ts';
import { type DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import { type Breach, breaches } from '#lib/twins/breaches.ts';
import { endEvent, pauseClock, resumeClock } from '#lib/verbs/clock.ts';
import { bustPlayer, dropBust } from '#lib/verbs/elimination.ts';
import { useTables } from '#lib/verbs/house.ts';
import { editLevel } from '#lib/verbs/levels.ts';
import { movePlayer } from '#lib/verbs/seating.ts';
import { explainBreach } from '#lib/verbs/settle.ts';
import { advanceButton, changeTable, dropButton, setButton } from '#lib/verbs/tables.ts';
import { type Refusal, takeActsBack } from '#lib/verbs/verb.ts';
import { askCage, askCageForAll, dropWanted } from '#lib/verbs/wanted.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';
import type { Peer } from './peer.ts';

const PLAYERS = ['ana', 'bea', 'cyd'];
let leaf: Peer;
let device: Device;
let event: Replica<'tournament'>;
let cage: Replica<'cage'>;
let config: Replica<'config'>;

/** From a leaf of its own: this one holds one document. */
async function open<K extends Kind>(
	document: DocumentName<K>,
	{ address }: Peer,
	facts: Record<string, unknown> = {},
) {
	const venue = { ...(await device.venue(`felt ${document}`, [address])), id: `v ${document}` };
	const one = new Replica<K>(document, venue, () => 'ana', { standing: () => {}, refused: () => {} });
	onTestFinished(() => one.close());
	await device.until(() => one.live);
	if (Object.keys(facts).length) one.act(Object.entries(facts) as [string, Json][]);
	return one;
}

beforeEach(async () => {
	leaf = await peer();
	device = new Device([leaf.address]);
	cage = await open('cage', await peer());
	config = await open('config', await peer(), {
		'table/t1': { number: 1, seats: 8 },
		'table/t2': { number: 2, seats: 2, out_of_use: [1, 2] },
	});
	const level = (big: number) => ({
		kind: 'play',
		duration_ms: 600_000,
		minutes: 10,
		small: big / 2,
		big,
		ante: 0,
		ante_by: 'big_blind',
	});
	event = await open('tournament/e1', leaf, {
		setup: {
			kind: 'tournament',
			version: 1,
			name: 'E',
			starts_ms: 0,
			seats_per_table: 9,
			starting_stack: 10_000,
			late_until_level: 6,
		},
		clock: { level: 1, state: 'paused', anchor_ms: 1_000, remaining_ms: 600_000 },
		'level/1': level(50),
		'level/2': level(100),
		'level/3': level(200),
		'table/t1': { open: true, order: 1 },
		...Object.fromEntries(PLAYERS.map((player) => [`entry/${player}-1`, { player, number: 1 }])),
		...Object.fromEntries(PLAYERS.map((player, n) => [`seat/${player}`, { table: 't1', seat: n + 1 }])),
	});
});

function done<D extends { ok: true }>(result: D | Refusal): D {
	if (!result.ok) throw new Error(`refused: ${result.code}`);
	return result;
}
const code = (result: { ok: true } | Refusal | null) => (!result || result.ok ? 'done' : result.code);
const rows = (): Breach[] =>
	breaches(event.keeper.local.index, 'e1', cage.reader, config.reader, event.now());
const kinds = () => rows().map(({ kind, fact }) => `${kind} ${fact}`);

/** Another client that has seen all until now, and asks no rule. */
function client(name: string): LocalDocument {
	const other = new LocalDocument(event.document, name, () => event.now());
	Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(event.keeper.local.doc));
	return other;
}

async function arrives(...changes: [string, Json][]): Promise<void> {
	const written = client('raw').write(changes, 'bea');
	leaf.take(
		written.update,
		written.edits.map(([stamp]) => stamp),
	);
	const last = written.edits.at(-1)![0];
	await device.until(() => event.keeper.local.index.edits.has(last));
}

test('[RU120] a level that falls', async () => {
	expect(editLevel(event, 3, { small: 25, big: 50 })).toMatchObject({ code: 'ladder', details: { row: 3 } });
	const high = { kind: 'play', duration_ms: 600_000, small: 150, big: 300, ante_by: 'big_blind' };
	await arrives(['level/2', high]);
	expect(kinds()).toEqual(['ladder level/3']);
	done(editLevel(event, 3, { small: 200, big: 400 }));
	expect(rows()).toEqual([]);
});

test('[RU120] a table without seats', async () => {
	expect(code(useTables(event, config, ['t1', 't2']))).toBe('no_seats');
	await arrives(['table/t2', { open: true, order: 2 }]);
	expect(kinds()).toEqual(['table_seatless table/t2']);
	done(changeTable(event, 't2', { open: false }));
	expect(rows()).toEqual([]);
});

test('[RU120] a button on a seat the table has not', async () => {
	expect(code(setButton(event, config, 't1', 9))).toBe('no_seat');
	await arrives(['button/t1', { button: 8, small_blind: 9, big_blind: 1 }]);
	expect(kinds()).toEqual(['button_invalid button/t1']);
	expect(code(advanceButton(event, config, 't1'))).toBe('button_invalid');
	const dropped = done(dropButton(event, 't1'));
	expect(rows()).toEqual([]);
	done(dropped.undo());
	done(setButton(event, config, 't1', 2));
	expect(rows()).toEqual([]);
});

test('[RU120] a move to a taken seat, and to one that is not there', async () => {
	const to = (seat: number) => movePlayer(event, config, { player: 'cyd', table: 't1', seat });
	expect([code(to(1)), code(to(9))]).toEqual(['taken', 'no_seat']);
	await arrives(['seat/cyd', { table: 't1', seat: 1 }], ['seat/bea', { table: 't1', seat: 9 }]);
	expect(kinds()).toEqual(['seat_gone seat/bea', 'seat_taken seat/cyd'].sort());
	done(to(5));
	done(movePlayer(event, config, { player: 'bea', table: 't1', seat: 6 }));
	expect(rows()).toEqual([]);
});

test('[RU120] busts of who is out, under another name, and of the last one', async () => {
	await arrives(['bust/cyd-1', { player: 'ana', at_ms: 5, hand: 'h1' }]);
	expect(kinds()).toEqual(['bust_misnamed bust/cyd-1']);
	done(dropBust(event, 'cyd-1'));
	expect(rows()).toEqual([]);
	done(bustPlayer(event, 'ana'));
	done(bustPlayer(event, 'bea'));
	expect([code(bustPlayer(event, 'ana')), code(bustPlayer(event, 'cyd'))]).toEqual([
		'already_out',
		'last_one',
	]);
	await arrives(['bust/cyd-1', { player: 'cyd', at_ms: event.now() + 5, hand: 'h9' }]);
	expect(kinds()).toEqual(['nobody_left bust/cyd-1']);
	done(endEvent(event));
	expect(kinds()).toEqual(['nobody_left bust/cyd-1']);
	done(dropBust(event, 'cyd-1'));
	expect(rows()).toEqual([]);
});

test('[RU120] [RU122] a rebuy after the end names the term, and is dropped', async () => {
	for (const player of ['ana', 'bea']) done(bustPlayer(event, player));
	done(endEvent(event));
	const asked = askCage(event, cage, 'e1', 'cyd', 'rebuy');
	expect(asked).toMatchObject({
		code: 'not_for_sale',
		message: 'This event is over.',
		details: { code: 'event_over' },
	});
	await arrives(['wanted/w1', { player: 'cyd', kind: 'rebuy', entry: 'cyd-1', had: 0, at_ms: 9 }]);
	expect(kinds()).toEqual(['wanted_over wanted/w1']);
	done(dropWanted(event, 'w1'));
	expect(rows()).toEqual([]);
});

test('[RU122] the cage is asked for nothing that may not be bought', () => {
	expect(askCage(event, cage, 'e1', 'cyd', 're_entry')).toMatchObject({ details: { code: 'in_play' } });
	expect(askCage(event, cage, 'e1', 'zoe', 'rebuy')).toMatchObject({ details: { code: 'not_entered' } });
	done(askCage(event, cage, 'e1', 'cyd', 'rebuy'));
});

test('[RU131] a double rebuy waits twice, and a table is asked for all or none', async () => {
	done(askCage(event, cage, 'e1', 'cyd', 'rebuy'));
	expect(code(askCage(event, cage, 'e1', 'cyd', 'rebuy'))).toBe('already_wanted');
	await arrives(['terms/rebuy', { chips: 5_000, double: true, per_player: 9 }]);
	done(askCage(event, cage, 'e1', 'cyd', 'rebuy'));
	expect(code(askCage(event, cage, 'e1', 'cyd', 'rebuy'))).toBe('already_wanted');
	const waits = () => [...event.reader.group('wanted/').values()].length;
	expect(waits()).toBe(2);
	const asks = ['ana', 'bea', 'zoe'].map((player) => ({ player, kind: 'add_on' as const }));
	expect(askCageForAll(event, cage, 'e1', asks)).toMatchObject({ details: { code: 'not_entered' } });
	expect(waits()).toBe(2);
	const asked = done(askCageForAll(event, cage, 'e1', asks.slice(0, 2)));
	expect(waits()).toBe(4);
	done(asked.undo());
	expect(waits()).toBe(2);
});

test('[RU120] [RU121] an edit on an event that is over; why it may stay, until it is written anew', async () => {
	for (const player of ['ana', 'bea']) done(bustPlayer(event, player));
	done(endEvent(event));
	expect(code(movePlayer(event, config, { player: 'cyd', table: 't1', seat: 7 }))).toBe('finished');
	await arrives(['seat/cyd', { table: 't1', seat: 7 }]);
	expect(kinds()).toEqual(['after_end seat/cyd']);
	done(explainBreach(event, rows()[0]!, 'Moved for the photo'));
	expect(rows()).toMatchObject([{ explained: 'Moved for the photo' }]);
	await arrives(['seat/cyd', { table: 't1', seat: 8 }]);
	expect(rows()).toMatchObject([{ fact: 'seat/cyd', explained: null }]);
});

test('[RU120] what was set to nothing after the end is a row; taken back it says again what it said at the end', async () => {
	for (const player of ['ana', 'bea']) done(bustPlayer(event, player));
	done(endEvent(event));
	const table = event.reader.get('table/t1');
	const steps: Json[] = [{ open: false, order: 1 }, null];
	const told = [];
	for (const after of steps) {
		const before = event.reader.get('table/t1');
		await arrives(['table/t1', after]);
		expect(kinds()).toEqual(['after_end table/t1']);
		told.push([{ stamp: event.reader.stamp('table/t1'), name: 'table/t1', before, after }]);
	}
	done(takeActsBack(event, told));
	expect([event.reader.get('table/t1'), rows()]).toEqual([table, []]);
});

test('[RU11] two pauses of one level, by tablets apart, are one pause and no conflict', async () => {
	done(resumeClock(event));
	const other = client('other');
	done(pauseClock(event));
	const running = event.reader.get('clock') as { remaining_ms: number };
	const pause = {
		level: 1,
		state: 'paused',
		anchor_ms: event.now() + 7_000,
		remaining_ms: running.remaining_ms - 7_000,
	};
	const written = other.write([['clock', pause]], 'bea');
	leaf.take(written.update, [written.edits[0]![0]]);
	await device.until(() => event.keeper.local.index.live('clock').length === 2);
	expect(event.rivals.size).toBe(0);
	expect(event.reader.get('clock')).toMatchObject({ level: 1, state: 'paused' });
	expect(code(pauseClock(event))).toBe('clock_unchanged');
	done(resumeClock(event));
	expect(event.keeper.local.index.live('clock')).toHaveLength(1);
});
