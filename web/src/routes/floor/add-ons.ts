/** The add-on break, table by table: who has bought one, who is asked for at the cage, who may not. */

import type { TableSeats } from '#lib/twins/seating/chart.ts';
import { WHY_NOT } from '#lib/words/terms-words.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

export type AddOnKind = 'add_on' | 'dealer_add_on';
/** One seat; `sold`, `waits`: how often, `whyNot`: the term in the way of (another) one. */
export type AddOnRow = { seat: number; player: string; sold: number; waits: number; whyNot: string | null };

/** The seats of a table in their order. */
export function addOnsOf(
	desk: FloorDesk,
	event: EventDesk,
	at: TableSeats,
	kind: AddOnKind = 'add_on',
): AddOnRow[] {
	const waiting = [...event.wanted.values()].filter((want) => want.kind === kind);
	return [...at.players]
		.sort(([a], [b]) => a - b)
		.map(([seat, player]) => {
			const paid = desk.cage.fact(`entry/${event.standings.lifeOf.get(player) ?? ''}`);
			const not = event.mayBuy(player, kind);
			return {
				seat,
				player,
				sold: (kind === 'add_on' ? paid?.add_ons : paid?.dealer_add_ons) ?? 0,
				waits: waiting.filter((want) => want.player === player).length,
				whyNot: not ? WHY_NOT[not.code] : null,
			};
		});
}
