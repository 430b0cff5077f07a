/**
 * Where floor and money disagree about an event: shown to a person, never settled by itself. What either side said
 * in the last ten seconds is no disagreement yet: the other half may be on its way.
 * Twin of `crdt_models/rules/reconcile.py`; both read `tests/vectors/reconcile.json`.
 */
import { parseStamp } from '../edits.ts';
import type { Bust, Entry, PaidEntry, Prize, Seat } from '../facts.gen.ts';
import type { FactReader } from '../facts.ts';
import { standings } from './elimination.ts';
import { byText, many } from './typed.ts';

const GRACE_MS = 10_000;

/** One row of the tray; `since_ms` is the younger of the two sides. */
export type Disagreement = {
	kind: 'seated_unpaid' | 'paid_unseated' | 'busted_seated' | 'busted_unplaced' | 'paid_out_in_play';
	player: string;
	entry: string | null;
	since_ms: number;
};

/** All disagreements about the event `ident` older than ten seconds, oldest first. */
export function disagreements(
	tournament: FactReader,
	ident: string,
	cage: FactReader,
	now: number,
): Disagreement[] {
	return all(tournament, ident, cage)
		.filter((row) => now - row.since_ms >= GRACE_MS)
		.sort(
			(a, b) =>
				a.since_ms - b.since_ms ||
				byText(a.kind, b.kind) ||
				byText(a.player, b.player) ||
				byText(a.entry ?? '', b.entry ?? ''),
		);
}

function all(tournament: FactReader, ident: string, cage: FactReader): Disagreement[] {
	const rows: Disagreement[] = [];
	const seats = many<Seat>(tournament, 'seat/');
	const busts = many<Bust>(tournament, 'bust/');
	const entries = many<Entry>(tournament, 'entry/');
	const { players, left, lifeOf } = standings(tournament);
	const sold = [...many<PaidEntry>(cage, 'entry/')].filter(([, row]) => row.tournament === ident);
	const payers = new Set(sold.filter(([life]) => !busts.has(life)).map(([, row]) => row.player));
	for (const player of seats.keys()) {
		const entry = lifeOf.get(player) ?? null;
		const seatMs = since(tournament, `seat/${player}`);
		if (players.has(player) && !left.has(player)) {
			const since_ms = Math.max(seatMs, since(tournament, `bust/${entry}`));
			rows.push({ kind: 'busted_seated', player, entry, since_ms });
		} else if (!payers.has(player)) {
			const since_ms = Math.max(seatMs, since(cage, `entry/${entry}`)); // of a reversal, too
			rows.push({ kind: 'seated_unpaid', player, entry, since_ms });
		}
	}
	for (const [entry, { player }] of sold) {
		if (busts.has(entry) || seats.has(player)) continue;
		const since_ms = Math.max(since(cage, `entry/${entry}`), since(tournament, `seat/${player}`));
		rows.push({ kind: 'paid_unseated', player, entry, since_ms });
	}
	for (const [entry, { player }] of busts) {
		if (entries.has(entry)) continue;
		rows.push({ kind: 'busted_unplaced', player, entry, since_ms: since(tournament, `bust/${entry}`) });
	}
	for (const [name, { tournament: of, player, place, paid_cents = 0 }] of many<Prize>(cage, 'prize/')) {
		const won = place === 1 && left.size === 1;
		if (of !== ident || paid_cents === 0 || !left.has(player) || won) continue;
		const entry = lifeOf.get(player)!;
		rows.push({ kind: 'paid_out_in_play', player, entry, since_ms: since(cage, `prize/${name}`) });
	}
	return rows;
}

function since(facts: FactReader, name: string): number {
	return parseStamp(facts.stamp(name))?.ms ?? 0;
}
