/** What an edit says, as a short sentence for the Unsent sheet and the tray. `name` gives a player's name. */

import type { Json } from '#lib/facts/edits.ts';
import type {
	Bag,
	Bust,
	Call,
	Clock,
	Entry,
	HandForHand,
	ListEntry,
	Move,
	Penalty,
	Player,
	Seat,
	Served,
} from '#lib/facts/facts.gen.ts';
import { chips } from './amounts.ts';

export type Names = {
	player(id: string): string;
	/** "T12" */
	table(id: string): string;
};

export function editWords(fact: string, value: Json, names: Names): string {
	const slash = fact.indexOf('/');
	const prefix = slash < 0 ? fact : fact.slice(0, slash);
	const id = slash < 0 ? '' : fact.slice(slash + 1);
	const is = <T>() => value as unknown as T;
	switch (prefix) {
		case 'seat':
			return value === null
				? `${names.player(id)}: no seat`
				: `${names.player(id)}: ${seatName(is<Seat>(), names)}`;
		case 'move': {
			if (value === null) return `${names.player(id)}: no call-out`;
			const { to_table: table, to_seat: seat } = is<Move>();
			return `${names.player(id)} moves to ${seatName({ table, seat }, names)}`;
		}
		case 'bust':
			return value === null ? 'A bust-out taken back' : `${names.player(is<Bust>().player)}: out`;
		case 'entry':
			return value === null
				? 'An entry taken back'
				: `${names.player(is<Entry>().player)}: entry ${is<Entry>().number}`;
		case 'clock':
			return value === null ? 'No clock' : `Clock: level ${is<Clock>().level}, ${is<Clock>().state}`;
		case 'level':
			return `Level ${id}`;
		case 'table':
			if (value === null) return `${names.table(id)}: taken out`;
			return `${names.table(id)}: ${(value as { open?: boolean }).open === false ? 'closed' : 'changed'}`;
		case 'button':
			return `${names.table(id)}: button`;
		case 'knocker':
			return value === null ? 'A bounty taken back' : 'Who won a bounty';
		case 'handforhand':
			return value === null || is<HandForHand>().state === 'off'
				? 'No hand for hand'
				: is<HandForHand>().hand
					? `Hand for hand: hand ${is<HandForHand>().hand}`
					: 'Finish the hand, then hold';
		case 'dealt':
			return `${names.table(id)}: hand finished`;
		case 'checked':
			return value === null ? `${names.table(id)}: no count` : `${names.table(id)}: counted`;
		case 'bag':
			return value === null
				? `${names.player(id)}: no bag`
				: `${names.player(id)}: ${chips(is<Bag>().chips)} in the bag`;
		case 'wanted':
			return value === null ? 'No request to the cage' : 'A request to the cage';
		case 'penalty':
			return value === null ? 'A penalty taken back' : `${names.player(is<Penalty>().player)}: a penalty`;
		case 'served':
			return value === null
				? 'A missed hand taken back'
				: `${names.player(is<Served>().player)}: ${is<Served>().ended ? 'penalty ended' : 'a hand missed'}`;
		case 'change':
			return `${names.player(id)}: ${value === null ? 'stays' : 'waits for another seat'}`;
		case 'inplay':
			return 'Chips raced or put right';
		case 'stack':
			return `${names.player(id)}: chips`;
		case 'waitlist':
			return value === null
				? 'Off the list'
				: `${names.player(is<ListEntry>().player)}: ${is<ListEntry>().state ?? 'waiting'}`;
		case 'call':
			return value === null ? 'A call taken back' : `A call to ${names.table(is<Call>().table)}`;
		case 'player':
			return value === null ? 'A player taken off' : `Player ${is<Player>().name}`;
		case 'held':
			return value === null
				? `${names.player(id)}: prizes no longer held`
				: `${names.player(id)}: prizes held`;
		case 'answer':
			return 'An answer to a request';
		case 'request':
			return value === null ? 'A request taken back' : 'A request';
		case 'explained':
			return value === null ? 'An explanation taken back' : 'A difference explained';
		case 'settled':
			return 'A conflict settled';
		case 'announce':
			return value === null ? 'An announcement stopped' : 'An announcement';
		case 'show':
			return 'What a screen shows';
		default:
			return fact;
	}
}

/** "T12·4" */
export function seatName({ table, seat }: Seat, names: Pick<Names, 'table'>): string {
	return `${names.table(table)}·${seat}`;
}
