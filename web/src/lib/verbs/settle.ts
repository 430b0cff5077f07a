/** Settling rivals: a person looked, one answer stands, and the conflict is closed. */
import type { Json } from '#lib/facts/edits.ts';
import type { Conflict, Explained, Kind, Settled } from '#lib/facts/facts.gen.ts';
import type { Replica } from '#lib/sync/replica.svelte.ts';
import { type Breach, breachId } from '../twins/breaches.ts';
import { type Disagreement, differenceId } from '../twins/reconcile.ts';
import { type Done, perform, type Refusal, refuse } from './verb.ts';

/**
 * `stamp` is the answer that shall stand; null: none of them. Names every stamp of the leaf's conflict and every
 * rival that is live here, so that an answer nobody has looked at keeps the conflict open.
 */
export function settleConflict<K extends Kind>(
	replica: Replica<K>,
	fact: string,
	stamp: string | null,
): Done | Refusal {
	const { reader } = replica;
	const conflict = reader.get(`conflict/${fact}`) as unknown as Conflict | null;
	const answers = replica.answers(fact);
	const stamps = [
		...new Set([...(conflict?.answers ?? []).map((one) => one.stamp), ...answers.map((one) => one.stamp)]),
	];
	if (stamps.length < 2) return refuse('gone', { fact });
	const live = answers.find((one) => one.stamp === stamp);
	const told = conflict?.answers.find((one) => one.stamp === stamp);
	const value: Json | undefined =
		stamp === null ? null : live ? live.value : told ? read(told.value) : undefined;
	if (value === undefined) return refuse('gone', { fact });
	const how: Settled['how'] = stamp === null ? 'neither' : live?.counts ? 'kept' : 'used';
	const settled: Settled = { stamps: stamps.slice(0, 12), how };
	return perform(replica, { [fact]: value, [`settled/${fact}`]: settled });
}

/** A person knows why floor and money differ there; the row stays, with the reason, until either side changes. */
export function explainDifference(
	tournament: Replica<'tournament'>,
	row: Disagreement,
	reason: string,
): Done | Refusal {
	return explain(tournament, differenceId(row), row.since_ms, reason);
}

/** A person knows why what broke a rule may stay; the row is closed until the fact is written anew. */
export function explainBreach(
	tournament: Replica<'tournament'>,
	row: Breach,
	reason: string,
): Done | Refusal {
	return explain(tournament, breachId(row), row.since_ms, reason);
}

function explain(
	tournament: Replica<'tournament'>,
	id: string,
	since_ms: number,
	reason: string,
): Done | Refusal {
	const explained: Explained = { reason: reason.trim(), since_ms };
	if (!explained.reason) return refuse('empty', { id });
	return perform(tournament, { [`explained/${id}`]: explained });
}

/** The leaf cuts long values; a cut one can't be put back from there. */
function read(text: string): Json | undefined {
	try {
		return JSON.parse(text) as Json;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
