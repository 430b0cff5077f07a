import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Json, stampText } from '#lib/facts/edits.ts';
import { Index } from '#lib/facts/facts.ts';
import { readingsOf } from '#lib/facts/readings.ts';
import { Replica } from '#lib/sync/replica.svelte.ts';
import { chipsInPlay, chipsOff, expectedAt } from '#lib/twins/elimination/chips.ts';
import { openHand } from '#lib/twins/elimination/hands.ts';
import { knockers } from '#lib/twins/elimination/knockers.ts';
import { standings } from '#lib/twins/elimination/standings.ts';
import { bagTable, changeChips, countStack, countTable, explainCount } from '#lib/verbs/chips.ts';
import { endEvent, resumeClock, setRemaining } from '#lib/verbs/clock.ts';
import { bustPlayer, bustPlayers, joinHand, setKnockers } from '#lib/verbs/elimination.ts';
import { announceHands, doHand, endHands, startHands, tickTable } from '#lib/verbs/hands.ts';
import type { Refusal } from '#lib/verbs/verb.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';

const PLAYERS = ['ana', 'bea', 'cyd', 'dag', 'eva'];
const NOTHING = new Index(readingsOf('cage'));
const SOLD = { id: 'e1', cage: NOTHING };
let device: Device;
let event: Replica<'tournament'>;

beforeEach(async () => {
	const leaf = await peer();
	device = new Device([leaf.address]);
	const venue = { ...(await device.venue('felt e1')), id: 'v e1' };
	event = new Replica('tournament/e1', venue, () => 'ana', { standing: () => {}, refused: () => {} });
	onTestFinished(() => event.close());
	await device.until(() => event.live);
	const facts: [string, Json][] = [
		[
			'setup',
			{
				kind: 'tournament',
				version: 1,
				name: 'E',
				starts_ms: 0,
				seats_per_table: 9,
				starting_stack: 10_000,
				late_until_level: 6,
			},
		],
		['clock', { level: 1, state: 'paused', anchor_ms: 1_000, remaining_ms: 600_000 }],
		['level/1', { kind: 'play', duration_ms: 600_000, small: 25, big: 50, ante_by: 'big_blind' }],
		['table/t1', { open: true, order: 1 }],
		['table/t2', { open: true, order: 2 }],
		...PLAYERS.map((player): [string, Json] => [`entry/${player}-1`, { player, number: 1 }]),
		...PLAYERS.map((player, n): [string, Json] => [
			`seat/${player}`,
			{ table: n < 3 ? 't1' : 't2', seat: n + 1 },
		]),
	];
	event.act(facts);
});

function done<D extends { ok: true }>(result: D | Refusal): D {
	if (!result.ok) throw new Error(`refused: ${result.code}`);
	return result;
}
const code = (result: { ok: true } | Refusal) => (result.ok ? 'done' : result.code);
const count = () => event.keeper.local.index.edits.size;
const places = () =>
	standings(event.reader).out.map(({ player, place, place_to }) => [player, place, place_to]);

describe('busts', () => {
	test('[RU90] several of one table in one hand: by stacks; Undo brings all back with seats', () => {
		const out = done(
			bustPlayers(
				event,
				new Map([
					['ana', 4_000],
					['bea', 9_000],
				]),
			),
		);
		expect(out.place).toBe(5);
		expect(places()).toEqual([
			['bea', 4, 4],
			['ana', 5, 5],
		]);
		done(out.undo());
		expect(places()).toEqual([]);
		expect(event.reader.get('seat/ana')).toEqual({ table: 't1', seat: 1 });
	});

	test('[RU91] hand for hand: busts of the open hand tie across tables, the next hand is another', () => {
		done(startHands(event));
		done(bustPlayer(event, 'ana'));
		done(bustPlayer(event, 'dag'));
		expect(places()).toEqual([
			['ana', 4, 5],
			['dag', 4, 5],
		]);
		done(doHand(event));
		done(bustPlayer(event, 'bea'));
		expect(places()[0]).toEqual(['bea', 3, 3]);
	});

	test('[RU91] from "finish the hand, then hold" on busts count together; a tick is of its hand', () => {
		done(announceHands(event));
		expect(code(announceHands(event))).toBe('no_hand');
		done(tickTable(event, 't1', true));
		done(bustPlayer(event, 'ana'));
		done(bustPlayer(event, 'dag'));
		expect(places().every(([, place]) => place === 4)).toBe(true);
		done(startHands(event));
		expect(event.reader.get('dealt/t1')).not.toEqual({ run: 1, hand: 1 });
		done(endHands(event));
		expect(openHand(event.reader)).toBeNull();
		expect(code(tickTable(event, 't1', true))).toBe('no_hand');
	});

	test('[RU91] a hand takes two minutes off the stopped clock', () => {
		done(startHands(event));
		done(doHand(event));
		expect(event.reader.get('clock')).toMatchObject({ level: 1, state: 'paused', remaining_ms: 480_000 });
	});

	test('two busts become one hand afterwards, with the stacks they began it with', () => {
		const first = done(bustPlayer(event, 'ana'));
		const second = done(bustPlayer(event, 'bea'));
		const lives = [...first.lives, ...second.lives];
		done(
			joinHand(
				event,
				new Map([
					[lives[0]!, 9_000],
					[lives[1]!, 100],
				]),
			),
		);
		expect(places()).toEqual([
			['ana', 4, 4],
			['bea', 5, 5],
		]);
		expect(code(joinHand(event, new Map([['zoe-1', null]])))).toBe('gone');
	});

	test('[RU93] heads: one, a split pot, nobody; not the own, not of who plays', () => {
		done(bustPlayer(event, 'ana'));
		done(setKnockers(event, 'ana-1', ['bea-1', 'cyd-1']));
		expect(knockers(event.reader).get('ana-1')).toEqual(['bea-1', 'cyd-1']);
		done(setKnockers(event, 'ana-1', []));
		expect(knockers(event.reader).get('ana-1')).toEqual([]);
		expect(code(setKnockers(event, 'ana-1', ['ana-1']))).toBe('own_head');
		expect(code(setKnockers(event, 'bea-1', ['cyd-1']))).toBe('gone');
	});

	test('[RU94] refused before it is written, with who did it first and when', () => {
		done(bustPlayer(event, 'ana'));
		const before = count();
		const again = bustPlayer(event, 'ana');
		expect(again).toMatchObject({ ok: false, code: 'already_out' });
		expect(!again.ok && again.details).toMatchObject({ player: 'ana', person: 'ana', place: 5 });
		expect(code(bustPlayer(event, 'zoe'))).toBe('not_entered');
		const rest = new Map(['bea', 'cyd', 'dag', 'eva'].map((player) => [player, null]));
		expect(code(bustPlayers(event, rest))).toBe('last_one');
		expect(count()).toBe(before);
	});

	test('[RU94] an event that is over takes no edit, but its clock opens it again; Undo still works', () => {
		const outs = ['ana', 'bea', 'cyd', 'dag'].map((player) => done(bustPlayer(event, player)));
		done(endEvent(event));
		const before = count();
		expect(code(countStack(event, SOLD, 'eva', 50_000))).toBe('finished');
		expect(code(tickTable(event, 't1', true))).toBe('no_hand');
		expect(code(announceHands(event))).toBe('finished');
		expect(count()).toBe(before);
		done(setKnockers(event, 'dag-1', ['eva-1']));
		done(outs.at(-1)!.undo());
		expect(places()).toHaveLength(3);
		expect(code(countStack(event, SOLD, 'eva', 50_000))).toBe('done');
		done(setRemaining(event, 60_000, 1));
		done(resumeClock(event));
	});
});

