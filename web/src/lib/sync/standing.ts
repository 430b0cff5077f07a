/** What a keeper needs of the venue, and what it says of its document: the same in every tab of this device. */

import type { Act } from '#lib/facts/local-document.ts';
import type { StoreTrouble } from './line.ts';
import type { KeptRefusal, Store } from './store.ts';
import type { SyncStatus, SyncVenue } from './sync.ts';
import type { KeptAct } from './unsent.ts';

export type KeeperVenue = SyncVenue & {
	readonly device: string;
	readonly store: Store;
};

/**
 * Why nothing may be written here: this device's store can't; the replica was fenced twice; this build is older than
 * the server takes, or newer than it knows.
 */
export type Fault = 'store' | 'fenced' | 'old-page' | 'old-box';

export type Standing = {
	status: SyncStatus;
	/** there is a picture, from the store or from a server */
	loaded: boolean;
	/** own acts the leaf has not accepted */
	unsent: readonly KeptAct[];
	fault: Fault | null;
	/** why the server can make nothing durable now */
	trouble: StoreTrouble | null;
};

export const AT_FIRST: Standing = {
	status: { kind: 'connecting' },
	loaded: false,
	unsent: [],
	fault: null,
	trouble: null,
};

/** What a page has open, as it says itself: a place of the app, a table, a player's sheet. */
export type Where = {
	readonly place: string;
	readonly table: string | null;
	readonly player: string | null;
};

/** Where a colleague is; who and on which device is the server's word. */
export type Presence = Where & { readonly person: string; readonly device: string };

export type KeeperTold = {
	changed(names: ReadonlySet<string>): void;
	standing(standing: Standing): void;
	refused(refusal: KeptRefusal): void;
	presence(others: readonly Presence[]): void;
	/** Acts no server had seen have new stamps: old → new. */
	moved?(moved: ReadonlyMap<string, string>): void;
};

/** What tabs of one device say to each other about a document; `lineage`: whose replica of the writer's they hold. */
export type TabMessage =
	| { kind: 'join' }
	| { kind: 'state'; state: Uint8Array; lineage: string; standing: Standing }
	| { kind: 'update'; update: Uint8Array }
	/** `now`: that tab's leaf time; `aheadMs`: by how much it has learnt to have been ahead when it wrote this */
	| { kind: 'act'; lineage: string; act: Act; now: number; aheadMs: number }
	/** `moved`: not, or no longer, under the stamps it was told with */
	| { kind: 'kept'; id: string; moved: boolean }
	| { kind: 'refused'; refusal: KeptRefusal }
	| { kind: 'where'; where: Where | null }
	| { kind: 'present'; present: readonly Presence[] }
	/** `now`: leaf time, where a server has said it */
	| { kind: 'standing'; standing: Standing; now: number | null };
