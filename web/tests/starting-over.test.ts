import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { decode } from '#lib/facts/edits.ts';
import { DocumentStore } from '#lib/sync/document-store.ts';
import type { Keeper } from '#lib/sync/keeper.ts';
import { LeafTime } from '#lib/sync/leaf-time.ts';
import { Store } from '#lib/sync/store.ts';
import { Device, synced } from './device.ts';
import { at, inTouch, load, peer, seat } from './opened.ts';
import type { Peer } from './peer.ts';

beforeEach(() => {
	globalThis.reportError = () => {};
});

async function inSync(device: Device, keeper: Keeper): Promise<void> {
	keeper.tryNow();
	await device.until(() => synced(keeper.standing) && keeper.standing.unsent.length === 0, 15_000);
}
/** Written by somebody else, as the leaf has it. */
const theirs = (n: number, name: string, value: unknown, replaces: string[] = []) =>
	[
		`${(500_000 + n).toString(36)}.${n}.dx-n`,
		JSON.stringify([name, value, replaces, ['bea', `a${n}`]]),
	] as const;
const seats = (leaf: Peer) =>
	[...leaf.texts()]
		.map(([stamp, text]) => decode(stamp, text))
		.flatMap((edit) => ('code' in edit || !edit.name ? [] : [edit.name]))
		.sort();

