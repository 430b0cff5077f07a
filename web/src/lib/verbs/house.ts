/** Setting the house up: furniture, lists, and events with their levels and tables. Only what differs is written. */
import type {
	EventChips,
	Furniture,
	Kind,
	Level,
	LevelRow,
	Registration,
	Seat,
	Spot,
	Table,
	TournamentSetup,
	Waitlist,
} from '#lib/facts/facts.gen.ts';
import { newId } from '#lib/facts/ids.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { cellOf, isOnPlan, PLAN_CELLS, PLAN_COLUMNS, roomPlan } from '#lib/venue/room-plan.ts';
import type { CueName } from '../tournament/cues.ts';
import { hasSeats } from '../twins/seating/chart.ts';
import { planOf } from '../twins/structure/clock.ts';
import { newFaults } from '../twins/structure/ladder.ts';
import { many, one } from '../twins/typed.ts';
import { ladderRefused, levelOf, rung } from './levels.ts';
import { type Done, perform, performAll, type Refusal, refuse } from './verb.ts';

type Tournament = Replica<'tournament'>;
type Written = Done | Refusal | null;

/** A physical table, changed, or new where `table` is null. */
export function setFurniture(
	config: Replica<'config'>,
	table: string | null,
	furniture: Furniture,
): Done | Refusal {
	const same = [...many<Furniture>(config.reader, 'table/')].find(
		([id, other]) => id !== table && other.number === furniture.number,
	);
	if (same) return refuse('number_used', { number: furniture.number });
	return perform(config, { [`table/${table ?? freshTable(config, furniture.number)}`]: furniture });
}

/** `t7` for number 7, unless a table that was called 7 once has it. */
function freshTable(config: Replica<'config'>, number: number): string {
	const plain = `t${number}`;
	return config.reader.get(`table/${plain}`) === null ? plain : newId();
}

/** So many tables alike, under the next free numbers from `first`; what was out of use is so at each. */
export function addTables(
	config: Replica<'config'>,
	first: number,
	howMany: number,
	{ seats, out_of_use }: Omit<Furniture, 'number'>,
): Done | Refusal {
	const used = new Set([...many<Furniture>(config.reader, 'table/').values()].map((one) => one.number));
	const numbers: number[] = [];
	for (let number = first; numbers.length < howMany && number <= 999; number++)
		if (!used.has(number)) numbers.push(number);
	return performAll(
		config,
		numbers.map((number) => ({ [`table/${freshTable(config, number)}`]: { number, seats, out_of_use } })),
	);
}

/** Where a table stands on the room plan; null: aside. Who stands there already changes places with it. */
export function standTable(config: Replica<'config'>, table: string, spot: Spot | null): Done | Refusal {
	if (spot && !isOnPlan(spot)) return refuse('off_plan', { ...spot });
	const { spots } = roomPlan(config.reader);
	const before = spots.get(table) ?? null;
	const [other] = [...spots].find(([, at]) => spot && cellOf(at) === cellOf(spot)) ?? [];
	if (other === table || (!before && !spot)) return refuse('unchanged');
	const changes: Record<string, Spot | null> = { [`spot/${table}`]: spot };
	if (other) changes[`spot/${other}`] = before;
	return perform(config, changes);
}

const ROW = 8;
const ROWS_OF_EIGHT = 8;

/** All tables that stand aside go, by number, into the free cells: eight in a row, in a large room all across it. */
export function standInRows(config: Replica<'config'>): Done | Refusal {
	const { spots } = roomPlan(config.reader);
	const furniture = many<Furniture>(config.reader, 'table/');
	const across = furniture.size > ROW * ROWS_OF_EIGHT ? PLAN_COLUMNS : ROW;
	const used = new Set([...spots.values()].map(cellOf));
	const free = PLAN_CELLS.filter((cell) => !used.has(cellOf(cell)));
	const cells = [
		...free.filter(({ column }) => column <= across),
		...free.filter(({ column }) => column > across),
	];
	const aside = [...furniture]
		.filter(([table]) => !spots.has(table))
		.sort(([, a], [, b]) => a.number - b.number)
		.slice(0, cells.length);
	return performAll(
		config,
		aside.map(([table], n) => ({ [`spot/${table}`]: cells[n] })),
	);
}

