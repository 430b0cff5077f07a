import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from '#lib/money/outbox.svelte.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import { Store } from '#lib/sync/store.ts';
import { Api } from '#lib/venue/api.ts';
import { Booking } from '../src/routes/cage/booking.svelte.ts';
import { browserAt } from './browser.ts';
import { Ledger, problem } from './ledger.ts';

const about = { what: 'Prize, place 1', who: 'Ana', amount: '€55.00' };
const command = {
	kind: 'pay_prize',
	player: 'p1',
	amount: { amount: 5_500, currency: 'EUR' },
	expects: { due_cents: 5_500 },
};

let ledger: Ledger;
let outbox: Outbox;
let booking: Booking;

beforeEach(async () => {
	ledger = new Ledger();
	const address = `http://127.0.0.1:${await ledger.start()}`;
	browserAt(`${address}/cage`);
	const time = new LeafTime({ leafMs: 1_000_000, unixMs: 0 }, 0, 0, () => 0);
	outbox = new Outbox(new Api('cage', address), await Store.open('felt', new IDBFactory()), time, () => true);
	await outbox.load();
	booking = new Booking(outbox);
});
afterEach(async () => {
	outbox.close();
	await ledger.stop();
});

const asked = () => ledger.asked.map(({ body }) => JSON.parse(body));

test('what changed since the operator looked is told, and done by the new figures under a new key', async () => {
	ledger.next = [problem(409, 'changed', { changed: { due_cents: [5_500, 3_000] } })];
	await booking.send(command, about);
	expect(booking.changed).toEqual({ due_cents: [5_500, 3_000] });
	expect(booking.receipt).toBeNull();
	const refused = ledger.asked[0]!.key;
	await booking.withNewFigures();
	expect(booking.phase).toBe('booked');
	expect(asked()[1]).toEqual({ ...command, expects: { due_cents: 3_000 }, names: refused });
	expect(ledger.asked[1]!.key).not.toBe(refused);
});

test('a second person is asked for, and a marker that is due is set off, each as a new command that names the old', async () => {
	ledger.next = [problem(409, 'marker_due', { due_cents: 900 }), problem(409, 'needs_second')];
	await booking.send(command, about);
	expect([booking.needsSecond, booking.changed]).toEqual([false, null]);
	await booking.again({ set_off: 'leave' });
	expect(booking.needsSecond).toBe(true);
	await booking.approve({ person: 'max', pin: '3333' });
	expect(booking.phase).toBe('booked');
	expect(asked()[2]).toMatchObject({
		set_off: 'leave',
		second: { person: 'max' },
		names: ledger.asked[1]!.key,
	});
});

test('an age that was seen is said with the same sale, and stays said when a second person is asked for', async () => {
	ledger.next = [problem(409, 'age_not_seen', { age_min: 18, age_seen: 0 }), problem(409, 'needs_second')];
	await booking.send(command, about);
	await booking.again({ age_seen: 18 });
	await booking.approve({ person: 'max', pin: '3333' });
	expect(asked()[1]).toEqual({ ...command, age_seen: 18, names: ledger.asked[0]!.key });
	expect(asked()[2]).toMatchObject({ age_seen: 18, second: { person: 'max' } });
});
