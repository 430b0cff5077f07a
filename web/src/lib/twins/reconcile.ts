/**
 * Where floor and money disagree about an event: shown to a person, never settled by itself. What either side said
 * in the last ten seconds is no disagreement yet: the other half may be on its way. A row goes when both sides agree;
 * one that a person explained stays, with the reason, until either side changes.
 * Twin of `crdt_models/rules/reconcile.py`; both read `tests/vectors/reconcile.json`.
 */
import { parseStamp } from '#lib/facts/edits.ts';
import type {
	Bust,
	Carried,
	Clock,
	Entry,
	Explained,
	PaidEntry,
	Prize,
	Seat,
	Stack,
	TournamentMoney,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { unclaimed } from './elimination/knockers.ts';
import { finishes, standings } from './elimination/standings.ts';
import { byText, many, one } from './typed.ts';

const GRACE_MS = 10_000;
/** rows told of one event, oldest first */
export const ROWS_MAX = 500;

/** One row of the tray; `since_ms` is the younger of the two sides, `explained` a person's reason. */
export type Disagreement = {
	kind:
		| 'seated_unpaid'
		| 'paid_unseated'
		| 'busted_seated'
		| 'busted_unpaid'
		| 'busted_unplaced'
		| 'paid_out_in_play'
		| 'place_differs'
		| 'stack_unpaid'
		| 'bust_unclaimed';
	player: string;
	entry: string | null;
	since_ms: number;
	explained: string | null;
};
type Found = Omit<Disagreement, 'explained'>;
/** What both sides say of one event, read once. */
type Said = {
	tournament: FactReader;
	cage: FactReader;
	ident: string;
	entries: ReadonlyMap<string, Entry>;
	busts: ReadonlyMap<string, Bust>;
	seats: ReadonlyMap<string, Seat>;
	sold: Map<string, PaidEntry>;
	standing: ReturnType<typeof standings>;
};

/** The same for one difference for ever: under it a person explains (`explained/<id>`). */
export function differenceId({ kind, player, entry }: Found): string {
	return `${kind}.${player}.${entry || '-'}`;
}

/** All disagreements about the event `ident` older than ten seconds, oldest first, at most ROWS_MAX. */
export function disagreements(
	tournament: FactReader,
	ident: string,
	cage: FactReader,
	now: number,
): Disagreement[] {
	const known = many<Explained>(tournament, 'explained/');
	return all(tournament, ident, cage)
		.filter((row) => now - row.since_ms >= GRACE_MS)
		.sort(
			(a, b) =>
				a.since_ms - b.since_ms ||
				byText(a.kind, b.kind) ||
				byText(a.player, b.player) ||
				byText(a.entry ?? '', b.entry ?? ''),
		)
		.slice(0, ROWS_MAX)
		.map((row) => ({ ...row, explained: reasonOf(row, known.get(differenceId(row))) }));
}

/** What was explained before either side changed is not explained any more. */
function reasonOf(row: Found, known: Explained | undefined): string | null {
	return known && known.since_ms >= row.since_ms ? known.reason : null;
}

/** Lives that are paid, or came through a flight. */
function soldFor(tournament: FactReader, ident: string, cage: FactReader): Map<string, PaidEntry> {
	const sold = [...many<PaidEntry>(cage, 'entry/')].filter(([, row]) => row.tournament === ident);
	// who came through a flight has paid there; as the ledger has it, where it is booked to this event
	const booked = one<TournamentMoney>(cage, `tournament/${ident}`)?.flights?.length
		? many<PaidEntry>(cage, 'entry/')
		: null;
	for (const [player, { entry }] of many<Carried>(tournament, 'carried/')) {
		const paid = booked?.get(entry);
		if (!booked || (paid?.of === ident && paid.player === player))
			sold.push([entry, { tournament: ident, player, kind: 'buy_in', seq: 1 }]);
	}
	return new Map(sold);
}

function all(tournament: FactReader, ident: string, cage: FactReader): Found[] {
	const said: Said = {
		tournament,
		cage,
		ident,
		entries: many<Entry>(tournament, 'entry/'),
		busts: many<Bust>(tournament, 'bust/'),
		seats: many<Seat>(tournament, 'seat/'),
		sold: soldFor(tournament, ident, cage),
		standing: standings(tournament),
	};
	const unpaid = unpaidSeats(said);
	const told = new Set(unpaid.map(({ player }) => player));
	return [
		...unpaid,
		...paidUnseated(said),
		...over(said),
		...stacks(said, told),
		...prizes(said),
		...heads(said),
	];
}

function unpaidSeats({ tournament, cage, seats, sold, busts, standing }: Said): Found[] {
	const payers = new Set([...sold].filter(([life]) => !busts.has(life)).map(([, row]) => row.player));
	return [...seats.keys()].flatMap((player): Found[] => {
		const entry = standing.lifeOf.get(player) ?? null;
		const seatMs = () => since(tournament, `seat/${player}`);
		if (standing.players.has(player) && !standing.left.has(player)) {
			const since_ms = Math.max(seatMs(), since(tournament, `bust/${entry}`));
			return [{ kind: 'busted_seated', player, entry, since_ms }];
		}
		if (payers.has(player)) return [];
		const since_ms = Math.max(seatMs(), since(cage, `entry/${entry}`)); // of a reversal, too
		return [{ kind: 'seated_unpaid', player, entry, since_ms }];
	});
}

/**
 * Who paid for an event and has no seat, the longest waiting first: they may be given one at once, and before its draw
 * too. At most ROWS_MAX.
 */
export function unseated(tournament: FactReader, ident: string, cage: FactReader): Disagreement[] {
	const known = many<Explained>(tournament, 'explained/');
	return withoutSeat({
		tournament,
		cage,
		seats: many<Seat>(tournament, 'seat/'),
		sold: soldFor(tournament, ident, cage),
		busts: many<Bust>(tournament, 'bust/'),
	})
		.sort((a, b) => a.since_ms - b.since_ms || byText(a.player, b.player))
		.slice(0, ROWS_MAX)
		.map((row) => ({ ...row, explained: reasonOf(row, known.get(differenceId(row))) }));
}

/** None before an event was drawn: while its clock has not started and nobody sat, all wait for the draw. */
function paidUnseated(said: Said): Found[] {
	const clock = one<Clock>(said.tournament, 'clock');
	const isDrawn = said.seats.size > 0 || said.busts.size > 0 || (clock && clock.state !== 'pending');
	return isDrawn ? withoutSeat(said) : [];
}

function withoutSeat({
	tournament,
	cage,
	seats,
	sold,
	busts,
}: Pick<Said, 'tournament' | 'cage' | 'seats' | 'sold' | 'busts'>): Found[] {
	const waiting = many(tournament, 'alternate/');
	return [...sold]
		.filter(([entry, { player }]) => !busts.has(entry) && !seats.has(player) && !waiting.has(player))
		.map(([entry, { player }]) => {
			const since_ms = Math.max(since(cage, `entry/${entry}`), since(tournament, `seat/${player}`));
			return { kind: 'paid_unseated', player, entry, since_ms };
		});
}

function over({ tournament, cage, entries, sold, busts }: Said): Found[] {
	return [...busts].flatMap(([entry, { player }]): Found[] => {
		const since_ms = since(tournament, `bust/${entry}`);
		if (!entries.has(entry)) return [{ kind: 'busted_unplaced', player, entry, since_ms }];
		if (sold.has(entry)) return [];
		const paidMs = since(cage, `entry/${entry}`);
		return [{ kind: 'busted_unpaid', player, entry, since_ms: Math.max(since_ms, paidMs) }];
	});
}

/** Chips in play that nobody paid for; whose unpaid seat says so already is told once. */
function stacks({ tournament, cage, entries, sold, busts }: Said, told: ReadonlySet<string>): Found[] {
	const players = new Set([...entries.values(), ...sold.values()].map(({ player }) => player));
	const lives = [...entries]
		.filter(([life, { player }]) => !sold.has(life) && !busts.has(life) && !told.has(player))
		.map(([entry, { player }]): Found => {
			const since_ms = Math.max(since(tournament, `entry/${entry}`), since(cage, `entry/${entry}`));
			return { kind: 'stack_unpaid', player, entry, since_ms };
		});
	const counted = [...many<Stack>(tournament, 'stack/').keys()]
		.filter((player) => !players.has(player) && !told.has(player))
		.map((player): Found => {
			const since_ms = since(tournament, `stack/${player}`);
			return { kind: 'stack_unpaid', player, entry: null, since_ms };
		});
	return [...lives, ...counted];
}

/** An event that lists no amounts by place pays seats: they are won in play, and all who win one tie. */
function prizes({ tournament, cage, ident, standing }: Said): Found[] {
	const money = one<TournamentMoney>(cage, `tournament/${ident}`);
	if (money && !money.amounts.length) return [];
	const places = new Map(finishes(standing).map((finish) => [finish.player, finish]));
	return [...many<Prize>(cage, 'prize/')].flatMap(([name, prize]): Found[] => {
		const { player, place, paid_cents = 0 } = prize;
		if (prize.tournament !== ident) return [];
		const finish = places.get(player);
		const since_ms = since(cage, `prize/${name}`);
		if (standing.left.has(player) && !(finish && place === 1)) {
			const entry = standing.lifeOf.get(player)!;
			return paid_cents ? [{ kind: 'paid_out_in_play', player, entry, since_ms }] : [];
		}
		if (!finish || finish.place === place) return [];
		const bustMs = since(tournament, `bust/${finish.entry}`);
		return [{ kind: 'place_differs', player, entry: finish.entry, since_ms: Math.max(since_ms, bustMs) }];
	});
}

function heads({ tournament, cage, ident, busts }: Said): Found[] {
	return unclaimed(tournament, ident, cage).map((entry) => {
		const since_ms = since(tournament, `bust/${entry}`);
		return { kind: 'bust_unclaimed', player: busts.get(entry)!.player, entry, since_ms };
	});
}

function since(facts: FactReader, name: string): number {
	return parseStamp(facts.stamp(name))?.ms ?? 0;
}
