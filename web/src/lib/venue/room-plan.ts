/**
 * The room plan: where tables stand, in cells of a grid that all tablets show at once. What arrives may put two tables
 * into one cell (two people moved them apart from each other): the lower number keeps it, the others stand aside.
 */
import type { Furniture, Spot } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import { byText, many } from '../twins/typed.ts';

/** As `PLAN` in `crdt_models/documents/config.py`. */
export const PLAN_COLUMNS = 14;
export const PLAN_ROWS = 12;

export const PLAN_CELLS: readonly Spot[] = Array.from({ length: PLAN_COLUMNS * PLAN_ROWS }, (_, n) => ({
	column: (n % PLAN_COLUMNS) + 1,
	row: Math.floor(n / PLAN_COLUMNS) + 1,
}));

export type RoomPlan = {
	/** which table has which place; not in it: it stands aside */
	spots: ReadonlyMap<string, Spot>;
	/** the part of the room where tables stand; null: none does */
	part: { column: number; row: number; columns: number; rows: number } | null;
};

export function roomPlan(config: FactReader): RoomPlan {
	const furniture = many<Furniture>(config, 'table/');
	const order = [...furniture].sort(([a, one], [b, other]) => one.number - other.number || byText(a, b));
	const wanted = many<Spot>(config, 'spot/');
	const spots = new Map<string, Spot>();
	const used = new Set<string>();
	for (const [table] of order) {
		const spot = wanted.get(table);
		if (!spot || used.has(cellOf(spot))) continue;
		used.add(cellOf(spot));
		spots.set(table, spot);
	}
	return { spots, part: partOf([...spots.values()]) };
}

export function isOnPlan({ column, row }: Spot): boolean {
	return column >= 1 && column <= PLAN_COLUMNS && row >= 1 && row <= PLAN_ROWS;
}

/** One text a cell. */
export function cellOf({ column, row }: Spot): string {
	return `${column}.${row}`;
}

function partOf(spots: readonly Spot[]): RoomPlan['part'] {
	if (!spots.length) return null;
	const columns = spots.map(({ column }) => column);
	const rows = spots.map(({ row }) => row);
	const [column, row] = [Math.min(...columns), Math.min(...rows)];
	return { column, row, columns: Math.max(...columns) - column + 1, rows: Math.max(...rows) - row + 1 };
}

/** The nearest spot that way, straight ahead before aside; null: none is there. */
export function nextSpot<T extends Spot>(
	spots: readonly T[],
	from: Spot,
	way: readonly [across: number, down: number],
): T | null {
	const [across, down] = way;
	const far = (to: Spot) => {
		const [x, y] = [to.column - from.column, to.row - from.row];
		const ahead = x * across + y * down;
		return ahead > 0 ? ahead + 2 * Math.abs(x * down + y * across) : Infinity;
	};
	return spots.reduce<T | null>((best, one) => (far(one) < (best ? far(best) : Infinity) ? one : best), null);
}

export const WAYS: Readonly<Record<string, readonly [across: number, down: number]>> = {
	ArrowRight: [1, 0],
	ArrowLeft: [-1, 0],
	ArrowDown: [0, 1],
	ArrowUp: [0, -1],
};
