import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { decode } from '#lib/facts/edits.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import { Device, synced } from './device.ts';
import { at, inTouch, load, peer, seat } from './opened.ts';

const setup = ['setup', { kind: 'floor', version: 1 }] as const;

describe('with a server', () => {
	test('an act reaches another device and is forgotten when the leaf has it', async () => {
		const leaf = await peer();
		const [one, two] = [new Device([leaf.address]), new Device([leaf.address])];
		const [a, b] = [await load(one), await load(two)];
		await one.until(() => synced(a.standing));
		await two.until(() => synced(b.standing));
		a.write([setup, seat('p1', 4)], 'ana');
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 4 });
		await two.until(() => at(b, 'p1') !== null);
		await one.until(() => a.standing.unsent.length === 0);
		const [edit] = [...b.local.index.edits.values()].filter((e) => e.name === 'seat/p1');
		expect(edit?.person).toBe('ana');
		expect(leaf.opened[0]).toEqual({ path: '/sync/v/floor', protocols: ['felt.sync.1', 'felt.token.abc'] });
	});

	test('colleagues see where somebody is, and that they left', async () => {
		const leaf = await peer();
		const [one, two] = [new Device([leaf.address]), new Device([leaf.address])];
		const [a, b] = [await load(one), await load(two)];
		await one.until(() => synced(a.standing));
		await two.until(() => synced(b.standing));
		a.present({ place: 'table', table: 't1', player: null });
		await two.until(() => two.present[0]?.table === 't1');
		expect(one.present).toEqual([]);
		a.present(null);
		await two.until(() => two.present.length === 0);
		const tab = await load(one);
		tab.present({ place: 'table', table: 't2', player: null });
		await two.until(() => two.present[0]?.table === 't2');
		b.present({ place: 'clock', table: null, player: null });
		await one.until(() => one.present[0]?.place === 'clock');
	});

	test('frames carry only what this device wrote, at the next server too', async () => {
		const leaf = await peer();
		const core = await peer('core');
		const one = new Device([leaf.address]);
		const two = new Device([leaf.address, core.address]);
		const [a, b] = [await load(one), await load(two)];
		await one.until(() => synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		await two.until(() => at(b, 'p1') !== null);
		b.write([seat('p2', 2)], 'bea');
		await leaf.stop();
		await two.until(() => synced(b.standing, 'core'));
		await two.until(() => core.texts().size === 1);
		for (const { clients } of core.frames) expect(clients.filter((id) => !b.own.has(id))).toEqual([]);
		for (const { clients } of leaf.frames) expect(clients.length).toBeLessThanOrEqual(1);
		expect([...core.texts().values()][0]).toContain('seat/p2');
	});

	test('a silent line is left for the core, and back when the leaf speaks again', async () => {
		const leaf = await peer();
		const core = await peer('core');
		const one = new Device([leaf.address, core.address]);
		const a = await load(one);
		await one.until(() => synced(a.standing));
		const before = performance.now();
		leaf.silent = true; // the socket stays open
		await one.until(() => synced(a.standing, 'core'));
		expect(performance.now() - before).toBeLessThan(12_000);
		a.write([seat('p1', 1)], 'ana');
		await one.until(() => a.standing.unsent[0]?.atCore === true);
		leaf.silent = false;
		await one.until(() => synced(a.standing), 12_000);
		await one.until(() => a.standing.unsent.length === 0);
		expect(leaf.texts().size).toBe(1);
	}, 25_000);

	test('both away, both edit: every answer is there on both when they return', async () => {
		const leaf = await peer();
		const [one, two] = [new Device([leaf.address]), new Device([leaf.address])];
		const [a, b] = [await load(one), await load(two)];
		await one.until(() => synced(a.standing));
		await two.until(() => synced(b.standing));
		a.write([seat('p1', 1)], 'ana');
		await two.until(() => at(b, 'p1') !== null);
		const { port } = leaf;
		await leaf.stop();
		await one.until(() => !synced(a.standing));
		await two.until(() => !synced(b.standing));
		a.write([seat('p1', 1, 't7')], 'ana');
		b.write([seat('p1', 5, 't2')], 'bea');
		const back = await peer('leaf', port);
		back.doc = leaf.doc;
		back.vector = leaf.vector;
		for (const [device, keeper] of [
			[one, a],
			[two, b],
		] as const) {
			keeper.tryNow();
			await device.until(() => keeper.local.index.rivals().get('seat/p1') === 2, 15_000);
		}
		expect(at(a, 'p1')).toEqual(at(b, 'p1'));
		expect(a.local.index.live('seat/p1')).toEqual(b.local.index.live('seat/p1'));
	}, 30_000);
});

