/**
 * What a till keeps for the day its leaf burns: each entry it was answered, with the head signed at that entry, until
 * the core has it; and the newest head of all. It shows the head with each money request, and hands all of it in where
 * a box was restored.
 */
import type { Api } from '#lib/venue/api.ts';
import { Problem, Unreachable } from '#lib/venue/api.ts';
import type { Command } from './command.ts';

export type Head = { term: number; seq: number; [field: string]: unknown };
/** It has just started, and reads its books: no money yet, and no number. */
export type Checking = { state: 'checking'; why: string; percent: number };
/** Whether the box takes money (`GET /api/v1/ledger/term`). */
export type Standing =
	| { state: 'open' | 'new_term' | 'fenced'; why: string; term: number; core: { seq: number | null } }
	| Checking;
type Kept = { entry: unknown; head: Head };

/** where a box says how it stands */
export const TERM = '/api/v1/ledger/term';
const KEPT_MS = 24 * 3_600_000;
const AT_ONCE = 100;

/** The newest head that any answer brought. */
export function newestHead(commands: readonly Command[]): Head | null {
	let newest: Head | null = null;
	for (const head of commands.map(headOf))
		if (head && (!newest || head.term > newest.term || (head.term === newest.term && head.seq > newest.seq)))
			newest = head;
	return newest;
}

/** The heads of these commands, newest first, at most `many`. */
export function newestHeads(commands: readonly Command[], many: number): readonly Head[] {
	const heads = commands.map(headOf).filter((head) => head !== null);
	return heads.sort((one, other) => other.term - one.term || other.seq - one.seq).slice(0, many);
}

/** Posted a day ago, and safe at the core: but the one with the newest head, they are of no more use. */
export function spent(commands: readonly Command[], coreSeq: number, now: number): readonly Command[] {
	const newest = newestHead(commands);
	return commands.filter((command) => {
		const head = headOf(command);
		return head && head !== newest && head.seq <= coreSeq && now - command.recordedMs > KEPT_MS;
	});
}

/** Asks how the box stands, and hands in what it may lack. Null: it does not say now, or not to us. */
export async function meet(api: Api, commands: readonly Command[]): Promise<Standing | null> {
	try {
		const standing = await api.get<Standing>(TERM);
		if (standing.state === 'checking') return standing;
		const all = keptOf(commands);
		// of an open box, what it may have left behind while we were away
		const kept = standing.state === 'open' ? all.filter(({ head }) => head.term < standing.term) : all;
		for (let at = 0; at < kept.length; at += AT_ONCE)
			await api.post(`${TERM}/tail`, { heads: [], entries: kept.slice(at, at + AT_ONCE) });
		return standing;
	} catch (error) {
		if (error instanceof Problem || error instanceof Unreachable) return null;
		throw error;
	}
}

function keptOf(commands: readonly Command[]): Kept[] {
	return commands
		.flatMap(({ outcome }) =>
			outcome?.state === 'posted' ? [{ entry: outcome.entry, head: outcome.head as Head }] : [],
		)
		.sort((a, b) => a.head.seq - b.head.seq);
}

function headOf({ outcome }: Command): Head | null {
	return outcome?.state === 'posted' ? (outcome.head as Head | null) : null;
}
