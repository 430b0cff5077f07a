/** What became of each money command of this device, and which may go next. Pure. */
import type { Command, Removal } from './command.ts';

export type Fate =
	| { state: 'waiting' | 'sending' }
	/** older than fifteen minutes: its operator looks at it first */
	| { state: 'look' }
	/** an earlier one of the same player and event has to be dealt with first */
	| { state: 'held'; by: Command }
	| { state: 'refused'; code: string; message: string; details: Record<string, unknown> }
	| { state: 'booked'; seq: number }
	| ({ state: 'removed' } & Removal)
	/** the money is booked, but a rule objects: a person settles it */
	| { state: 'unsettled'; seq: number; code: string };

/** `commands` newest first, as the outbox has them; `old` says which wait for a look. */
export function fates(
	commands: readonly Command[],
	old: (command: Command) => boolean,
): ReadonlyMap<string, Fate> {
	const holding = new Map<string, Command>();
	const found = new Map<string, Fate>();
	for (const command of [...commands].reverse()) {
		const by = holding.get(command.subject);
		const fate = by && command.state === 'waiting' ? ({ state: 'held', by } as const) : own(command, old);
		if (command.intent && (fate.state === 'refused' || fate.state === 'look') && !by)
			holding.set(command.subject, command);
		found.set(command.key, fate);
	}
	return found;
}

function own(command: Command, old: (command: Command) => boolean): Fate {
	const { outcome, removed } = command;
	if (removed) return { state: 'removed', ...removed };
	if (outcome?.state === 'posted') {
		const { seq, kind, data } = outcome.entry as { seq: number; kind: string; data?: { refusal?: string } };
		return kind === 'suspense'
			? { state: 'unsettled', seq, code: data?.refusal ?? 'unknown' }
			: { state: 'booked', seq };
	}
	if (outcome?.state === 'refused') {
		const { code, message, details } = outcome;
		return { state: 'refused', code, message, details };
	}
	if (command.state === 'sending') return { state: 'sending' };
	return { state: old(command) ? 'look' : 'waiting' };
}
