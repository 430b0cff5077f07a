import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import type { Json } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import { LocalDocument } from '#lib/facts/local-document.ts';
import { type DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import { propose } from '#lib/twins/seating/balancing.ts';
import { seatChart } from '#lib/twins/seating/chart.ts';
import { breakPlan, redrawPlan } from '#lib/twins/seating/draw-pool.ts';
import { buttonsOf } from '#lib/twins/seating/proposal.ts';
import { waiting } from '#lib/twins/waitlist.ts';
import { cellOf, PLAN_COLUMNS, PLAN_ROWS, roomPlan } from '#lib/venue/room-plan.ts';
import { pauseClock, resumeClock } from '#lib/verbs/clock.ts';
import { bustPlayer, bustPlayers } from '#lib/verbs/elimination.ts';
import { addTables, setFurniture, standInRows, standTable, useTables, writeEvent } from '#lib/verbs/house.ts';
import { addToList, callEntry, callNext, seatFromList } from '#lib/verbs/lists.ts';
import { addPlayer } from '#lib/verbs/people.ts';
import { ask, takeBack } from '#lib/verbs/phone.ts';
import { answerRequest } from '#lib/verbs/requests.ts';
import { movePlayer, seatAll, seatEntry, seatPlayer } from '#lib/verbs/seating.ts';
import { settleConflict } from '#lib/verbs/settle.ts';
import { changeTables, confirmMove, seatAnew, setButton, shuffleBreakOrder } from '#lib/verbs/tables.ts';
import type { Refusal } from '#lib/verbs/verb.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';
import type { Peer } from './peer.ts';

let leaf: Peer;
let device: Device;
beforeEach(async () => {
	leaf = await peer();
	device = new Device([leaf.address]);
});

async function open<K extends Kind>(
	document: DocumentName<K>,
	facts: Record<string, unknown> = {},
): Promise<Replica<K>> {
	const venue = { ...(await device.venue(`felt ${document}`)), id: `v ${document}` };
	const one = new Replica<K>(document, venue, () => 'ana', { standing: () => {}, refused: () => {} });
	onTestFinished(() => one.close());
	await device.until(() => one.live);
	const entries = Object.entries(facts) as [string, Json][];
	for (let n = 0; n < entries.length; n += 60) one.act(entries.slice(n, n + 60));
	return one;
}

const TABLE = (order: number) => ({ open: true, order });
const config = () =>
	open<'config'>('config', {
		'table/t1': { number: 1, seats: 9 },
		'table/t2': { number: 2, seats: 9, out_of_use: [9] },
	});

async function tournament(seated: Record<string, readonly [table: string, seat: number]> = {}, tables = 2) {
	const players = Object.entries(seated);
	return open<'tournament'>('tournament/e1', {
		setup: {
			kind: 'tournament',
			version: 1,
			name: 'E',
			starts_ms: 0,
			seats_per_table: 9,
			starting_stack: 10_000,
			late_until_level: 6,
		},
		clock: { level: 1, state: 'running', anchor_ms: 1_000_000, remaining_ms: 600_000 },
		'level/1': { kind: 'play', duration_ms: 600_000, small: 25, big: 50 },
		...Object.fromEntries(
			Array.from({ length: tables }, (_, n) => [`table/t${n + 1}`, TABLE(n + 1)] as const),
		),
		...Object.fromEntries(players.map(([player, [table, seat]]) => [`seat/${player}`, { table, seat }])),
		...Object.fromEntries(players.map(([player]) => [`entry/${player}-1`, { player, number: 1 }])),
	});
}

function done<D extends { ok: true }>(result: D | Refusal): D {
	if (!result.ok) throw new Error(`refused: ${result.code}`);
	return result;
}
const code = (result: { ok: true } | Refusal) => (result.ok ? 'done' : result.code);
const count = (replica: { keeper: { local: { index: { edits: Map<string, unknown> } } } }) =>
	replica.keeper.local.index.edits.size;

describe('a refusal writes nothing', () => {
	test('taken, out of use, closed, unknown, seated already', async () => {
		const [event, room] = [await tournament({ p1: ['t1', 1], p2: ['t1', 2] }), await config()];
		const before = count(event);
		expect(code(movePlayer(event, room, { player: 'p1', table: 't1', seat: 2 }))).toBe('taken');
		expect(code(movePlayer(event, room, { player: 'p1', table: 't2', seat: 9 }))).toBe('out_of_use');
		expect(code(movePlayer(event, room, { player: 'p1', table: 't9', seat: 1 }))).toBe('no_table');
		expect(code(movePlayer(event, room, { player: 'p9', table: 't2', seat: 1 }))).toBe('not_seated');
		expect(code(seatPlayer(event, room, { player: 'p1', table: 't2', seat: 1 }))).toBe('already_seated');
		const again = { player: 'p1', number: 2, kind: 're-entry' } as const;
		expect(code(seatEntry(event, room, 'p1-2', again, { table: 't2', seat: 1 }))).toBe('already_seated');
		expect(code(bustPlayer(event, 'p9'))).toBe('not_entered');
		expect(count(event)).toBe(before);
	});

	test('a replica that may not be written', async () => {
		const event = await tournament({ p1: ['t1', 1], p2: ['t1', 2] });
		leaf.fence = 4403;
		const room = await config();
		movePlayer(event, room, { player: 'p1', table: 't2', seat: 1 });
		await device.until(() => !event.writable);
		expect(code(bustPlayer(event, 'p1'))).toBe('not_writable');
	});
});

describe('seats', () => {
	test('a move is one act: the seat and its call-out; Undo takes both back', async () => {
		const [event, room] = [await tournament({ p1: ['t1', 1] }), await config()];
		const move = done(movePlayer(event, room, { player: 'p1', table: 't2', seat: 4 }));
		expect(move.act.edits).toHaveLength(2);
		expect(event.reader.get('seat/p1')).toEqual({ table: 't2', seat: 4 });
		expect(event.reader.get('move/p1')).toMatchObject({
			from_table: 't1',
			from_seat: 1,
			to_table: 't2',
			arrived: false,
		});
		done(move.undo());
		expect(event.reader.get('seat/p1')).toEqual({ table: 't1', seat: 1 });
		expect(event.reader.get('move/p1')).toBeNull();
	});

	test('Undo asks first when it was changed since, and then takes it back all the same', async () => {
		const [event, room] = [await tournament({ p1: ['t1', 1] }), await config()];
		const move = done(movePlayer(event, room, { player: 'p1', table: 't2', seat: 4 }));
		done(movePlayer(event, room, { player: 'p1', table: 't2', seat: 5 }));
		expect(code(move.undo())).toBe('changed_since');
		expect(event.reader.get('seat/p1')).toEqual({ table: 't2', seat: 5 });
		done(move.undo(true));
		expect(event.reader.get('seat/p1')).toEqual({ table: 't1', seat: 1 });
	});

	test('a bust frees the seat and gives the place; the same life is busted once', async () => {
		const event = await tournament({ p1: ['t1', 1], p2: ['t1', 2], p3: ['t1', 3] });
		const bust = done(bustPlayer(event, 'p1'));
		expect(bust.place).toBe(3);
		expect(event.reader.get('seat/p1')).toBeNull();
		expect(code(bustPlayer(event, 'p1'))).toBe('already_out');
		done(bust.undo());
		expect(event.reader.get('seat/p1')).toEqual({ table: 't1', seat: 1 });
		const both = done(
			bustPlayers(
				event,
				new Map([
					['p1', null],
					['p2', null],
				]),
			),
		);
		const hands = both.act.edits.map(([, text]) => /"hand":"(\w+)"/.exec(text)?.[1]).filter(Boolean);
		expect(new Set(hands).size).toBe(1);
	});
});

describe('proposals', () => {
	const uneven = Object.fromEntries([
		...Array.from({ length: 8 }, (_, n) => [`a${n}`, ['t1', n + 1]]),
		...Array.from({ length: 5 }, (_, n) => [`b${n}`, ['t2', n + 1]]),
	]) as Record<string, [string, number]>;

	test('a confirm that lost the race moves nobody', async () => {
		const [event, room] = [await tournament(uneven), await config()];
		done(setButton(event, room, 't1', 1));
		done(setButton(event, room, 't2', 1));
		const proposal = propose(event.reader, room.reader);
		if (proposal.kind !== 'move') throw new Error(proposal.kind);
		done(bustPlayer(event, proposal.player === 'a7' ? 'a6' : 'a7'));
		const before = count(event);
		expect(code(confirmMove(event, room, proposal, false))).toBe('stale');
		expect(count(event)).toBe(before);
	});

	test('a fresh one moves, with its rule and basis', async () => {
		const [event, room] = [await tournament(uneven), await config()];
		done(setButton(event, room, 't1', 1));
		done(setButton(event, room, 't2', 1));
		const proposal = propose(event.reader, room.reader);
		if (proposal.kind !== 'move') throw new Error(proposal.kind);
		done(confirmMove(event, room, proposal, false));
		expect(event.reader.get(`move/${proposal.player}`)).toMatchObject({
			rule: proposal.rule,
			basis: proposal.basis,
		});
	});

	test('a broken table is one act: all its players and its end', async () => {
		const [event, room] = [await tournament({ p1: ['t1', 1], p2: ['t1', 2], p3: ['t2', 3] }), await config()];
		const plan = breakPlan(seatChart(event.reader, room.reader), buttonsOf(event.reader), 't1', () => 0);
		const how = { rule: 'TDA 2024 10-B', keeps: [] };
		const broken = done(seatAnew(event, room, plan, how));
		expect(broken.act.edits).toHaveLength(5);
		expect(event.reader.get('table/t1')).toMatchObject({ open: false });
		for (const player of ['p1', 'p2'])
			expect(event.reader.get(`seat/${player}`)).toMatchObject({ table: 't2' });
		expect(code(seatAnew(event, room, plan, how))).toBe('stale');
	});
});

describe('more players than an act holds', () => {
	const seats = Object.fromEntries(
		Array.from({ length: 40 }, (_, n) => [`p${n}`, [`t${1 + Math.floor(n / 8)}`, 1 + (n % 8)] as const]),
	);
	const sitting = (event: Replica<'tournament'>) =>
		Object.fromEntries([...event.reader.group('seat/')].map(([player, seat]) => [player, seat]));

	test('[RU132] a room drawn anew has one Undo, whatever it takes', async () => {
		const [event, room] = [await tournament(seats, 5), await config()];
		const before = sitting(event);
		const chart = seatChart(event.reader, room.reader);
		const keeps = ['t1', 't2', 't3', 't4', 't5'];
		const plan = redrawPlan(chart, buttonsOf(event.reader), keeps, (below) => below - 1, 9);
		const drawn = done(seatAnew(event, room, plan, { rule: 'house', keeps }));
		expect(sitting(event)).toEqual(
			Object.fromEntries(plan.moves.map(({ player, to }) => [player, { ...to }])),
		);
		const back = done(drawn.undo());
		expect(sitting(event)).toEqual(before);
		done(back.undo());
		expect(sitting(event)).not.toEqual(before);
	});

	test('[RU132] all get seats but those whose seat is taken, and Undo leaves none', async () => {
		const [event, room] = [await tournament({ x: ['t1', 1] }, 5), await config()];
		const seatings = Object.entries(seats).map(([player, [table, seat]]) => ({
			player,
			table,
			seat,
			life: [`${player}-1`, { player, number: 1, kind: 'initial' }] as const,
		}));
		const seated = done(seatAll(event, room, seatings));
		expect(seated.seated).toBe(39);
		expect(event.reader.group('seat/').size).toBe(40);
		expect(event.reader.get('entry/p39-1')).toMatchObject({ player: 'p39' });
		expect(code(seatAll(event, room, seatings))).toBe('taken');
		done(seated.undo());
		expect(Object.keys(sitting(event))).toEqual(['x']);
		expect(code(seatAll(event, room, []))).toBe('empty');
	});
});

describe('several tables at once', () => {
	test('locked and unlocked in one, with one Undo; all or none', async () => {
		const event = await tournament({}, 40);
		const tables = Array.from({ length: 40 }, (_, n) => `t${n + 1}`);
		const locked = () =>
			tables.filter((table) => (event.reader.get(`table/${table}`) as { locked?: boolean }).locked);
		const done40 = done(changeTables(event, tables, { locked: true }));
		expect(locked()).toEqual(tables);
		expect(code(changeTables(event, tables, { locked: true }))).toBe('unchanged');
		expect(code(changeTables(event, ['t1', 'nowhere'], { locked: false }))).toBe('no_table');
		expect(locked()).toEqual(tables);
		done(done40.undo());
		expect(locked()).toEqual([]);
	});

	test('[RU133] a shuffled break order is one of the open tables, each once', async () => {
		const [event, room] = [await tournament({}, 5), await config()];
		done(changeTables(event, ['t5'], { open: false }));
		done(shuffleBreakOrder(event, room, (below) => below - 1));
		const kept = [1, 2, 3, 4].map((n) => (event.reader.get(`table/t${n}`) as { order: number }).order);
		done(shuffleBreakOrder(event, room, () => 0));
		const orders = [1, 2, 3, 4].map((n) => (event.reader.get(`table/t${n}`) as { order: number }).order);
		expect([...orders].sort()).toEqual([...kept].sort());
		expect(orders).not.toEqual(kept);
		expect(event.reader.get('table/t5')).toMatchObject({ open: false, order: 5 });
	});
});

describe('clock, lists, requests, phones, rivals', () => {
	test('pausing twice is one pause', async () => {
		const event = await tournament();
		done(pauseClock(event));
		expect(code(pauseClock(event))).toBe('clock_unchanged');
		done(resumeClock(event));
		expect(event.reader.get('clock')).toMatchObject({ state: 'running', level: 1 });
	});

	test('called once, seated where called, off the list', async () => {
		const room = await config();
		const floor = await open<'floor'>('floor', {
			'list/l1': { name: '1/2' },
			'cash/t2': { list: 'l1', state: 'open' },
		});
		const first = done(addToList(floor, { list: 'l1', player: 'p1' }));
		expect(code(addToList(floor, { list: 'l1', player: 'p1' }))).toBe('already_waiting');
		done(addToList(floor, { list: 'l1', player: 'p2' }));
		expect(done(callNext(floor, room, 'l1')).entry).toBe(first.entry);
		expect(code(callEntry(floor, room, first.entry))).toBe('already_called');
		const seated = done(seatFromList(floor, room, first.entry));
		expect(floor.reader.get('seat/p1')).toEqual({ table: seated.table, seat: seated.seat });
		expect(waiting(floor.reader, 'l1').map(({ player }) => player)).toEqual(['p2']);
	});

	test('two tablets that accept one request make one place on the list', async () => {
		const requests = await open<'requests'>('requests', {
			'request/r1': { number: 1, player: 'p1', kind: 'join_list', list: 'l1', at_ms: 1, until_ms: 9_000_000 },
		});
		const floor = await open<'floor'>('floor', {
			setup: { kind: 'floor', version: 1 },
			'list/l1': { name: '1/2' },
		});
		const accepted = done(answerRequest(floor, requests, 'r1', 'accepted'));
		expect(accepted.act.edits).toHaveLength(2);
		expect([...floor.reader.group('waitlist/').keys()]).toEqual(['r1']);
		expect(code(answerRequest(floor, requests, 'r1', 'accepted'))).toBe('gone');
	});

	test('a phone begins its document with its first request', async () => {
		const phone = await open<'phone'>('phone/p1');
		const asked = done(ask(phone, { kind: 'call_floor', until_ms: 2_000_000 }));
		expect(phone.reader.get('setup')).toMatchObject({ kind: 'phone' });
		expect(done(takeBack(phone, asked.request)).act.edits).toHaveLength(1);
	});

	test('the roster begins with its first player', async () => {
		const roster = await open<'roster'>('roster');
		const { player } = done(addPlayer(roster, { name: ' Ana S. ', club_number: 7 }));
		expect(roster.reader.get(`player/${player}`)).toEqual({ name: 'Ana S.', club_number: 7 });
		expect(code(addPlayer(roster, { name: '  ' }))).toBe('empty');
	});

	test('settling names every answer and leaves one [DO7]', async () => {
		const floor = await open<'floor'>('floor', { 'seat/p1': { table: 't1', seat: 1 } });
		const [base] = floor.keeper.local.index.live('seat/p1');
		const other = new LocalDocument('floor', 'other', () => 1_000_000);
		Y.applyUpdate(other.doc, Y.encodeStateAsUpdate(floor.keeper.local.doc));
		const rival = other.write([['seat/p1', { table: 't9', seat: 9 }]], 'bea');
		floor.act([['seat/p1', { table: 't2', seat: 2 }]]);
		leaf.take(rival.update, [rival.edits[0]![0]]);
		await device.until(() => floor.rivals.size === 1);
		const stamps = floor.answers('seat/p1').map(({ stamp }) => stamp);
		expect(stamps).not.toContain(base);
		const mine = floor.answers('seat/p1').find(({ person }) => person === 'ana')!;
		done(settleConflict(floor, 'seat/p1', mine.stamp));
		expect(floor.reader.get('seat/p1')).toEqual({ table: 't2', seat: 2 });
		expect(floor.rivals.size).toBe(0);
		expect(floor.reader.get('settled/seat/p1')).toMatchObject({ stamps: expect.arrayContaining(stamps) });
	});
});

describe('setting up', () => {
	const SETUP = {
		kind: 'tournament',
		version: 1,
		name: 'Friday 50',
		letter: 'A',
		starts_ms: 0,
		seats_per_table: 9,
		starting_stack: 10_000,
		late_until_level: 1,
	} as const;
	const ROWS = [
		{ kind: 'play', minutes: 20, small: 25, big: 50 },
		{ kind: 'break', minutes: 15 },
	] as const;

	test('an event and its levels are one act; nothing is written twice', async () => {
		const event = await open<'tournament'>('tournament/e1');
		expect(writeEvent(event, SETUP, ROWS)?.ok).toBe(true);
		expect(event.fact('level/1')).toMatchObject({ duration_ms: 1_200_000, big: 50 });
		expect(event.fact('registration')?.state).toBe('open');
		expect(writeEvent(event, SETUP, ROWS)).toBeNull();
	});

	test('levels that go are gone, and a level keeps the length it is played with', async () => {
		const event = await open<'tournament'>('tournament/e1');
		writeEvent(event, SETUP, ROWS);
		event.act([['level/1', { ...(event.fact('level/1') as object), duration_ms: 2_000 } as Json]]);
		writeEvent(event, SETUP, ROWS.slice(0, 1));
		expect(event.fact('level/2')).toBeNull();
		expect(event.fact('level/1')?.duration_ms).toBe(2_000);
	});

	test('tables are used in the order they break; one with players stays', async () => {
		const [event, room] = [await open<'tournament'>('tournament/e1', { setup: SETUP }), await config()];
		expect(useTables(event, room, ['t1', 't3'])).toMatchObject({ ok: false, code: 'no_seats' });
		useTables(event, room, ['t2', 't1']);
		expect(event.fact('table/t1')).toEqual({ open: true, order: 2, locked: false });
		event.act([['seat/p1', { table: 't1', seat: 1 }]]);
		expect(useTables(event, room, ['t2'])).toMatchObject({ ok: false, code: 'in_use' });
		expect(useTables(event, room, ['t1'])?.ok).toBe(true);
		expect(event.fact('table/t2')).toBeNull();
	});

	test('a table number is given once', async () => {
		const house = await config();
		expect(setFurniture(house, 't9', { number: 1, seats: 9 })).toMatchObject({ code: 'number_used' });
		expect(setFurniture(house, 't1', { number: 1, seats: 8, out_of_use: [3] }).ok).toBe(true);
		expect(addTables(house, 1, 40, { seats: 9, out_of_use: [] }).ok).toBe(true);
		const numbers = [...house.group('table/').values()].map(({ number }) => number).sort((a, b) => a - b);
		expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => n + 1));
		expect(house.group('table/').get('t1')).toMatchObject({ seats: 8 });
		setFurniture(house, 't1', { number: 77, seats: 8 }); // another number now: a new table 1 is another one
		expect(setFurniture(house, null, { number: 1, seats: 6 }).ok).toBe(true);
		expect(house.group('table/').get('t1')).toMatchObject({ number: 77, seats: 8 });
		expect(addTables(house, 998, 9, { seats: 9, out_of_use: [] }).ok).toBe(true); // there is no table 1000
		expect(house.group('table/').size).toBe(numbers.length + 3);
	});
});

