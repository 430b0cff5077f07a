/** Open conflicts of a document: what the leaf opened, and what this tablet sees before the leaf has told. */
import type { Settled } from '#lib/facts/facts.gen.ts';
import type { Answer, Replica } from '#lib/sync/replica.svelte.ts';

/** A document the leaf judges; they all hold conflicts alike. */
export type Judged = Replica<'tournament'>;

/** One open conflict, whoever saw it first: the leaf, or this tablet. */
export type Rivalry = {
	replica: Judged;
	fact: string;
	openedMs: number;
	answers: (Answer & { offline: boolean })[];
};

/** What the leaf opened and nobody settled, and what is live here that the leaf has not told yet. */
export function rivalriesOf(replica: Judged): Rivalry[] {
	const conflicts = replica.group('conflict/');
	const found: Rivalry[] = [];
	for (const fact of new Set([...conflicts.keys(), ...replica.rivals.keys()])) {
		const conflict = conflicts.get(fact);
		// two people may have settled at once: what either looked at is looked at
		const settled = replica.answers(`settled/${fact}`).map(({ value }) => value as unknown as Settled | null);
		const looked = new Set(settled.flatMap((one) => one?.stamps ?? []));
		const live = replica.answers(fact).map((answer) => ({ ...answer, offline: false }));
		const told = (conflict?.answers ?? []).map(
			({ stamp, person, device, at_ms, value, offline = false }) => ({
				stamp,
				person,
				device,
				ms: at_ms,
				offline,
				value: live.find((answer) => answer.stamp === stamp)?.value ?? parsed(value),
				counts: live.some((answer) => answer.stamp === stamp && answer.counts),
			}),
		);
		const rivals = replica.rivals.has(fact) ? live : [];
		const answers = [...told, ...rivals.filter(({ stamp }) => !told.some((one) => one.stamp === stamp))];
		if (answers.length < 2 || answers.every(({ stamp }) => looked.has(stamp))) continue;
		const openedMs = conflict?.opened_ms ?? Math.max(...answers.map(({ ms }) => ms));
		found.push({ replica, fact, openedMs, answers });
	}
	return found.sort((a, b) => a.openedMs - b.openedMs);
}

/** The leaf cuts long values: what can't be read any more is shown as text. */
function parsed(value: string): Answer['value'] {
	try {
		return JSON.parse(value) as Answer['value'];
	} catch (error) {
		if (error instanceof SyntaxError) return value;
		throw error;
	}
}