describe('epochs [DO60]', () => {
	test('away over three switches, with reloads: what was written meanwhile arrives once', async () => {
		const { leaf, device: one, keeper } = await inTouch();
		let a = keeper;
		a.write([seat('p0', 1)], 'ana');
		await inSync(one, a);
		leaf.away = true;
		await one.until(() => !synced(a.standing));
		for (let n = 1; n <= 3; n++) {
			a.write([seat(`p${n}`, n)], 'ana');
			leaf.write([theirs(n, `seat/q${n}`, { table: 't2', seat: n })]);
			leaf.switchEpoch();
			await one.until(() => a.standing.unsent.length === n);
			await one.stored();
			a.close();
			a = await load(one);
			await one.until(() => a.standing.unsent.length === n);
		}
		leaf.away = false;
		await inSync(one, a);
		expect(seats(leaf)).toEqual([
			'seat/p0',
			'seat/p1',
			'seat/p2',
			'seat/p3',
			'seat/q1',
			'seat/q2',
			'seat/q3',
		]);
		expect(at(a, 'p3')).toEqual({ table: 't1', seat: 3 });
		expect(at(a, 'q3')).toEqual({ table: 't2', seat: 3 });
		expect(leaf.holes).toEqual([]);
	}, 30_000);

	test('the next switch in the middle of starting over starts over again', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		a.write([seat('p1', 1)], 'ana');
		for (let n = 0; n < 5; n++) {
			leaf.switchEpoch();
			await one.until(() => a.standing.status.kind === 'connecting');
		}
		await inSync(one, a);
		expect(seats(leaf)).toEqual(['seat/p1']);
		expect(leaf.opened.at(-1)?.path).toBe('/sync/v/floor');
		a.close();
		const again = await load(one);
		await inSync(one, again);
		expect(leaf.opened.at(-1)?.path).toBe(`/sync/v/floor@${leaf.epoch}`);
		expect(at(again, 'p1')).toEqual({ table: 't1', seat: 1 });
	}, 20_000);

	test('the leaf took it but the answer was lost, and the epoch ended: not written again', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		leaf.loseAnswers = true;
		const act = a.write([seat('p1', 1)], 'ana');
		await one.until(() => leaf.texts().size === 1);
		leaf.write([theirs(1, 'seat/p1', null, [act.edits[0]![0]])]);
		leaf.doc.getMap('f').delete(act.edits[0]![0]); // pruned: the epoch has only what is live
		leaf.switchEpoch();
		leaf.loseAnswers = false;
		await inSync(one, a);
		expect(at(a, 'p1')).toBeNull();
		expect(leaf.texts().size).toBe(1);
	}, 20_000);

	test('killed before any transaction of the store: nothing is lost, nothing doubled', async () => {
		for (let n = 1; ; n++) {
			expect(n).toBeLessThan(40);
			const { leaf, device: one, keeper } = await inTouch();
			let a = keeper;
			a.write([seat('p0', 1)], 'ana');
			await inSync(one, a);
			leaf.away = true;
			await one.until(() => !synced(a.standing));
			a.close();
			one.time = new LeafTime({ leafMs: 1_000_000 + 3_600_000, unixMs: 0 }, 0, 0); // and an hour ahead
			a = await load(one);
			await one.until(() => a.standing.loaded);
			a.write([seat('p1', 1)], 'ana');
			a.write([seat('p2', 2)], 'ana');
			await one.stored();
			leaf.switchEpoch();
			one.dieAt(n);
			leaf.away = false;
			a.tryNow();
			await one.until(() => a.standing.fault === 'store' || a.standing.unsent.length === 0, 15_000);
			await one.stored();
			const done = one.survived();
			a.close();
			const again = await load(one);
			await inSync(one, again);
			expect(seats(leaf), `killed at ${n}`).toEqual(['seat/p0', 'seat/p1', 'seat/p2']);
			expect(leaf.holes, `killed at ${n}`).toEqual([]);
			for (const stamp of [...leaf.texts().keys()]) expect(parseInt(stamp, 36)).toBeLessThan(1_100_000);
			again.close();
			await leaf.stop();
			if (done) return;
		}
	}, 60_000);

	test('two tabs over a switch: acts of both arrive once, both show the new one', async () => {
		const { leaf, device: one, keeper: a } = await inTouch();
		const b = await load(one);
		await one.until(() => b.standing.loaded);
		leaf.away = true;
		await one.until(() => !synced(a.standing));
		a.write([seat('p1', 1)], 'ana');
		b.write([seat('p2', 2)], 'ana');
		leaf.switchEpoch();
		leaf.away = false;
		a.tryNow();
		for (let n = 3; n < 9; n++) {
			b.write([seat(`p${n}`, n)], 'ana');
			await new Promise((resolve) => setTimeout(resolve, 3)); // some before, some while it starts over
		}
		await inSync(one, a);
		await one.until(() => leaf.texts().size === 8);
		await one.until(() => b.local.index.group('seat/').size === 8 && a.local.index.group('seat/').size === 8);
		expect(leaf.holes).toEqual([]);
		a.close();
		await one.until(() => synced(b.standing));
		b.write([seat('p9', 9)], 'ana');
		await one.until(() => leaf.texts().size === 9);
	}, 30_000);

	test('a core that has not heard of the new epoch is not gone back to', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		const one = new Device([leaf.address, core.address]);
		leaf.epoch = 2;
		const a = await load(one);
		await inSync(one, a);
		a.write([seat('p1', 1)], 'ana');
		await inSync(one, a);
		leaf.away = true;
		await one.until(() => core.opened.length > 2, 10_000);
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 1 });
		expect(core.texts().size).toBe(0);
		leaf.away = false;
		await inSync(one, a);
		expect(leaf.texts().size).toBe(1);
	}, 30_000);

	test('what the core took and its next epoch lacks is shown here, and goes to the leaf in its turn', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		const one = new Device([leaf.address, core.address]);
		const a = await load(one);
		await inSync(one, a);
		leaf.away = true;
		await one.until(() => synced(a.standing, 'core'));
		a.write([seat('p1', 1)], 'ana');
		await one.until(() => a.standing.unsent[0]?.atCore === true);
		core.restart(); // it follows an epoch of the leaf, which never had the act
		leaf.epoch = core.epoch;
		await one.until(() => a.standing.status.kind === 'connecting');
		await one.until(() => synced(a.standing, 'core'), 10_000);
		a.write([seat('p2', 2)], 'ana');
		await one.until(() => core.texts().size === 1);
		expect([at(a, 'p1'), at(a, 'p2')]).toEqual([
			{ table: 't1', seat: 1 },
			{ table: 't1', seat: 2 },
		]);
		leaf.away = false;
		await one.until(() => synced(a.standing) && a.standing.unsent.length === 0, 10_000);
		expect(seats(leaf)).toEqual(['seat/p1', 'seat/p2']);
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 1 });
		expect(leaf.holes).toEqual([]);
	}, 30_000);

	test('another tab wrote it at the core too, and deleted ours by that: the leaf gets both [DO102]', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		const one = new Device([leaf.address, core.address]);
		const a = await load(one);
		await inSync(one, a);
		leaf.away = true;
		await one.until(() => synced(a.standing, 'core'));
		const [[stamp, text]] = a.write([seat('p1', 1)], 'ana').edits as [[string, string]];
		await one.until(() => a.standing.unsent[0]?.atCore === true);
		const copy = new Y.Doc();
		copy.clientID = 2 ** 32 - 1;
		copy.getMap('f').set(stamp, text);
		core.take(Y.encodeStateAsUpdate(copy), [stamp]);
		await one.until(() => a.local.writersOf([a.standing.unsent[0]!])[0] === copy.clientID);
		leaf.away = false;
		await inSync(one, a);
		expect(leaf.texts().get(stamp)).toBe(text);
	}, 30_000);

	test('the roster of an epoch that ended is wiped before the new one comes; unsent acts stay', async () => {
		const leaf = await peer();
		const one = new Device([leaf.address]);
		const a = await load(one, 'roster');
		await inSync(one, a);
		leaf.write([theirs(1, 'player/p1', { name: 'Erika Mustermann' })]);
		await one.until(() => a.local.index.get('player/p1') !== null);
		leaf.away = true;
		await one.until(() => !synced(a.standing));
		a.write([['player/p2', { name: 'Ola' }]], 'ana');
		const [stamp] = [...leaf.texts().keys()];
		leaf.doc.getMap('f').delete(stamp!);
		leaf.switchEpoch();
		await one.stored();
		one.dieAt(2); // after the wipe
		leaf.away = false;
		a.tryNow();
		await one.until(() => a.standing.fault === 'store', 15_000);
		one.survived();
		const store = await Store.open('felt test', one.factory);
		const kept = await new DocumentStore(store, 'roster').claim();
		expect(new TextDecoder().decode(Buffer.concat(kept.updates))).not.toContain('Erika');
		expect(kept.head.epoch).toBeNull();
		expect(kept.acts).toHaveLength(1);
		store.close();
		const again = await load(one, 'roster');
		await inSync(one, again);
		expect(again.local.index.group('player/')).toEqual(new Map([['p2', { name: 'Ola' }]]));
		expect(leaf.texts().size).toBe(1);
	}, 30_000);
});

