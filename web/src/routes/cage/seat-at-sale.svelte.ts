/** The seat of a life that was just sold: the leaf draws it, and the same life asked for again has the same seat. */
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';

type Given = { table: string; seat: number; draw: string | null };
export type SeatSought =
	| { state: 'drawing' }
	| ({ state: 'given' } & Given)
	| { state: 'refused'; code: string; message: string };

export class SeatAtSale {
	/** Null: none was asked for. */
	sought = $state.raw<SeatSought | null>(null);

	constructor(private readonly api: Api) {}

	/** `event`: the event or flight it was sold into. */
	async draw(event: string, entry: string): Promise<void> {
		this.sought = { state: 'drawing' };
		try {
			const given = await this.api.post<Given>(`/api/v1/tournaments/${event}/seats`, { entry });
			this.sought = { state: 'given', ...given };
		} catch (error) {
			if (error instanceof Problem)
				this.sought = { state: 'refused', code: error.code, message: error.message };
			else if (error instanceof Unreachable)
				this.sought = { state: 'refused', code: 'unreachable', message: '' };
			else throw error;
		}
	}
}
