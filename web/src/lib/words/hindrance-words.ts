/** Why an act stays, as a sentence that says what to do first. */
import type { ActNames } from './act-words.ts';

/** As a verb refuses or the server tells: the fact that is concerned, and who left `fact` in its way, and when. */
export type Hindered = {
	code: string;
	name: string;
	fact: string;
	person: string;
	at_ms: number | null;
};

type Told = ActNames & {
	/** of the staff */
	person(id: string): string;
	/** "21:52" */
	time(ms: number): string;
	/** the player of a tournament entry, list entry or bust */
	playerOf(fact: string): string;
};

export function hindranceWords(why: Hindered, names: Told): string {
	const at = why.at_ms === null ? '' : ` at ${names.time(why.at_ms)}`;
	const since = why.at_ms === null ? '' : ` since ${names.time(why.at_ms)}`;
	const id = why.fact.slice(why.fact.indexOf('/') + 1);
	switch (why.code) {
		case 'changed':
			return `${names.person(why.person)} changed this${at}.`;
		case 'seat_taken':
			return `${names.player(id)} sits there${since}. Move them first.`;
		case 'occupied':
			return `${names.player(id)} sits at that table. Move them first.`;
		case 'table_closed':
			return `${names.table(id)} is not open. Open it first.`;
		case 'busted':
			return `${names.playerOf(why.fact)} busted${at}. Take that back first.`;
		case 're_entered':
			return `${names.playerOf(why.fact)} re-entered${at}. Take that back first.`;
		case 'seated':
			return why.fact.startsWith('seat/')
				? `${names.player(id)} has a seat${since}. Take that back first.`
				: `${names.playerOf(why.fact)} was seated${at}. Take that back first.`;
		case 'called':
			return `They were called${at}. Take that back first.`;
		case 'later_level':
			return `Level ${id} comes after it. Take that one out first.`;
		case 'in_use':
			return why.fact
				? 'It is in use. Take it out there first.'
				: 'It is in use. Change it in its own place.';
		case 'erased':
			return 'What it said was erased.';
		case 'founding':
			return 'That is how it began. It stays.';
		case 'leaf_only':
			return 'The leaf keeps this by itself.';
		default:
			return 'Later changes depend on this.';
	}
}