describe('kept on the device', () => {
	test('unsent edits survive a reload and are sent under their client id', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		const { port } = leaf;
		await leaf.stop();
		await one.until(() => !synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		a.write([seat('p1', 2)], 'ana');
		await new Promise((resolve) => setTimeout(resolve, 50)); // the store writes both acts
		a.close();
		const again = await load(one);
		await one.until(() => again.standing.unsent.length === 2);
		expect(at(again, 'p1')).toEqual({ table: 't1', seat: 2 });
		const back = await peer('leaf', port);
		again.tryNow();
		await one.until(() => again.standing.unsent.length === 0, 15_000);
		expect(back.texts().size).toBe(2);
	}, 30_000);

	test('a store that fails is said, and nothing more is written', async () => {
		const { device: one, keeper: a } = await inTouch();
		const told: unknown[] = [];
		globalThis.reportError = (error) => told.push(error);
		a.venue.store.close();
		a.write([seat('p1', 1)], 'ana');
		await one.until(() => a.standing.fault === 'store');
		expect(told.length).toBeGreaterThan(0);
		expect(() => a.write([seat('p1', 2)], 'ana')).toThrow();
	});

	test('a second tab writes through the first, and takes over when it closes', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		a.write([seat('p1', 1)], 'ana');
		const b = await load(one);
		await one.until(() => b.standing.loaded && at(b, 'p1') !== null);
		expect(leaf.opened.length).toBe(1);
		b.write([seat('p2', 2)], 'ana');
		await one.until(() => leaf.texts().size === 2);
		await one.until(() => at(a, 'p2') !== null);
		a.close();
		await one.until(() => leaf.opened.length === 2);
		b.write([seat('p3', 3)], 'ana');
		await one.until(() => leaf.texts().size === 3);
		await one.until(() => b.standing.unsent.length === 0);
	}, 20_000);
});

