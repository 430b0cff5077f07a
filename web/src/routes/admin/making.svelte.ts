/** Something in several steps: each is done before the next begins; where one fails it says why, and all that is not done is tried again. */

import type { Kind } from '#lib/facts/facts.gen.ts';
import type { About, MoneyCommand } from '#lib/money/command.ts';
import { whenTrue } from '#lib/screen/turns.svelte.ts';
import type { DocumentName, Replica } from '#lib/sync/replica.svelte.ts';
import { Problem, Unreachable } from '#lib/venue/api.ts';
import type { Venue } from '#lib/venue/venue.svelte.ts';
import type { Done, Refusal } from '#lib/verbs/verb.ts';
import { words } from '#lib/words/words.ts';

/** Null: done. Else why not, in words. */
type Work = () => Promise<string | null>;
export type StepState = 'todo' | 'doing' | 'done' | 'failed';

const WITHIN_MS = 8_000;

export class Step {
	state = $state<StepState>('todo');
	why = $state<string | null>(null);

	constructor(
		readonly title: string,
		readonly work: Work,
	) {}
}

export class Making {
	readonly steps: readonly Step[];
	busy = $state(false);

	constructor(steps: readonly Step[]) {
		this.steps = steps;
	}

	get done(): boolean {
		return this.steps.every(({ state }) => state === 'done');
	}

	get failed(): boolean {
		return this.steps.some(({ state }) => state === 'failed');
	}

	/** True: all is done. Can be called again after a failure; what is done is not done again. */
	async run(): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		try {
			for (const step of this.steps) {
				if (step.state === 'done') continue;
				step.state = 'doing';
				step.why = await told(step.work);
				step.state = step.why === null ? 'done' : 'failed';
				if (step.why !== null) return false;
			}
			return true;
		} finally {
			this.busy = false;
		}
	}
}

/** An answer of the API as a step: null, or what went wrong in words. */
export async function told(work: Work): Promise<string | null> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Problem) return words(error.code, error.details, error.message);
		if (error instanceof Unreachable) return words('unreachable');
		throw error;
	}
}

/** A step that writes facts and is done when the leaf has them. `write` answers null where nothing is to be written. */
export function written<K extends Kind>(
	venue: Venue,
	document: DocumentName<K>,
	title: string,
	write: (replica: Replica<K>) => Done | Refusal | null,
): Step {
	return new Step(title, async () => {
		const replica = venue.open<K>(document);
		if (!(await whenTrue(() => replica.writable, WITHIN_MS))) return words('not_writable');
		const refusedBefore = venue.connection.refusals.length;
		const done = write(replica);
		if (done && !done.ok) return words(done.code, done.details, done.message);
		if (!(await whenTrue(() => !replica.standing.unsent.length, WITHIN_MS)))
			return 'Kept on this device; the leaf does not have it yet. It is sent as soon as it answers.';
		const refused = venue.connection.refusals[0];
		if (refused && venue.connection.refusals.length > refusedBefore)
			return words(refused.code, {}, refused.message);
		return null;
	});
}

/** A step that books one money command; while there is no outcome it stays the same command under the same key. */
export function booked(
	venue: Venue,
	title: string,
	command: () => MoneyCommand | null | Promise<MoneyCommand | null>,
	about: About,
): Step {
	let waiting: string | null = null;
	const outcomeOf = (key: string) => venue.outbox.commands.find((one) => one.key === key)?.outcome ?? null;
	return new Step(title, async () => {
		let key = waiting;
		if (!key) {
			const wanted = await command();
			if (!wanted) return null;
			await whenTrue(() => venue.connection.leaf, WITHIN_MS);
			const outcome = await venue.outbox.send(wanted, about);
			if (outcome.state === 'needs-leaf') return words('needs_leaf');
			key = outcome.key;
		}
		const known = key;
		if (!(await whenTrue(() => outcomeOf(known) !== null, WITHIN_MS))) {
			waiting = known;
			venue.outbox.tryNow();
			return words('no_answer');
		}
		waiting = null;
		const outcome = outcomeOf(known);
		return outcome?.state === 'refused' ? words(outcome.code, outcome.details, outcome.message) : null;
	});
}
