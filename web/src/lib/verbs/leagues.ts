/** Seasons and formulas of leagues: what counts, and who is ranked. A formula that can't be read is not written. */
import type { FormulaText, Season } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { readFormula } from '../twins/leagues/formula.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

type Leagues = Replica<'leagues'>;

/** A season, new or changed. */
export function setSeason(leagues: Leagues, id: string, season: Season): Done | Refusal {
	const name = season.name.trim();
	return name ? perform(leagues, { [`season/${id}`]: { ...season, name } }) : refuse('empty');
}

/** One of the house's own formulas, new or changed. */
export function setFormula(leagues: Leagues, id: string, { name, text }: FormulaText): Done | Refusal {
	if (!name.trim()) return refuse('empty');
	const read = readFormula(text);
	if (!('outcome' in read)) return refuse('formula_invalid', { column: read.column, why: read.message });
	return perform(leagues, { [`formula/${id}`]: { name: name.trim(), text } });
}

/** Whether an event counts in a season. */
export function setCounting(
	leagues: Leagues,
	season: string,
	tournament: string,
	counts: boolean,
): Done | Refusal {
	return perform(leagues, { [`counts/${season}.${tournament}`]: { counts } });
}

/** Whether a player is ranked in a season; without a word said the season decides. */
export function setEligible(
	leagues: Leagues,
	season: string,
	player: string,
	eligible: boolean,
): Done | Refusal {
	return perform(leagues, { [`eligible/${season}.${player}`]: { eligible } });
}

/** Whether events of another room may count in a season of this one. */
export function setGuest(leagues: Leagues, season: string, venue: string, invited: boolean): Done | Refusal {
	return perform(leagues, { [`guest/${season}.${venue}`]: { invited } });
}

/** Whether this room takes part in a season of `home`. */
export function setJoining(
	leagues: Leagues,
	season: string,
	home: string,
	name: string,
	joins: boolean,
): Done | Refusal {
	return perform(leagues, { [`joins/${season}`]: { home, name, joins } });
}
