/** What a test opens is closed after it, the last first. Nothing here outlives its test. */
import { onTestFinished } from 'vitest';
import type { Keeper } from '#lib/keeper.ts';
import type { Device } from './device.ts';
import { Peer } from './peer.ts';

export async function peer(at: 'leaf' | 'core' = 'leaf', port = 0): Promise<Peer> {
	const one = await Peer.start(at, port);
	onTestFinished(() => one.stop());
	return one;
}

/** A page load (or a second tab) of that document. */
export async function load(device: Device, document = 'floor'): Promise<Keeper> {
	const keeper = await device.open(document);
	onTestFinished(() => keeper.close());
	return keeper;
}

/** The fact that a player sits there. */
export const seat = (player: string, seatNumber = 1, table = 't1') =>
	[`seat/${player}`, { table, seat: seatNumber }] as const;

export const at = (keeper: Keeper, player: string) => keeper.local.index.get(`seat/${player}`);
