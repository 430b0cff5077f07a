import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import { type DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import { serving } from '#lib/twins/penalties.ts';
import { seatChanges } from '#lib/twins/seating/changes.ts';
import { changeSeat } from '#lib/verbs/lists.ts';
import { endPenalty, givePenalty, missHand } from '#lib/verbs/penalties.ts';
import { askChange, dropChange } from '#lib/verbs/seat-changes.ts';
import type { Refusal } from '#lib/verbs/verb.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';

let device: Device;
beforeEach(async () => {
	device = new Device([(await peer()).address]);
});

async function open<K extends Kind>(
	document: DocumentName<K>,
	facts: Record<string, Json>,
): Promise<Replica<K>> {
	const venue = { ...(await device.venue(`felt ${document}`)), id: `v ${document}` };
	const one = new Replica<K>(document, venue, () => 'ana', { standing: () => {}, refused: () => {} });
	onTestFinished(() => one.close());
	await device.until(() => one.live);
	one.act(Object.entries(facts));
	return one;
}

function done<D extends { ok: true }>(result: D | Refusal): D {
	if (!result.ok) throw new Error(`refused: ${result.code}`);
	return result;
}
const code = (result: { ok: true } | Refusal) => (result.ok ? 'done' : result.code);

describe('another seat of a cash game', () => {
	test('is a free one of the same game, and ends the wait', async () => {
		const floor = await open<'floor'>('floor', {
			'cash/t1': { list: 'nl', state: 'open' },
			'seat/ana': { table: 't1', seat: 1 },
			'seat/ben': { table: 't1', seat: 2 },
		});
		const room = await open<'config'>('config', {
			'table/t1': { number: 1, seats: 9 },
			'table/t2': { number: 2, seats: 9 },
		});
		done(askChange(floor, 'ana'));
		expect(code(askChange(floor, 'ana'))).toBe('already_waiting');
		expect(code(askChange(floor, 'cyd'))).toBe('not_seated');
		expect(code(changeSeat(floor, room, 'ana', { table: 't1', seat: 2 }))).toBe('taken');
		expect(code(changeSeat(floor, room, 'ana', { table: 't2', seat: 1 }))).toBe('taken');
		expect([...seatChanges(floor.reader).keys()]).toEqual(['ana']);
		done(changeSeat(floor, room, 'ana', { table: 't1', seat: 9 }));
		expect(floor.reader.get('seat/ana')).toEqual({ table: 't1', seat: 9 });
		expect(seatChanges(floor.reader).size).toBe(0);
	});

	test('another wish keeps the place; who stays waits no more', async () => {
		const floor = await open<'floor'>('floor', { 'seat/ana': { table: 't1', seat: 1 } });
		done(askChange(floor, 'ana'));
		const since = seatChanges(floor.reader).get('ana')?.at_ms;
		done(askChange(floor, 'ana', 'table'));
		expect(seatChanges(floor.reader).get('ana')).toMatchObject({ kind: 'table', at_ms: since });
		done(dropChange(floor, 'ana'));
		expect(code(dropChange(floor, 'ana'))).toBe('gone');
		expect(seatChanges(floor.reader).size).toBe(0);
	});
});

describe('penalties', () => {
	test('are counted hand by hand, each hand with its Undo, and ended by hand', async () => {
		const event = await open<'tournament'>('tournament/e1', { 'seat/p1': { table: 't1', seat: 1 } });
		expect(code(givePenalty(event, { player: 'p1', hands: 2, reason: ' ' }))).toBe('no_reason');
		done(givePenalty(event, { player: 'p1', hands: 2, reason: 'phone' }));
		const [given] = serving(event.reader, event.now());
		expect(given).toMatchObject({ player: 'p1', handsLeft: 2 });
		const missed = done(missHand(event, given!.penalty));
		expect(serving(event.reader, event.now())[0]?.handsLeft).toBe(1);
		done(missed.undo());
		expect(serving(event.reader, event.now())[0]?.handsLeft).toBe(2);
		done(endPenalty(event, given!.penalty));
		expect(serving(event.reader, event.now())).toEqual([]);
		expect(code(missHand(event, 'none'))).toBe('gone');
	});
});
