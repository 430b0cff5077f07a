/** What the pill, the banner and the Unsent sheet show; made by the connection, drawn by components. Durations in ms. */

import type { Fate } from '#lib/money/intent-fates.ts';

export type ConnectionView = {
	kind:
		| 'synced'
		| 'sending'
		| 'saved-here'
		| 'no-leaf'
		| 'at-core'
		/** the server answers, but can make nothing durable */
		| 'disk'
		| 'catching-up'
		| 'reading-only'
		| 'cant-save';
	/** how long it has been so */
	sinceMs: number;
	/** changes the leaf has not accepted yet */
	unsent: number;
	/** changes not accepted and not dismissed */
	refused: number;
	/** money recorded, not booked */
	intents: number;
	/** edits still to come, while catching up */
	behind?: number;
	/** what happened and what stands, as sentences */
	reason?: string;
	/** what is the matter with the server's disk */
	trouble?: 'slow' | 'full' | 'failing';
	/** the box's clock is in doubt: what that is about, and what to do */
	clock?: string;
	/** what a person can do about it here */
	remedy?: 'reload' | 'copy';
};

export type UnsentRow = { id: string; what: string; ageMs: number; target: string };
export type RefusedRow = { id: string; what: string; code: string; message: string };
export type IntentRow = {
	id: string;
	what: string;
	who: string;
	amount: string;
	ageMs: number;
	fate: Fate;
	/** by which the player's slip names it; null: it has none (any more) */
	code: string | null;
	/** how often its slip was printed here */
	slips: number;
	/** surely not booked: it may be removed, or recorded anew */
	loose: boolean;
};
export type Diagnosis = {
	network: boolean;
	leaf: boolean;
	/** null: not asked, as the leaf answers */
	core: boolean | null;
	lastContactMs: number | null;
	address: string;
};

const DISKS = { slow: 'Disk slow', full: 'Disk full', failing: 'Disk fails' };

/** The tone, glyph and words of each state: the same everywhere. */
export function pillWords(view: ConnectionView, elapsed: (ms: number) => string): string {
	switch (view.kind) {
		case 'synced':
			return 'Synced';
		case 'sending':
			return `Saving… ${view.unsent}`;
		case 'saved-here':
			return `Saved here · ${view.unsent} unsent`;
		case 'no-leaf':
			return `Can't reach the leaf · ${elapsed(view.sinceMs)}`;
		case 'at-core':
			return `Saved at the core · leaf away ${elapsed(view.sinceMs)}`;
		case 'disk':
			return `${DISKS[view.trouble ?? 'failing']} · ${view.unsent} unsent`;
		case 'catching-up':
			return `Catching up ${view.behind ?? ''}`.trim();
		case 'reading-only':
			return 'Reading only';
		case 'cant-save':
			return "Can't save on this tablet";
	}
}
