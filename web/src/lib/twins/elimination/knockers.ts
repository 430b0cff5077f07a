/**
 * Who took whose head: answered by a person, never guessed; what nobody answered is a row of To settle.
 * Twin of `crdt_models/rules/elimination/knockers.py`; both read `tests/vectors/knockers.json`.
 */
import type {
	Bounty,
	Bust,
	Button,
	Entry,
	Knocker,
	Registration,
	TournamentMoney,
} from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many, one } from '../typed.ts';
import { standings } from './standings.ts';

/** Life that is over → the lives that share its head, as answered; [] where nobody took it. */
export function knockers(tournament: FactReader): Map<string, readonly string[]> {
	const busts = many<Bust>(tournament, 'bust/');
	const said = many<Knocker>(tournament, 'knocker/');
	const entries = many<Entry>(tournament, 'entry/');
	const found = new Map<string, readonly string[]>();
	for (const [life, bust] of busts) {
		const answer = said.get(life);
		if (answer) found.set(life, answer.by);
		else if (bust.by?.length)
			found.set(
				life,
				bust.by.flatMap((player) => lifeAt(player, bust, entries, busts) ?? []),
			);
		else if ((bust.how ?? 'bust') !== 'bust') found.set(life, []);
	}
	return found;
}

/** Whether heads are played for. */
export function hasBounties(tournament: FactReader, ident: string, cage: FactReader): boolean {
	const bounty = one<Bounty>(tournament, 'bounty');
	if (bounty) return bounty.mode !== 'none';
	return (one<TournamentMoney>(cage, `tournament/${ident}`)?.bounties_cents ?? 0) > 0;
}

/** Lives that went out with a head and without an answer, by id; none where no heads are played for. */
export function unclaimed(tournament: FactReader, ident: string, cage: FactReader): string[] {
	if (!hasBounties(tournament, ident, cage)) return [];
	const answered = knockers(tournament);
	const busts = many<Bust>(tournament, 'bust/');
	const open = [...busts.keys()].filter((life) => !answered.has(life));
	const begins = one<Bounty>(tournament, 'bounty')?.begins ?? 'start';
	if (begins === 'start') return open;
	if (begins === 'registration_closed') {
		const said = one<Registration>(tournament, 'registration');
		return open.filter((life) => said?.state === 'closed' && busts.get(life)!.at_ms >= said.at_ms);
	}
	const paid = one<TournamentMoney>(cage, `tournament/${ident}`)?.amounts.length ?? 0;
	const inMoney = standings(tournament).out.filter(({ place }) => place <= paid);
	return open.filter((life) => inMoney.some(({ entry }) => entry === life));
}

/** Players by position, the earliest first: from the seat after the button; not known: from seat 1. */
export function byPosition(button: Button | null, seats: ReadonlyMap<string, number>): string[] {
	const after = button?.button ?? 0;
	const passed = (player: string) => Number(seats.get(player)! <= after);
	return [...seats.keys()].sort(
		(a, b) => passed(a) - passed(b) || seats.get(a)! - seats.get(b)! || byText(a, b),
	);
}

/** The first life of a player that was not over when somebody else's ended. */
function lifeAt(
	player: string,
	bust: Bust,
	entries: ReadonlyMap<string, Entry>,
	busts: ReadonlyMap<string, Bust>,
): string | null {
	const own = [...entries]
		.filter(([, entry]) => entry.player === player)
		.sort(([a, x], [b, y]) => x.number - y.number || byText(a, b))
		.map(([life]) => life);
	return (
		own.find((life) => (busts.get(life)?.at_ms ?? Number.MAX_SAFE_INTEGER) >= bust.at_ms) ?? own[0] ?? null
	);
}