describe('where tables stand [RU156]', () => {
	const places = (room: Replica<'config'>) =>
		Object.fromEntries([...roomPlan(room.reader).spots].map(([id, spot]) => [id, cellOf(spot)]));

	test('who stands there already changes places; who was put aside is aside; Undo puts both back', async () => {
		const room = await config();
		expect(standInRows(room)).toMatchObject({ ok: true });
		expect(places(room)).toEqual({ t1: '1.1', t2: '2.1' });
		const swapped = standTable(room, 't2', { column: 1, row: 1 });
		expect(places(room)).toEqual({ t1: '2.1', t2: '1.1' });
		if (swapped.ok) swapped.undo();
		expect(places(room)).toEqual({ t1: '1.1', t2: '2.1' });
		standTable(room, 't1', null);
		standTable(room, 't1', { column: 2, row: 1 });
		expect(places(room)).toEqual({ t1: '2.1' });
		expect(standTable(room, 't2', null)).toMatchObject({ ok: false, code: 'unchanged' });
	});

	test('beyond the last column or row, or where it stands, is refused', async () => {
		const room = await config();
		expect(standTable(room, 't1', { column: PLAN_COLUMNS, row: PLAN_ROWS })).toMatchObject({ ok: true });
		for (const [column, row] of [
			[PLAN_COLUMNS + 1, 1],
			[1, PLAN_ROWS + 1],
			[0, 1],
		] as const)
			expect(standTable(room, 't1', { column, row })).toMatchObject({ ok: false, code: 'off_plan' });
		const there = standTable(room, 't1', { column: PLAN_COLUMNS, row: PLAN_ROWS });
		expect(there).toMatchObject({ ok: false, code: 'unchanged' });
	});

	test('a room of 112 tables is laid out all across, each in a cell of its own', async () => {
		const numbers = Array.from({ length: 112 }, (_, n) => n + 1);
		const room = await open<'config'>(
			'config',
			Object.fromEntries([
				['setup', { kind: 'config', version: 1 }],
				...numbers.map((number) => [`table/t${number}`, { number, seats: 9 }]),
			]),
		);
		standInRows(room);
		expect(new Set(Object.values(places(room))).size).toBe(112);
		expect(roomPlan(room.reader).part).toEqual({ column: 1, row: 1, columns: PLAN_COLUMNS, rows: 8 });
		expect(standInRows(room)).toMatchObject({ ok: false, code: 'empty' });
	});
});
