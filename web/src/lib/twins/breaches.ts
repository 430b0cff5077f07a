/**
 * What arrived written although every verb would have refused it: rows of To settle, for a person to end. It counts,
 * and is a row until it is put right or a manager says why it may stay.
 * Twin of `crdt_models/rules/breaches.py`; both read `tests/vectors/breaches.json`.
 */
import { takenBack } from '#lib/facts/acts.ts';
import { compareStamps, parseStamp } from '#lib/facts/edits.ts';
import type {
	Bust,
	Button,
	Clock,
	Entry,
	EventChips,
	Explained,
	Furniture,
	Level,
} from '#lib/facts/facts.gen.ts';
import { policies } from '#lib/facts/facts.gen.ts';
import type { FactReader, Index } from '#lib/facts/facts.ts';
import { finished, STILL_WRITTEN } from './elimination/refusal.ts';
import { standings } from './elimination/standings.ts';
import { stillWanted } from './elimination/wanted.ts';
import { ROWS_MAX } from './reconcile.ts';
import { isButtonValid } from './seating/button.ts';
import { type Chart, hasSeats, openTables, seatChart } from './seating/chart.ts';
import { planOf, readClock } from './structure/clock.ts';
import { ladderFaults, locked } from './structure/ladder.ts';
import { mayBuy, SOLD_AS } from './structure/terms.ts';
import { byText, many, one } from './typed.ts';

export type BreachKind =
	| 'ladder'
	| 'table_seatless'
	| 'button_invalid'
	| 'seat_taken'
	| 'seat_gone'
	| 'bust_misnamed'
	| 'nobody_left'
	| 'wanted_over'
	| 'after_end';
/** One row: `fact` broke the rule, `since_ms` when it was written; `explained` is a person's reason. */
export type Breach = { kind: BreachKind; fact: string; since_ms: number; explained: string | null };
type Found = Iterable<readonly [BreachKind, string]>;

const BY_THE_LEAF: ReadonlySet<string> = new Set(['conflict/', 'arrived/', 'series/', 'draw/']);

/** The same for one breach for ever; under it a person explains (`explained/<id>`). */
export function breachId({ kind, fact }: Pick<Breach, 'kind' | 'fact'>): string {
	const [prefix, id] = fact.split('/');
	return `${kind}.${prefix}.${id || '-'}`;
}

/** All breaches of the event `ident`, oldest first, at most ROWS_MAX. */
export function breaches(
	tournament: Index,
	ident: string,
	cage: FactReader,
	config: FactReader,
	now: number,
): Breach[] {
	const known = many<Explained>(tournament, 'explained/');
	const found = [...busts(tournament), ...wanted(tournament, ident, cage, now)];
	if (finished(tournament)) found.push(...afterEnd(tournament));
	else {
		const chart = seatChart(tournament, config); // who sits where does not matter after the end
		found.push(...ladder(tournament, now), ...tables(tournament, config, chart), ...seats(chart));
	}
	return found
		.map(([kind, fact]) => ({ kind, fact, since_ms: parseStamp(tournament.stamp(fact))?.ms ?? 0 }))
		.sort((a, b) => a.since_ms - b.since_ms || byText(a.kind, b.kind) || byText(a.fact, b.fact))
		.slice(0, ROWS_MAX)
		.map((row) => {
			const why = known.get(breachId(row));
			// what was explained before the fact was written anew is not explained any more
			return { ...row, explained: why && why.since_ms >= row.since_ms ? why.reason : null };
		});
}

/** One a row; what was played is history. */
function* ladder(tournament: FactReader, now: number): Found {
	const plan = planOf(tournament);
	const reading = readClock(one<Clock>(tournament, 'clock'), plan, now);
	const rows = plan.map((level) => ({ ...(level as Level), lasts: level.duration_ms }));
	const wrong = ladderFaults(rows, one<EventChips>(tournament, 'chips')?.values);
	for (const row of new Set(wrong.map((fault) => fault.row)))
		if (row && [null, 'current'].includes(locked(row, reading))) yield ['ladder', `level/${row}`];
}

function* tables(tournament: FactReader, config: FactReader, chart: Chart): Found {
	const furniture = many<Furniture>(config, 'table/');
	const buttons = many<Button>(tournament, 'button/');
	for (const table of openTables(chart)) {
		const [own, button] = [furniture.get(table.table), buttons.get(table.table)];
		if (own && !hasSeats(own)) yield ['table_seatless', `table/${table.table}`];
		if (button && !isButtonValid(button, table)) yield ['button_invalid', `button/${table.table}`];
	}
}

function* seats(chart: Chart): Found {
	const unusable = openTables(chart).flatMap(({ players, out_of_use }) =>
		[...players].flatMap(([seat, player]) => (out_of_use.includes(seat) ? [player] : [])),
	);
	const gone = new Set([...chart.strays, ...unusable]);
	for (const player of gone) yield ['seat_gone', `seat/${player}`];
	for (const player of chart.doubles.flatMap(({ others }) => others))
		if (!gone.has(player)) yield ['seat_taken', `seat/${player}`];
}

function* busts(tournament: FactReader): Found {
	const entries = many<Entry>(tournament, 'entry/');
	for (const [life, { player }] of many<Bust>(tournament, 'bust/'))
		if ((entries.get(life)?.player ?? player) !== player) yield ['bust_misnamed', `bust/${life}`];
	const { out, left } = standings(tournament);
	if (out[0] && !left.size) yield ['nobody_left', `bust/${out[0].entry}`];
}

function* wanted(tournament: FactReader, ident: string, cage: FactReader, now: number): Found {
	for (const [id, { player, kind }] of stillWanted(tournament, ident, cage))
		if (mayBuy(tournament, cage, ident, player, SOLD_AS[kind], now)?.code === 'event_over')
			yield ['wanted_over', `wanted/${id}`];
}

/** What was set to nothing too; not what takes something back, which no verb refuses. */
function* afterEnd(tournament: Index): Found {
	const end = tournament.stamp('clock');
	const { left } = standings(tournament);
	for (const stamp of tournament.allLive()) {
		const { name, act } = tournament.edits.get(stamp)!;
		const prefix = name.slice(0, name.indexOf('/') + 1) || name;
		if (!(prefix in policies.tournament) || STILL_WRITTEN.has(prefix) || BY_THE_LEAF.has(prefix)) continue;
		if (stamp !== tournament.stamp(name) || compareStamps(stamp, end) <= 0) continue;
		if (takenBack(act) === null && !goesWithTheResult(tournament, name, left)) yield ['after_end', name];
	}
}

/** A bust is dropped so that somebody has won; who is out has no seat. */
function goesWithTheResult(tournament: FactReader, name: string, left: ReadonlySet<string>): boolean {
	const [head, id = ''] = name.split('/');
	if (tournament.get(name) !== null) return false;
	return head === 'bust' || (head === 'seat' && !left.has(id));
}
