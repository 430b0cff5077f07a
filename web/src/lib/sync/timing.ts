/** How wrong the stamps of own acts are, as far as servers' words tell: what no server was sent is moved by it. */
import { parseStamp } from '#lib/facts/edits.ts';
import type { Act } from '#lib/facts/local-document.ts';
import type { LeafTime } from './leaf-time.ts';
import type { KeptAct } from './unsent.ts';

/** Smaller errors are left: stamps need order, not truth. */
const RESTAMP_MS = 5_000;
/** What is further ahead of leaf time is refused. */
export const AHEAD_MAX_MS = 60_000;

/** The marks of an act that is written now. `aheadMs`: by how much its stamps are. */
export function timing(
	act: Act,
	time: LeafTime,
	aheadMs = excess(act),
): Pick<KeptAct, 'shift' | 'timed' | 'sent'> {
	return { shift: time.shift - aheadMs, timed: time.sinceContact() !== null, sent: false };
}

export function errorOf({ shift }: KeptAct, time: LeafTime): number {
	return shift === null ? 0 : time.shift - shift;
}

/** To be moved before it is sent. */
export function misstamped(act: KeptAct, time: LeafTime): boolean {
	return !act.sent && Math.abs(errorOf(act, time)) > RESTAMP_MS;
}

/** A stamp comes after those it replaces: misstamped ones of ours may have put it where the leaf refuses it. */
function excess(act: Act): number {
	const ahead = msOf(act) - act.atMs;
	return ahead > AHEAD_MAX_MS ? ahead : 0;
}

export function msOf(act: Act): number {
	return parseStamp(act.edits[0]![0])!.ms;
}