/** One list per game and limit. */
export function setWaitlist(floor: Replica<'floor'>, list: string, waitlist: Waitlist): Done | Refusal {
	if (!waitlist.name.trim()) return refuse('empty');
	return perform(floor, { [`list/${list}`]: { ...waitlist, name: waitlist.name.trim() } });
}

/** What was agreed for an event beside its setup: `late`, `terms/…`, `bounty`, `flight`, `days`, `chips`, `house`, `seating`. */
export type Agreed = Readonly<Record<string, object | null>>;

/** What the clocks of events that are made from now on announce by themselves. */
export function setHouseCues(config: Replica<'config'>, on: readonly CueName[]): Done | Refusal {
	return perform(config, { cues: { on } });
}

/**
 * What an event is, the levels it plays and what was agreed, in one act; registration opens with the first. Null: it is
 * so already. A ladder with a fault that was not there before is refused.
 */
export function writeEvent(
	tournament: Tournament,
	setup: TournamentSetup,
	rows: readonly LevelRow[],
	agreed: Agreed = {},
): Written {
	const changes: Record<string, unknown> = { setup, ...agreed };
	const before = planOf(tournament.reader);
	const chips = (agreed['chips'] as EventChips | undefined)?.values ?? [];
	const [fault] = newFaults(before.map(rung), rows.map(levelOf).map(rung), chips);
	if (fault) return ladderRefused(rows, fault);
	if (tournament.reader.get('registration') === null)
		changes['registration'] = { state: 'open', at_ms: tournament.now() } satisfies Registration;
	for (const [n, row] of rows.entries()) {
		const now = one<Level>(tournament.reader, `level/${n + 1}`);
		const level = levelOf(row);
		// a level whose published minutes stay keeps the length it is played with
		changes[`level/${n + 1}`] =
			now?.minutes === row.minutes ? { ...level, duration_ms: now.duration_ms } : level;
	}
	for (const n of tournament.reader.group('level/').keys())
		if (Number(n) > rows.length) changes[`level/${n}`] = null;
	return differing(tournament, changes);
}

/** The tables an event plays on, in the order they break; one that is left out has nobody seated. */
export function useTables(
	tournament: Tournament,
	config: Replica<'config'>,
	tables: readonly string[],
): Written {
	const changes: Record<string, unknown> = {};
	const seated = new Set([...many<Seat>(tournament.reader, 'seat/').values()].map(({ table }) => table));
	for (const id of many<Table>(tournament.reader, 'table/').keys()) {
		if (tables.includes(id)) continue;
		if (seated.has(id)) return refuse('in_use', { table: id });
		changes[`table/${id}`] = null;
	}
	for (const [n, id] of tables.entries()) {
		const now = one<Table>(tournament.reader, `table/${id}`);
		if (!now && !hasSeats(one<Furniture>(config.reader, `table/${id}`)))
			return refuse('no_seats', { table: id });
		changes[`table/${id}`] = { open: true, locked: false, ...now, order: n + 1 };
	}
	return differing(tournament, changes);
}

/** Registration is closed by a person; the ledger closes it with a command of its own. */
export function closeRegistration(tournament: Tournament): Written {
	if (one<Registration>(tournament.reader, 'registration')?.state === 'closed') return null;
	return perform(tournament, { registration: { state: 'closed', at_ms: tournament.now() } });
}

function differing<K extends Kind>(replica: Replica<K>, changes: Record<string, unknown>): Written {
	const different = Object.entries(changes).filter(
		([name, value]) => JSON.stringify(sorted(replica.reader.get(name))) !== JSON.stringify(sorted(value)),
	);
	return different.length ? perform(replica, Object.fromEntries(different)) : null;
}

/** A fact with its fields in one order, so that equal facts are equal texts. */
function sorted(value: unknown): unknown {
	if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