describe('starting over', () => {
	test('an epoch that ended: what the new one lacks is written again under its stamp', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		a.write([seat('p1', 1)], 'ana');
		await one.until(() => a.standing.unsent.length === 0);
		const { port } = leaf;
		await leaf.stop();
		await one.until(() => !synced(a.standing));
		const act = a.write([seat('p2', 2)], 'ana');
		const next = await peer('leaf', port);
		next.epoch = 2;
		next.vector = leaf.vector;
		const old = a.local.doc.clientID;
		a.tryNow();
		await one.until(() => next.texts().size === 1 && a.standing.unsent.length === 0, 15_000);
		expect([...next.texts().keys()]).toEqual([act.edits[0]![0]]);
		expect(a.local.doc.clientID).not.toBe(old);
		expect(at(a, 'p2')).toEqual({ table: 't1', seat: 2 });
	}, 30_000);

	test('a device that only read never merges two epochs', async () => {
		const leaf = await peer();
		const [one, two] = [new Device([leaf.address]), new Device([leaf.address])];
		const [a, b] = [await load(one), await load(two)];
		await one.until(() => synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		await two.until(() => at(b, 'p1') !== null);
		b.close();
		leaf.restart();
		const again = await load(two);
		await two.until(() => synced(again.standing));
		expect(at(again, 'p1')).toBeNull();
		expect(again.local.doc.getMap('f').size).toBe(0);
	});

	test('refused at the core: a blank goes in its place, the person is told once, the rest stands [DO33]', async () => {
		const core = await peer('core');
		const one = new Device(['ws://127.0.0.1:9', core.address]);
		const a = await load(one);
		await one.until(() => a.standing.loaded);
		core.silent = true;
		await one.until(() => a.standing.status.kind === 'connecting');
		const bad = a.write([seat('p1', 1)], 'ana');
		const good = a.write([seat('p2', 2)], 'ana');
		core.refuse.set(bad.edits[0]![0], 'model');
		core.silent = false;
		a.tryNow();
		await one.until(() => core.texts().size === 2, 15_000);
		const texts = core.texts();
		expect(decode(bad.edits[0]![0], texts.get(bad.edits[0]![0])!)).toMatchObject({ name: '', value: null });
		expect(texts.get(good.edits[0]![0])).toBe(good.edits[0]![1]);
		expect(one.refusals.map((refusal) => refusal.code)).toEqual(['model']);
		expect(at(a, 'p1')).toBeNull();
		expect(a.standing.unsent.map((act) => act.id)).toEqual([good.id]);
	}, 30_000);

	test('refused at the leaf: told once with its words, the rest stands, what it replaced is back [DO62]', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		a.write([seat('p1', 1)], 'ana');
		await one.until(() => a.standing.unsent.length === 0);
		leaf.away = true;
		await one.until(() => !synced(a.standing));
		const bad = a.write([seat('p1', 2)], 'ana');
		const good = a.write([seat('p2', 3)], 'ana');
		leaf.refuse.set(bad.edits[0]![0], 'model');
		leaf.away = false;
		await one.until(() => one.refusals.length === 1 && a.standing.unsent.length === 0);
		expect(one.refusals[0]).toMatchObject({ code: 'model', text: bad.edits[0]![1] });
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 1 });
		expect(leaf.texts().get(good.edits[0]![0])).toBe(good.edits[0]![1]);
		a.close();
		const again = await load(one);
		await one.until(() => synced(again.standing));
		await one.stored();
		expect(one.refusals).toHaveLength(1);
	});

	test('refused while the answer was lost: told all the same, also after a reload [DO62]', async () => {
		const { leaf, device: one, keeper } = await inTouch();
		let a = keeper;
		const before = a.standing.unsent.length;
		leaf.loseAnswers = true;
		leaf.away = true;
		await one.until(() => !synced(a.standing));
		const bad = a.write([seat('p1', 2)], 'ana');
		leaf.refuse.set(bad.edits[0]![0], 'model');
		leaf.away = false;
		await one.until(() => leaf.refused.size === 1);
		await one.stored();
		a.close();
		leaf.loseAnswers = false;
		a = await load(one);
		await one.until(() => one.refusals.length === 1 && a.standing.unsent.length === before);
		expect(one.refusals[0]).toMatchObject({
			stamp: bad.edits[0]![0],
			name: 'seat/p1',
			text: bad.edits[0]![1],
		});
	});

	test('a second fence within ten minutes ends writing here', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		for (const fault of [null, 'fenced'] as const) {
			leaf.fence = 4422;
			a.write([seat('p1', 1)], 'ana');
			await one.until(() => a.standing.fault === fault && (fault !== null || a.standing.unsent.length === 0));
		}
		expect(leaf.texts().size).toBe(1);
		expect(() => a.write([seat('p2', 1)], 'ana')).toThrow();
	}, 20_000);

	test('a device whose time was wrong moves what it never sent, order and meaning kept', async () => {
		const { leaf, device: one, keeper: first } = await inTouch();
		first.write([setup], 'ana');
		await one.until(() => first.standing.unsent.length === 0);
		first.close();
		const { port } = leaf;
		await leaf.stop();
		one.time = new LeafTime({ leafMs: 1_000_000 + 3_600_000, unixMs: 0 }, 0, 0); // an hour ahead
		const a = await load(one);
		await one.until(() => a.standing.loaded);
		a.write([seat('p1', 1)], 'ana');
		a.write([seat('p1', 2)], 'ana');
		const back = await peer('leaf', port);
		back.doc = leaf.doc;
		back.vector = leaf.vector;
		a.tryNow();
		await one.until(() => back.texts().size === 3 && a.standing.unsent.length === 0, 15_000);
		const stamps = [...back.texts().keys()].slice(1);
		for (const stamp of stamps) expect(parseInt(stamp, 36)).toBeLessThan(1_100_000);
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 2 });
		expect(a.local.index.live('seat/p1').length).toBe(1);
	}, 30_000);
});
