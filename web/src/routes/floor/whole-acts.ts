/** Acts as the history of a server tells them, whole: also where a page of it, a filter or a row shows a part. */

import { compareStamps, type Json } from '#lib/facts/edits.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';
import { words } from '#lib/words/words.ts';

export type Change = {
	n: number;
	document: string;
	stamp: string;
	name: string;
	before: Json;
	after: Json;
	replica: string;
	device: string;
	person: string;
	/** leaf time when the person did it, and when the server took it */
	written_ms: number;
	at_ms: number;
	via: string;
	claimed: boolean;
	act: string;
	takes_back: string | null;
};

export type Page = { changes: Change[]; next: number | null };

type Asked = Pick<Api, 'get'>;

const ACT_EDITS_MAX = 64;
/** Between edits of one act there are no more numbers than this. */
const NEAR = 10_000;
/** Of one fact, the newest: what one page of history holds. */
const CHANGES_MAX = 200;

/** All edits of the act of `first`, the oldest first. Raises Problem, Unreachable. */
export async function wholeAct(api: Asked, first: Change): Promise<readonly Change[]> {
	if (!first.act) return [first];
	const query = new URLSearchParams({
		act: first.act,
		device: first.device,
		before: String(first.n + NEAR),
		limit: String(ACT_EDITS_MAX),
	});
	const page = await api.get<Page>(`/api/v1/documents/${first.document}/history?${query}`);
	return page.changes.filter(({ replica }) => replica === first.replica).reverse();
}

/**
 * The acts that wrote a fact after the edit `since`. Empty: history does not know `stamp`, by which the fact is what
 * it is now. Raises Problem, Unreachable.
 */
export async function actsSince(
	api: Asked,
	document: string,
	{ name, stamp, since }: { name: string; stamp: string; since: string },
): Promise<readonly (readonly Change[])[]> {
	const query = new URLSearchParams({ name, limit: String(CHANGES_MAX) });
	const { changes } = await api.get<Page>(`/api/v1/documents/${document}/history?${query}`);
	if (!changes.some((one) => one.stamp === stamp)) return [];
	const acts = new Map<string, readonly Change[]>();
	for (const change of changes.filter((one) => compareStamps(one.stamp, since) > 0)) {
		const act = `${change.replica} ${change.act || change.stamp}`;
		if (!acts.has(act)) acts.set(act, await wholeAct(api, change));
	}
	return [...acts.values()];
}

/** Why history did not answer, in words. Throws what is no answer of a server. */
export function historyTrouble(error: unknown): string {
	if (error instanceof Unreachable) return 'History needs the leaf.';
	if (error instanceof Problem) return words(error.code, error.details, error.message);
	throw error;
}
