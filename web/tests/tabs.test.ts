import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Keeper } from '#lib/sync/keeper.ts';
import { Device, synced } from './device.ts';
import { load, peer, seat } from './opened.ts';
import type { Peer } from './peer.ts';

let leaf: Peer;
beforeEach(async () => {
	leaf = await peer();
});

const seats = (keeper: Keeper) => keeper.local.index.group('seat/').size;

/** A page of plain HTTP has no Web Locks. */
function withoutLocks(): void {
	const { locks } = navigator;
	beforeEach(() => Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true }));
	afterEach(() => Object.defineProperty(navigator, 'locks', { value: locks, configurable: true }));
}

describe.each(['with Web Locks', 'on plain HTTP'])('%s [DO63]', (kind) => {
	if (kind === 'on plain HTTP') withoutLocks();

	test('three tabs, one line; the writer closes again and again, nothing is lost or doubled', async () => {
		const one = new Device([leaf.address]);
		const tabs = [await load(one), await load(one), await load(one)];
		await one.until(() => tabs.every((tab) => tab.standing.loaded));
		expect(leaf.sessions.size).toBe(1);
		let written = 0;
		while (tabs.length > 1) {
			for (const tab of tabs) tab.write([seat(`p${++written}`, 1)], 'ana');
			const writer = tabs.shift()!;
			await one.until(() => writer.standing.unsent.length === 0);
			for (const tab of tabs) tab.write([seat(`p${++written}`, 1)], 'ana');
			writer.close(); // what the others have just said may not be kept
			await one.until(() => tabs.some((tab) => synced(tab.standing) && !tab.standing.unsent.length));
			await one.until(() => tabs.every((tab) => seats(tab) === written));
		}
		await one.until(() => leaf.texts().size === written);
		expect(leaf.sessions.size).toBe(1);
		expect(leaf.holes).toEqual([]);
	}, 20_000);
});

describe('on plain HTTP, two writers after one slept [DO63]', () => {
	withoutLocks();

	test('the store lets the later one write; what the other wrote goes through it', async () => {
		const one = new Device([leaf.address]);
		const a = await load(one);
		await one.until(() => synced(a.standing));
		// a sleeper answers no questions: the other's are not heard while it loads
		const post = BroadcastChannel.prototype.postMessage;
		BroadcastChannel.prototype.postMessage = () => {};
		const b = await load(one);
		await one.until(() => synced(b.standing));
		BroadcastChannel.prototype.postMessage = post;
		expect(leaf.sessions.size).toBe(2);
		a.write([seat('p1', 1)], 'ana');
		b.write([seat('p2', 2)], 'ana');
		await one.until(() => leaf.texts().size === 2 && leaf.sessions.size === 1);
		a.write([seat('p3', 3)], 'ana');
		await one.until(() => leaf.texts().size === 3 && seats(a) === 3 && seats(b) === 3);
		expect(a.standing.fault).toBeNull();
		expect(leaf.holes).toEqual([]);
		b.close();
		await one.until(() => synced(a.standing) && leaf.sessions.size === 1);
		a.write([seat('p4', 4)], 'ana');
		await one.until(() => leaf.texts().size === 4 && a.standing.unsent.length === 0);
	}, 20_000);
});
