/** What a device's open documents, taken together, have to say to the person in front of it: the worst there is. */

import type { StoreTrouble } from '#lib/sync/line.ts';
import type { Fault, Standing } from '#lib/sync/standing.ts';
import type { ConnectionView } from '#lib/ui/connection-view.ts';

export const SIGNED_OUT = 4401;
const TOO_LARGE = new Set([4413, 1009]);
/** Shorter waits are not worth a word. */
const QUIET_MS = 400;
const SLOW_MS = 2_000;
const START_MS = 2_500;

export type ConnectionState = Pick<ConnectionView, 'kind' | 'reason' | 'trouble' | 'remedy'>;

const FAULTS: { [fault in Exclude<Fault, 'store'>]: ConnectionState } = {
	fenced: {
		kind: 'reading-only',
		reason:
			'The leaf refused this tablet twice. Save a copy of what waits, then reload; or ask the technician.',
		remedy: 'copy',
	},
	'old-page': {
		kind: 'reading-only',
		reason: 'This page is out of date, so it only shows. Reload it; what waits is sent then.',
		remedy: 'reload',
	},
	'old-box': {
		kind: 'reading-only',
		reason:
			'The leaf runs an older Felt than this page, so it only shows. Update the box; what waits is sent then.',
	},
};

const TROUBLES: { [trouble in StoreTrouble]: (server: string) => string } = {
	slow: (server) => `The ${server}'s disk is slow. Changes are kept on this tablet until it has them.`,
	full: (server) => `The ${server}'s disk is full. Changes are kept on this tablet. Free space on it.`,
	failing: (server) =>
		`The ${server} can't write to its disk. Changes are kept on this tablet. Call the technician.`,
};

const OLD_BOX = 'An old leaf has come back: the venue has moved on without it, and it is sent nothing.';

/** `oldestMs`: age of the oldest unsent act; `sinceStartMs`: since the page was opened. */
export function kindOf(
	standings: readonly Standing[],
	unsent: number,
	oldestMs: number,
	sinceStartMs: number,
): ConnectionState {
	const faults = new Set(standings.map(({ fault }) => fault));
	if (faults.has('store')) return { kind: 'cant-save' };
	for (const fault of ['fenced', 'old-page', 'old-box'] as const) if (faults.has(fault)) return FAULTS[fault];
	const ended = standings.map(({ status }) => status).find((status) => status.kind === 'ended');
	if (ended?.kind === 'ended') return { kind: 'reading-only', reason: whyEnded(ended.code) };
	const states = standings.map(({ status }) => status).filter((status) => status.kind !== 'absent');
	const oldBox = states.some((status) => 'oldBox' in status && status.oldBox);
	if (states.some((status) => status.kind === 'connecting')) {
		if (oldBox)
			return { kind: 'no-leaf', reason: `${OLD_BOX} Changes are kept on this tablet. Call the technician.` };
		return { kind: sinceStartMs < START_MS ? 'catching-up' : 'no-leaf' };
	}
	const disk = standings.find(({ trouble, status }) => trouble && status.kind === 'synced');
	if (disk?.trouble && disk.status.kind === 'synced')
		return { kind: 'disk', trouble: disk.trouble, reason: TROUBLES[disk.trouble](disk.status.at) };
	if (states.some((status) => status.kind === 'synced' && status.at === 'core')) {
		if (oldBox)
			return { kind: 'at-core', reason: `${OLD_BOX} Changes are saved at the core. Call the technician.` };
		return { kind: 'at-core' };
	}
	if (!unsent || oldestMs < QUIET_MS) return { kind: 'synced' };
	return { kind: oldestMs < SLOW_MS ? 'sending' : 'saved-here' };
}

function whyEnded(code: number): string {
	if (code === SIGNED_OUT) return 'Signed out';
	return TOO_LARGE.has(code)
		? 'A change was too large for the leaf. Save a copy of what waits; ask the technician.'
		: "Your role can't edit this.";
}
