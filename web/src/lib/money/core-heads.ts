/**
 * The signed heads that a till kept, held against the core's copy of the ledger wherever the core can be reached: the
 * proof of a rewrite must not depend on the box that might have done it.
 */

import type { Command } from './command.ts';
import { newestHeads } from './ledger-keep.ts';

const AT_ONCE = 20;
const WITHIN_MS = 5_000;

/** What the core says of each; null: it does not say now, or there is nothing to show. */
export async function showHeads(
	core: string,
	authorization: Record<string, string>,
	commands: readonly Command[],
): Promise<readonly string[] | null> {
	const heads = newestHeads(commands, AT_ONCE);
	if (!heads.length) return null;
	const response = await fetch(`${core}/api/v1/ledger/heads`, {
		method: 'POST',
		headers: { ...authorization, 'Content-Type': 'application/json' },
		body: JSON.stringify({ heads }),
		credentials: 'omit',
		signal: AbortSignal.timeout(WITHIN_MS),
	}).catch(() => null);
	return response?.ok ? ((await response.json()) as { verdicts: string[] }).verdicts : null;
}