describe('chips', () => {
	test('[RU95] who is disqualified takes the stack out of play, until it is taken back', () => {
		expect(chipsInPlay(event.reader, 'e1', NOTHING).total).toBe(50_000);
		const out = done(bustPlayers(event, new Map([['ana', 10_000]]), 'disqualified'));
		expect(chipsInPlay(event.reader, 'e1', NOTHING).total).toBe(40_000);
		expect(expectedAt(event.reader, 'e1', NOTHING, 't1')).toBe(20_000);
		done(out.undo());
		expect(chipsInPlay(event.reader, 'e1', NOTHING).total).toBe(50_000);
	});

	test('[RU96] a table closes green, or with a reason, or waits to be settled', () => {
		const counts = (cyd: number) => new Map(Object.entries({ ana: 5_000, bea: 15_000, cyd }));
		const before = count();
		expect(countTable(event, SOLD, 't1', counts(10_500), '')).toMatchObject({
			code: 'unexplained',
			details: { counted: 30_500, expected: 30_000 },
		});
		expect(count()).toBe(before);
		done(countTable(event, SOLD, 't1', counts(10_500), '', true));
		expect(chipsOff(event.reader)).toMatchObject([{ table: 't1', difference: 500 }]);
		done(explainCount(event, 't1', 'a chip on the floor'));
		expect(chipsOff(event.reader)).toEqual([]);
		expect(done(countTable(event, SOLD, 't1', counts(10_500), '')).expected).toBe(30_500);
		expect(code(countTable(event, SOLD, 't1', new Map(), ''))).toBe('empty');
	});

	test('[RU96] a count says what had been bought by then: what is bought later is expected', () => {
		const sold = (rebuys: number) => {
			const cage = new Index(readingsOf('cage'));
			const paid = { tournament: 'e1', player: 'ana', kind: 'buy_in', seq: 1, rebuys };
			const stamp = stampText({ ms: 1, counter: 1, replica: 'a1-x' });
			cage.add(stamp, { name: 'entry/ana-1', value: paid, replaces: [], person: '', act: '' });
			return { id: 'e1', cage };
		};
		const counts = new Map(Object.entries({ ana: 18_000, bea: 12_000, cyd: 10_000 }));
		done(countTable(event, sold(1), 't1', counts, ''));
		expect(event.reader.get('stack/ana')).toMatchObject({ chips: 18_000, bought: 10_000 });
		expect(event.reader.get('checked/t1')).toMatchObject({ counted: 40_000, expected: 40_000 });
		expect(expectedAt(event.reader, 'e1', sold(1).cage, 't1')).toBe(40_000);
		expect(expectedAt(event.reader, 'e1', sold(3).cage, 't1')).toBe(60_000);
	});

	test('a race changes what is in play and what the table should hold', () => {
		done(changeChips(event, { why: 'raced', chips: -75, table: 't2' }));
		expect(chipsInPlay(event.reader, 'e1', NOTHING).total).toBe(49_925);
		expect(expectedAt(event.reader, 'e1', NOTHING, 't2')).toBe(19_925);
		expect(code(changeChips(event, { why: 'raced', chips: 0, table: 't2' }))).toBe('empty');
	});

	test('[RU97] bags count the stack; what did not change is not written again', () => {
		const bag = { chips: 12_000, signed: true, second: 12_000 };
		done(bagTable(event, SOLD, new Map([['ana', bag]])));
		expect(event.reader.get('stack/ana')).toMatchObject({ chips: 12_000 });
		expect(code(bagTable(event, SOLD, new Map([['ana', bag]])))).toBe('empty');
	});
});
