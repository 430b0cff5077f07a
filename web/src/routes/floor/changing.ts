/** Who waits for another seat and could have one now, and where; of each table the first who asked. */

import type { Chair } from '#lib/twins/seating/chart.ts';
import { openCashSeats } from '#lib/twins/waitlist.ts';
import type { CashSeats, FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';
import { seatsFor } from './tiles.ts';

export type Due = { player: string; table: string; free: readonly Chair[] };

/** Free seats at their own table; those held for somebody are not among them. */
export function freeHere(event: EventDesk, player: string, table: string): number[] {
	const at = event.chart.tables.get(table);
	return at ? seatsFor({ event, player }, at).filter((seat) => !at.held.includes(seat)) : [];
}

/** Free seats of a game, at a cash table and at its others. */
export function freeCash(
	desk: FloorDesk,
	{ list, table }: CashSeats,
): { here: number[]; elsewhere: Chair[] } {
	for (const prefix of ['seat/', 'call/', 'waitlist/', 'cash/'] as const) desk.floor.group(prefix);
	desk.config.group('table/');
	const open = openCashSeats(desk.floor.reader, desk.config.reader, list);
	return {
		here: open.filter((one) => one.table === table).map(({ seat }) => seat),
		elsewhere: open.filter((one) => one.table !== table),
	};
}

export function changesDue(desk: FloorDesk): Due[] {
	const ofEvents = desk.events
		.filter(({ clock }) => clock.state !== 'ended')
		.flatMap((event) =>
			[...event.changes].map(([player, { table }]) => {
				const free = freeHere(event, player, table).map((seat) => ({ table, seat }));
				return { player, table, free };
			}),
		);
	const ofCash = [...desk.changes].flatMap(([player, { table, kind = 'seat' }]) => {
		const cash = desk.cashTables.find((one) => one.table === table);
		if (!cash) return [];
		const { here, elsewhere } = freeCash(desk, cash);
		return [{ player, table, free: kind === 'seat' ? here.map((seat) => ({ table, seat })) : elsewhere }];
	});
	const due = [...ofEvents, ...ofCash].filter(({ free }) => free.length);
	return due.filter(({ table }, n) => due.findIndex((one) => one.table === table) === n);
}
