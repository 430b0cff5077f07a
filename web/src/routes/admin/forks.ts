/** What the core says of this venue's ledger where a box sent it something else than before. */
import { receiptNumber } from '#lib/money/receipts.ts';

/** `seq`: the first number with two contents; `cleared_ms` null: it stands, and no other does. */
export type Fork = {
	seq: number;
	held_hash: string;
	received_ms: number;
	cleared_ms: number | null;
	/** the manager who said they know of it; null: nobody has */
	seen_ms: number | null;
	seen_by: string;
};
/** `GET /api/v1/ledger/forks` of the core; `stopped` null: it takes what this venue's box sends. */
export type Forks = { stopped: string | null; forks: readonly Fork[] };

const WITHIN_MS = 5_000;

/** Null: the core does not say now, or not to us. */
export async function forksAt(core: string, authorization: Record<string, string>): Promise<Forks | null> {
	const asked = {
		headers: authorization,
		credentials: 'omit',
		signal: AbortSignal.timeout(WITHIN_MS),
	} as const;
	const response = await fetch(`${core}/api/v1/ledger/forks`, asked).catch(() => null);
	return response?.ok ? ((await response.json()) as Forks) : null;
}

/** The one that stands: however many tell of it, it is told once. */
export function standing(forks: Forks | null): Fork | null {
	return forks?.forks.find(({ cleared_ms }) => !cleared_ms) ?? null;
}

/** A manager says by name that they know of all that stands. False: the core did not take it. */
export async function acknowledge(
	core: string,
	authorization: Record<string, string>,
	name: string,
): Promise<boolean> {
	const response = await fetch(`${core}/api/v1/ledger/forks/seen`, {
		method: 'POST',
		headers: { ...authorization, 'Content-Type': 'application/json' },
		body: JSON.stringify({ name }),
		credentials: 'omit',
		signal: AbortSignal.timeout(WITHIN_MS),
	}).catch(() => null);
	return response?.ok ?? false;
}

/** What happened at that number. */
export function forkText({ seq, cleared_ms }: Fork): string {
	const number = receiptNumber(seq);
	return cleared_ms
		? `Two different bookings had the number ${number}. Settled: the core's went on.`
		: `Two different bookings have the number ${number}: the core keeps one, a box of this house the other. All after it may differ too.`;
}

/** Why the core waits, for people who don't read its log. */
export const CORE_WAITS =
	'The core takes nothing more of this house until a person has chosen which of the two goes on. Nothing is lost meanwhile.';

/** What a person does about it, in order; `command` is typed at the box. */
export function forkSteps({ seq }: Fork, by: string): { text: string; command?: string }[] {
	const first = receiptNumber(seq);
	return [
		{ text: `Keep all receipts from number ${first} on. Write down what is taken meanwhile; book nothing.` },
		{
			text: 'With the administrator: stop the box that shall go on, and put aside there what it took since. It is kept.',
			command: `felt ledger set-aside --after ${seq - 1} --by "${by}" --why "two branches" --data FOLDER`,
		},
		{ text: 'Start it. It gets what the core holds; then a manager opens its term here, on this page.' },
		{
			text: 'At a cage, To settle lists what was put aside. Book each again if it is true, or set it aside.',
		},
	];
}
