import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { SCHEMA } from '#lib/facts/facts.gen.ts';
import { alternating, socketOf } from '#lib/sync/wire.ts';
import { Device, synced } from './device.ts';
import { inTouch, load, peer, seat } from './opened.ts';

describe('a leaf and two cores [DO64]', () => {
	test('a core that dies is left for the other within two seconds, and the leaf is gone back to', async () => {
		const [leaf, one, two] = [await peer(), await peer('core'), await peer('core')];
		const device = new Device([leaf.address, one.address, two.address]);
		const a = await load(device);
		await device.until(() => synced(a.standing));
		leaf.away = true;
		await device.until(() => synced(a.standing, 'core'));
		for (let n = 1; n <= 4; n++) {
			const here = one.sessions.size ? one : two;
			const there = here === one ? two : one;
			expect(there.sessions.size).toBe(0);
			a.write([seat(`p${n}`, n)], 'ana');
			await device.until(() => a.standing.unsent.every((act) => act.atCore));
			const before = performance.now();
			here.away = true;
			await device.until(() => synced(a.standing, 'core') && there.sessions.size === 1);
			expect(performance.now() - before).toBeLessThan(2_000);
			await device.until(() => there.texts().size === n); // acts the leaf has not accepted go to this one too
			here.away = false;
		}
		leaf.away = false;
		await device.until(() => synced(a.standing) && a.standing.unsent.length === 0, 10_000);
		await device.until(() => one.sessions.size + two.sessions.size === 0);
		expect([leaf, one, two].flatMap(({ holes }) => holes)).toEqual([]);
	}, 30_000);

	test('a leaf that takes long to answer the door does not keep a core waiting', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		leaf.silent = true; // the socket opens, nothing is said
		const device = new Device([leaf.address, core.address]);
		const a = await load(device);
		const before = performance.now();
		await device.until(() => synced(a.standing, 'core'));
		expect(performance.now() - before).toBeLessThan(2_000);
		leaf.silent = false;
		await device.until(() => synced(a.standing), 10_000);
	}, 20_000);

	test('a leaf whose sync port is shut is reached at the port of its pages', async () => {
		const leaf = await peer();
		const device = new Device(['ws://127.0.0.1:9']);
		device.dial = alternating(socketOf, 'ws://127.0.0.1:9', leaf.address);
		const a = await load(device);
		await device.until(() => synced(a.standing));
		leaf.away = true; // both are tried in turn until it is back
		await device.until(() => !synced(a.standing));
		leaf.away = false;
		await device.until(() => synced(a.standing), 10_000);
	});

	test('addresses that come later are tried without a reload', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		const device = new Device([leaf.address]);
		const a = await load(device);
		await device.until(() => synced(a.standing));
		device.addresses.push(core.address);
		leaf.away = true;
		await device.until(() => synced(a.standing, 'core'), 10_000);
	}, 20_000);
});

describe('schemas [DO87]', () => {
	test('a page older than the server takes only reads; what it wrote before goes out', async () => {
		const { leaf, device, keeper: a } = await inTouch();
		leaf.away = true;
		await device.until(() => !synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		leaf.schema = leaf.schemaMin = SCHEMA + 1;
		leaf.away = false;
		a.tryNow();
		await device.until(() => a.standing.fault === 'old-page' && leaf.texts().size === 1);
		expect(() => a.write([seat('p2', 2)], 'ana')).toThrow();
	});

	test('a page newer than the box only reads; what it wrote waits until the box is newer too', async () => {
		const { leaf, device, keeper: a } = await inTouch();
		leaf.away = true;
		await device.until(() => !synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		leaf.schema = leaf.schemaMin = SCHEMA - 1;
		leaf.away = false;
		a.tryNow();
		await device.until(() => a.standing.fault === 'old-box' && synced(a.standing));
		leaf.write([['1.1.dx-n', JSON.stringify(['seat/q1', { table: 't2', seat: 1 }, [], ['bea', 'a']])]]);
		await device.until(() => a.local.index.get('seat/q1') !== null); // it reads
		expect(() => a.write([seat('p2', 2)], 'ana')).toThrow();
		expect(leaf.frames).toEqual(leaf.frames.filter(({ clients }) => !clients.length));
		leaf.away = true;
		await device.until(() => !synced(a.standing));
		leaf.schema = SCHEMA;
		leaf.away = false;
		a.tryNow();
		await device.until(() => a.standing.fault === null && a.standing.unsent.length === 0);
		expect(leaf.texts().size).toBe(2);
	});
});

describe("the server's disk", () => {
	test('what its beats say is told, and that it is over; acts wait without a new line [DO76]', async () => {
		const { leaf, device, keeper: a } = await inTouch();
		const before = performance.now();
		leaf.store = 'full';
		await device.until(() => a.standing.trouble === 'full');
		expect(performance.now() - before).toBeLessThan(2_000);
		a.write([seat('p1', 1)], 'ana');
		await device.until(() => a.standing.unsent.length === 1);
		leaf.store = undefined;
		await device.until(() => a.standing.trouble === null);
		leaf.store = 'failing';
		await device.until(() => a.standing.trouble === 'failing');
		leaf.store = undefined;
		leaf.away = true;
		await device.until(() => !synced(a.standing));
		expect(a.standing.trouble).toBeNull();
		leaf.away = false;
		await device.until(() => a.standing.unsent.length === 0);
		expect(leaf.texts().size).toBe(1);
	}, 20_000);
});