describe('terms [DO61]', () => {
	/** A leaf that was restored from an hour ago: a new term, an older vector, and epochs of its own. */
	async function restored(from: Peer, vector: Record<string, number>, handIn: boolean): Promise<Peer> {
		const leaf = await peer();
		leaf.term = 2;
		leaf.epoch = 10_001;
		leaf.handIn = handIn;
		leaf.vector = { ...vector };
		leaf.write([...from.texts()].slice(0, 1));
		return leaf;
	}

	for (const handIn of [true, false])
		test(`a restored leaf ${handIn ? 'is handed in what it lacks' : 'without a window gets our own'}`, async () => {
			const { leaf, device: one, keeper: a } = await inTouch();
			leaf.write([theirs(1, 'seat/q1', { table: 't2', seat: 1 })]);
			leaf.vector['dx-n'] = 1;
			for (let n = 1; n <= 4; n++) {
				a.write([seat(`p${n}`, n)], 'ana');
				await inSync(one, a);
				if (n < 3) leaf.write([theirs(n + 1, `seat/q${n + 1}`, { table: 't2', seat: n + 1 })]);
			}
			const replaced = a.write([seat('p2', 9)], 'ana');
			await inSync(one, a);
			for (const stamp of leaf.texts().keys())
				if (a.local.index.edits.get(stamp)?.name === 'seat/p2' && stamp !== replaced.edits[0]![0])
					leaf.doc.getMap('f').delete(stamp); // pruned: nobody knows it any more
			const { replica } = a.local;
			leaf.away = true;
			await one.until(() => !synced(a.standing));
			a.write([seat('p5', 5)], 'ana');
			const next = await restored(leaf, { 'dx-n': 1, [replica]: 1 }, handIn);
			one.addresses[0] = next.address;
			await inSync(one, a);
			expect(next.holes).toEqual([]);
			const own = ['seat/p2', 'seat/p3', 'seat/p4', 'seat/p5'];
			const others = handIn ? ['seat/q2', 'seat/q3'] : [];
			// what its backup had decided is not brought back to life: p1 and q1 are the backup's to know
			const names = new Set(seats(next).filter((name) => name !== 'seat/q1'));
			expect([...names]).toEqual([...own, ...others]);
			expect(at(a, 'p2')).toEqual({ table: 't1', seat: 9 });
			a.close();
			const store = await Store.open('felt test', one.factory);
			const { offer, head } = await new DocumentStore(store, 'floor').claim();
			expect(head.term).toBe(2);
			if (handIn) expect(offer).toBeNull();
			else expect(offer!.edits.map(([, text]) => JSON.parse(text)[0])).toContain('seat/q2');
			store.close();
		}, 20_000);

	for (const handIn of [true, false])
		test(`what a refused edit named a restored leaf learns ${handIn ? 'by hand-in' : 'without a window'} [DO103]`, async () => {
			const { leaf, device: one, keeper: a } = await inTouch();
			const [[older]] = a.write([seat('p1', 1)], 'ana').edits as [[string, string]];
			await inSync(one, a);
			leaf.away = true;
			await one.until(() => !synced(a.standing));
			const [[refused]] = a.write([seat('p1', 2)], 'ana').edits as [[string, string]];
			leaf.refuse.set(refused, 'model');
			leaf.away = false;
			a.tryNow();
			await inSync(one, a);
			leaf.away = true;
			await one.until(() => !synced(a.standing));
			a.write([seat('p2', 2)], 'ana'); // without a window its counter has to follow that of the refused one
			a.close();
			const again = await load(one); // it is kept over a reload
			const next = await restored(leaf, { [a.local.replica]: 1 }, handIn);
			one.addresses[0] = next.address;
			again.tryNow();
			await inSync(one, again);
			const told = [...next.pages.flatMap(({ edits }) => edits), ...next.texts()];
			const said = told.filter(([, text]) => text).map(([, text]) => JSON.parse(text).slice(0, 3));
			expect(said).toContainEqual(['', null, [older]]);
			expect(next.holes).toEqual([]);
			expect(one.refusals).toHaveLength(1);
			again.close();
		}, 20_000);

	test('killed while it hands in: it does so again', async () => {
		for (let n = 1; ; n++) {
			expect(n).toBeLessThan(20);
			const { leaf, device: one, keeper: a } = await inTouch();
			for (let m = 1; m <= 3; m++) leaf.write([theirs(m, `seat/q${m}`, { table: 't2', seat: m })]);
			await one.until(() => at(a, 'q3') !== null);
			const next = await restored(leaf, { 'dx-n': 1 }, true);
			one.addresses[0] = next.address;
			await one.stored();
			one.dieAt(n);
			leaf.away = true;
			await one.until(
				() => a.standing.fault === 'store' || (synced(a.standing) && next.pages.length > 0),
				15_000,
			);
			await one.stored();
			const done = one.survived();
			a.close();
			const again = await load(one);
			await inSync(one, again);
			await one.until(() => seats(next).length === 3);
			expect(seats(next)).toEqual(['seat/q1', 'seat/q2', 'seat/q3']);
			again.close();
			await Promise.all([leaf.stop(), next.stop()]);
			if (done) return;
		}
	}, 60_000);

	test('an old box that comes back is told, and nothing is sent to it', async () => {
		const [leaf, core] = [await peer(), await peer('core')];
		leaf.term = core.term = 2;
		leaf.epoch = core.epoch = 10_001;
		const one = new Device([leaf.address, core.address]);
		const a = await load(one);
		await inSync(one, a);
		a.write([seat('p1', 1)], 'ana');
		await inSync(one, a);
		const old = await peer();
		one.addresses[0] = old.address;
		leaf.away = true;
		await one.until(
			() =>
				synced(a.standing, 'core') &&
				Boolean(a.standing.status.kind === 'synced' && a.standing.status.oldBox),
			10_000,
		);
		a.write([seat('p2', 2)], 'ana');
		await one.until(() => a.standing.unsent[0]?.atCore === true);
		expect(old.frames).toEqual([]);
		one.addresses.pop();
		await core.stop();
		await one.until(
			() => a.standing.status.kind === 'connecting' && a.standing.status.oldBox === true,
			10_000,
		);
		expect(at(a, 'p1')).toEqual({ table: 't1', seat: 1 });
	}, 30_000);
});
