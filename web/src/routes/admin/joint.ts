/** A season over several rooms as the core makes it (`core_server/api/seasons.py`), and links to one. */

export type JointRoom = { venue: string; name: string; state: RoomState };
export type RoomState = 'home' | 'in' | 'invited' | 'other_currency' | 'not_here';
export type JointRow = {
	player: string;
	name: string;
	rank: number | null;
	rank_to: number | null;
	points_millionths: number;
	results: number;
};
export type Joint = {
	season: string;
	venue: string;
	name: string;
	rooms: readonly JointRoom[];
	events: readonly { tournament: string; name: string }[];
	rows: readonly JointRow[];
};

export const STATE_WORDS: Record<RoomState, string> = {
	home: 'its own room',
	in: 'takes part',
	invited: 'invited, has not joined',
	other_currency: 'has another currency: its events do not count',
	not_here: 'no such room at this core',
};

const WITHIN_MS = 5_000;

/** Null: there is none for this room (not invited, or nobody is), or the core does not say now. */
export async function jointAt(
	core: string,
	authorization: Record<string, string>,
	venue: string,
	season: string,
): Promise<Joint | null> {
	const asked = {
		headers: authorization,
		credentials: 'omit',
		signal: AbortSignal.timeout(WITHIN_MS),
	} as const;
	const response = await fetch(`${core}/api/v1/seasons/${venue}/${season}`, asked).catch(() => null);
	return response?.ok ? ((await response.json()) as Joint) : null;
}

/** The room and the season of a public page's address; `season` null: a room's page. Null: neither. */
export function placeOf(link: string): { venue: string; season: string | null } | null {
	const found = /\/venues\/([\w-]{1,36})(?:\/leagues\/([\w-]{1,36}))?\/?$/.exec(link.trim());
	return found && { venue: found[1]!, season: found[2] ?? null };
}
