import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '#lib/facts/edits.ts';
import { decode } from '#lib/facts/edits.ts';
import type { Kind } from '#lib/facts/facts.gen.ts';
import type { LeafTime } from '#lib/sync/leaf-time.ts';
import { type DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import type { Store } from '#lib/sync/store.ts';
import { ACTS_MAX, KEEP_MS, UndoList } from '#lib/venue/undo.svelte.ts';
import { type Done, perform, type Refusal } from '#lib/verbs/verb.ts';
import { Device } from './device.ts';
import { peer } from './opened.ts';
import type { Peer } from './peer.ts';

let leaf: Peer;
let device: Device;
beforeEach(async () => {
	leaf = await peer();
	device = new Device([leaf.address]);
});

/** A page on this device: its store, its undo list, one document; `close` is a reload. */
class Page {
	person = 'ana';
	ms = 0;
	readonly undo: UndoList;
	replica!: Replica<'displays'>;

	constructor(
		readonly store: Store,
		readonly time: LeafTime,
	) {
		this.undo = new UndoList({
			store,
			get person() {
				return page.person;
			},
			now: () => this.time.now() + this.ms,
			open: () => this.replica as unknown as Replica<Kind>,
		});
		const page = this;
	}

	static async open(online = true): Promise<Page> {
		const venue = await device.venue('felt undo', online ? [leaf.address] : ['ws://127.0.0.1:9']);
		const page = new Page(venue.store, venue.time);
		page.replica = new Replica('displays' as DocumentName<'displays'>, venue, () => page.person, {
			standing: () => {},
			refused: ({ stamp }) => page.undo.refused(stamp),
			did: (act) => page.undo.add(act),
		});
		await page.undo.load();
		await device.until(() => (online ? page.replica.live : page.replica.loaded));
		onTestFinished(() => page.close());
		return page;
	}

	close(): void {
		this.replica.close();
		this.undo.close();
		this.store.close();
	}

	name(name: string | null, screen = 'd1'): Done {
		return done(perform(this.replica, { [`device/${screen}`]: name === null ? null : { name } }));
	}

	get told(): Json {
		return this.replica.reader.get('device/d1');
	}
}

function done(tried: Done | Refusal): Done {
	if (!tried.ok) throw new Error(tried.code);
	return tried;
}

describe('undo [DO66]', () => {
	test('the list is there after a reload, off line too; what was undone is done again', async () => {
		const first = await Page.open();
		first.name('Wall');
		first.name('Bar');
		await device.until(() => first.undo.list.length === 2);
		await device.until(() => !first.replica.standing.unsent.length);
		first.close();

		const page = await Page.open(false);
		expect(page.undo.list.map(({ did }) => did.at(-1)!.after)).toEqual([{ name: 'Bar' }, { name: 'Wall' }]);
		const last = page.undo.last!;
		const undoing = done(page.undo.turn(last));
		expect(page.told).toEqual({ name: 'Wall' });
		const [stamp, text] = undoing.act.edits[0]!;
		const edit = decode(stamp, text);
		expect(edit).toMatchObject({ replaces: [last.told[0]!.stamp], person: 'ana' });
		expect('act' in edit && edit.act.split('~')[1]).toBe(last.told[0]!.stamp);

		expect(page.undo.list).toHaveLength(2);
		const undone = page.undo.list[0]!;
		expect(undone).toMatchObject({ id: last.id, undone: true });
		expect(page.undo.last!.did.at(-1)!.after).toEqual({ name: 'Wall' });
		done(page.undo.turn(undone));
		expect(page.told).toEqual({ name: 'Bar' });
		expect(page.undo.list[0]).toMatchObject({ id: last.id, undone: false });
	});

	test('it asks where somebody changed it since', async () => {
		const page = await Page.open();
		page.name('Wall');
		const mine = page.undo.last!;
		page.person = 'bea';
		page.name('Bar');
		page.person = 'ana';
		const refused = page.undo.turn(mine);
		expect(refused).toMatchObject({ ok: false, code: 'changed_since', details: { person: 'bea' } });
		done(page.undo.turn(mine, true));
		expect(page.told).toBeNull();
		expect(page.replica.reader.get('setup')).not.toBeNull();
	});

	test('each person has their own, bounded in number and in age', async () => {
		const page = await Page.open();
		page.name('Hers');
		page.person = 'bea';
		for (let n = 0; n <= ACTS_MAX; n++) page.name(`Wall ${n}`);
		expect(page.undo.list).toHaveLength(ACTS_MAX);
		expect(page.undo.list.at(-1)!.did[0]!.after).toEqual({ name: 'Wall 1' });
		page.person = 'ana';
		expect(page.undo.list).toHaveLength(1);
		page.ms = KEEP_MS + 60_000;
		await page.undo.load();
		expect(page.undo.list).toEqual([]);
		await device.until(() => true);
		expect(await page.store.all('undo')).toEqual([]);
	});

	test('new stamps after a clock was put right are followed; what was refused leaves', async () => {
		const page = await Page.open();
		page.name('Wall');
		const stamp = page.undo.last!.told.at(-1)!.stamp;
		page.undo.moved('displays', new Map([[stamp, '9.9.x-1']]));
		expect(page.undo.last!.told.at(-1)!.stamp).toBe('9.9.x-1');
		page.undo.refused('9.9.x-1');
		expect(page.undo.list).toEqual([]);
	});

	test('names of people are kept for as long as the page is open, and no longer', async () => {
		const page = await Page.open();
		const told = [{ stamp: '1.1.x-1', name: 'player/p1', before: null, after: { name: 'Ida F.' } }];
		const act = { id: 'a', person: 'ana', atMs: page.time.now(), edits: [] };
		page.undo.add({ document: 'roster', act, told, takesBack: null });
		await page.undo.load();
		expect(page.undo.list).toHaveLength(1);
		expect(await page.store.all('undo')).toEqual([]);
	});
});
