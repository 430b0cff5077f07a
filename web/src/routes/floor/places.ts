/** Where one is on the floor, as the hash says it, and the keys that lead there. */

/** What is gone through table by table. */
export type CountMode = (typeof COUNT_MODES)[number];

export type Place =
	| { name: 'tables' | 'clock' | 'lists' | 'settle' | 'displays' | 'rankings' | 'payouts' | 'days' }
	/** `player`: whose sheet is open */
	| { name: 'table'; table: string; player: string | null }
	/** `table`: whose stacks are counted; null: which tables were. */
	| { name: 'count'; table: string | null; mode: CountMode }
	/** `about`: only what concerns this player or table */
	| { name: 'history'; about: string | null };

const COUNT_MODES = ['stacks', 'race', 'bags', 'add_ons'] as const;
const PLAIN = ['tables', 'clock', 'lists', 'settle', 'displays', 'rankings', 'payouts', 'days'] as const;
const LEADER_MS = 1_500;
const GOES: Record<string, string> = {
	t: 'tables',
	c: 'clock',
	l: 'lists',
	s: 'settle',
	d: 'displays',
	h: 'history',
};

export function placeOf(hash: string): Place {
	const [name, first, second] = hash.slice(1).split('/').map(decodeURIComponent);
	if (name === 'table' && first) return { name, table: first, player: second ?? null };
	if (name === 'count')
		return { name, table: first || null, mode: COUNT_MODES.find((mode) => mode === second) ?? 'stacks' };
	if (name === 'history') return { name, about: first || null };
	return { name: PLAIN.find((plain) => plain === name) ?? 'tables' };
}

export function tableHash(table: string, player: string | null = null): string {
	return `#table/${encodeURIComponent(table)}${player ? `/${encodeURIComponent(player)}` : ''}`;
}

export function countHash(table: string | null = null, mode: CountMode = 'stacks'): string {
	return `#count/${encodeURIComponent(table ?? '')}/${mode}`;
}

export function historyHash(about: string): string {
	return `#history/${encodeURIComponent(about)}`;
}

let leader = { key: '', ms: Number.NEGATIVE_INFINITY };
const NONE = leader;

/** The key a person meant as a command (`u`, `Escape`, `g tables`, `e a`); null: they type, or it is none. */
export function keyOf(event: KeyboardEvent): string | null {
	const { target, key } = event;
	const typing = target instanceof HTMLElement && target.closest('input, textarea, select, [role=dialog]');
	if (typing || event.ctrlKey || event.altKey || event.metaKey) return null;
	const low = key.length === 1 ? key.toLowerCase() : key;
	const led = event.timeStamp - leader.ms < LEADER_MS ? leader.key : '';
	const to = led === 'g' ? GOES[low] : led === 'e' && /^[a-f$0]$/.test(low) ? low : undefined;
	leader = !to && (low === 'g' || low === 'e') ? { key: low, ms: event.timeStamp } : NONE;
	if (to) return `${led} ${to}`;
	return leader === NONE ? low : null;
}
