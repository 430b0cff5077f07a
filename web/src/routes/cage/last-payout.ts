/** Which receipt paid a player of an event last, so that it can be voided. */
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';

const PAGE = 500;
/** an evening's entries are fewer */
const PAGES_MAX = 10;

type Entry = {
	seq: number;
	kind: string;
	data: { tournament?: string; flight?: string; player?: string; undoes?: { seq: number } };
};

/** From entry `head` down. Null: none that stands among the last 5,000 entries, or the leaf does not say. */
export async function lastPayout(
	api: Api,
	head: number,
	tournament: string,
	player: string,
): Promise<number | null> {
	const undone = new Set<number>();
	for (let page = 0, last = head; page < PAGES_MAX && last > 0; page += 1, last -= PAGE) {
		const after = Math.max(0, last - PAGE);
		for (const { seq, kind, data } of await entries(api, after, last - after)) {
			if (data.undoes) undone.add(data.undoes.seq);
			if (undone.has(seq) || kind !== 'pay_prize') continue;
			if ((data.flight ?? data.tournament) === tournament && data.player === player) return seq;
		}
	}
	return null;
}

/** The newest first. */
async function entries(api: Api, after: number, limit: number): Promise<Entry[]> {
	try {
		const page = await api.get<{ entries: { entry: Entry }[] }>(
			`/api/v1/ledger/entries?after=${after}&limit=${limit}`,
		);
		return page.entries.map(({ entry }) => entry).reverse();
	} catch (error) {
		if (error instanceof Unreachable || error instanceof Problem) return [];
		throw error;
	}
}
