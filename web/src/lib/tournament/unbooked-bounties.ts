/** Who went out on the floor with a bounty that the cage has not booked yet, in the order they have to be booked. */
import type { Bust, Registration } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { knockers } from '../twins/elimination/knockers.ts';
import { many, one } from '../twins/typed.ts';
import type { Heads } from './event-heads.ts';

/**
 * A life whose bounty is not booked; `by`: lives that share it, as the floor answered; none: nobody answered. `after`:
 * one whose bounty this life took and that has to be booked first, for it goes in part onto this head.
 */
export type Gone = { entry: string; player: string; by: readonly string[]; after: string | null };

/**
 * Who is out on the floor with a bounty nobody booked, the last first, but of growing heads the first first; after the
 * result the winner, who takes their own. Envelopes are for who goes out after the close. Whose bounty nobody took is
 * not among them.
 */
export function unbookedBounties(heads: Heads, floor: FactReader): Gone[] {
	const mystery = heads.bounty === 'mystery';
	const grow = heads.bounty === 'progressive';
	const busts = many<Bust>(floor, 'bust/');
	const answered = knockers(floor);
	const closed = one<Registration>(floor, 'registration');
	const since = mystery && closed?.state === 'closed' ? closed.at_ms : 0;
	const open = heads.heads.filter(([, , cents, out]) => !out && (mystery || cents > 0));
	const at = (entry: string) => busts.get(entry)?.at_ms ?? -1;
	const gone = open
		.filter(([entry]) => at(entry) >= since && answered.get(entry)?.length !== 0)
		.map(([entry, player]): Gone => ({ entry, player, by: answered.get(entry) ?? [], after: null }))
		.sort((a, b) => (at(b.entry) - at(a.entry)) * (grow ? -1 : 1));
	const winners = open
		.filter(([entry]) => heads.first.includes(entry))
		.map(([entry, player]): Gone => ({ entry, player, by: [entry], after: null }));
	if (!grow) return [...winners, ...gone];
	const first = (entry: string) => gone.find((one) => one.entry !== entry && one.by.includes(entry));
	return [...gone, ...winners].map((one) => ({ ...one, after: first(one.entry)?.entry ?? null }));
}
