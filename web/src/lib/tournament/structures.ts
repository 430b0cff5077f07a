/**
 * Published structures a new event can begin with. Blinds and percentages are as their sources print them; minutes,
 * breaks, late registration and the ranges of entries are a house's choice, and can be changed in the form.
 */
import type { LevelRow } from '#lib/facts/facts.gen.ts';
import { suggest } from '#lib/twins/structure/suggestion.ts';

export type EventTemplate = {
	id: string;
	name: string;
	source: string;
	stack: number;
	lateUntil: number;
	levels: readonly LevelRow[];
	/** facts that go with it: `chips`, `terms/…`, `bounty` */
	agreed?: Readonly<Record<string, object>>;
};
/** One of the three says what each place gets (`ledger/adopted.py`). */
export type PayoutRange = {
	entries_min: number;
	entries_max: number;
	basis_points?: readonly number[];
	millionths?: readonly number[];
	fixed_cents?: readonly number[];
};
export type PayoutSet = { id: string; name: string; source: string; tables: readonly PayoutRange[] };

const CHIP_FORUM = 'Poker Chip Forum, “Standard Blinds Structures and Starting Stacks” (thread 6649)';
const POKERWORKS = 'pokerworks.io, “Poker Tournament Blind Structure Guide”';

/** Levels from their big blinds (half of it is the small one), a break after some of them. */
function ladder(minutes: number, bigs: readonly number[], breaksAfter: readonly number[]): LevelRow[] {
	return bigs.flatMap((big, n): LevelRow[] => {
		const play: LevelRow = { kind: 'play', minutes, small: big / 2, big };
		return breaksAfter.includes(n + 1) ? [play, { kind: 'break', minutes: 15 }] : [play];
	});
}

const SUGGESTED = 'made for 60 entries, to end at 20 big blinds in play (Blind Valet)';
const CHIPS = [25, 100, 500, 1_000, 5_000, 25_000];

function made(
	id: string,
	name: string,
	[stack, opening, level_minutes, total_minutes]: [number, number, number, number],
	agreed: Record<string, object> = {},
): EventTemplate {
	const levels = suggest({ entries: 60, stack, opening, chips: CHIPS, level_minutes, total_minutes });
	return {
		id,
		name,
		source: SUGGESTED,
		stack,
		lateUntil: 6,
		levels,
		agreed: { chips: { values: CHIPS }, ...agreed },
	};
}

export const EVENT_TEMPLATES: readonly EventTemplate[] = [
	{
		id: 'chip25',
		name: '25 chip and up, 10,000',
		source: CHIP_FORUM,
		stack: 10_000,
		lateUntil: 6,
		levels: ladder(
			20,
			[
				50, 100, 150, 200, 300, 400, 600, 800, 1_200, 1_600, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000,
				16_000, 20_000, 30_000, 40_000,
			],
			[6, 11, 16],
		),
	},
	{
		id: 'chip5',
		name: '5 chip and up, 2,000',
		source: CHIP_FORUM,
		stack: 2_000,
		lateUntil: 6,
		levels: ladder(
			20,
			[
				10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1_200, 1_600, 2_000, 3_000, 4_000, 6_000,
				8_000, 12_000, 16_000,
			],
			[6, 10, 15],
		),
	},
	{
		id: 'club100',
		name: 'Club night, 10 to 18 players',
		source: POKERWORKS,
		stack: 10_000,
		lateUntil: 5,
		levels: ladder(20, [200, 300, 400, 600, 800, 1_200, 1_600, 2_000], [4]),
	},
	made('turbo', 'Turbo', [15_000, 150, 12, 210]),
	made('regular', 'Regular', [20_000, 200, 20, 330]),
	made('deep', 'Deep stack', [40_000, 400, 30, 540]),
	made('re-entry', 'Re-entry', [20_000, 200, 20, 330], {
		'terms/re_entry': { chips: 20_000, until_level: 6, per_player: 2 },
	}),
	made('rebuy', 'Rebuy and add-on', [10_000, 100, 15, 270], {
		'terms/rebuy': { chips: 10_000, until_level: 4, stack_max: 10_000 },
		'terms/add_on': { chips: 15_000, after_level: 4, per_player: 1 },
	}),
	made('bounty', 'Progressive bounty', [20_000, 200, 15, 270], {
		bounty: { mode: 'progressive', cash_points: 5_000 },
	}),
	made('satellite', 'Satellite', [10_000, 100, 12, 150]),
];

export const PAYOUT_SETS: readonly PayoutSet[] = [
	{
		id: 'online',
		name: 'By entries, up to 150',
		source: 'vegaspoker247.com, tournament payout structures',
		tables: [
			{ entries_min: 1, entries_max: 2, basis_points: [10_000] },
			{ entries_min: 3, entries_max: 45, basis_points: [5_000, 3_000, 2_000] },
			{
				entries_min: 46,
				entries_max: 100,
				basis_points: [3_000, 2_000, 1_200, 1_000, 800, 650, 550, 450, 350],
			},
			{
				entries_min: 101,
				entries_max: 150,
				basis_points: [
					3_000, 2_000, 1_190, 800, 650, 500, 350, 260, 170, 140, 140, 140, 140, 104, 104, 104, 104, 104,
				],
			},
		],
	},
	{
		id: 'usba',
		name: 'Flat, four or eight places',
		source: 'USBA prize-money guide',
		tables: [
			{ entries_min: 1, entries_max: 3, basis_points: [10_000] },
			{ entries_min: 4, entries_max: 30, basis_points: [3_500, 2_800, 2_100, 1_600] },
			{ entries_min: 31, entries_max: 150, basis_points: [2_700, 2_100, 1_600, 1_200, 900, 600, 500, 400] },
		],
	},
];
