/** Drawing seats on the floor: the leaf draws while it answers, else this tablet, and the card says which. */

import type { Entry } from '#lib/facts/facts.gen.ts';
import type { Disagreement } from '#lib/twins/reconcile.ts';
import { alternates, type Chair } from '#lib/twins/seating/chart.ts';
import type { SeatPlan } from '#lib/twins/seating/draw-pool.ts';
import { type Anew, type Drawn, drawAll, drawAnew, drawOne } from '#lib/verbs/draws.ts';
import { movePlayer, putOnAlternates, seatAll, seatEntry, seatPlayer } from '#lib/verbs/seating.ts';
import { type Done, type Refusal, refuse } from '#lib/verbs/verb.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

/** A seat that was just drawn; `draw` is its number at the leaf, null for one this tablet drew. */
export type Card = { event: EventDesk; player: string; seat: Chair; draw: string | null };
/** Nobody could be seated: all seats are taken. `life`: sold, and not entered yet. */
type Full = { event: EventDesk; player: string; life: [entry: string, life: Entry] | null };

/** Who has no seat, and the life that was sold to them. */
export type Unseated = { player: string; entry: string | null };

const IN_TOUCH = ['synced', 'sending', 'core-away', 'catching-up'];

export class Drawing {
	card = $state.raw<Card | null>(null);
	full = $state.raw<Full | null>(null);
	busy = $state(false);

	constructor(readonly desk: FloorDesk) {}

	/** A seat for somebody who has none, or a redraw with its reason. True: it was done. */
	async seat(event: EventDesk, player: string, reason?: string): Promise<boolean> {
		const { replica } = event;
		return this.#draw(event, player, null, reason, (placing) =>
			(replica.reader.get(`seat/${player}`) === null ? seatPlayer : movePlayer)(
				replica,
				this.desk.config,
				placing,
			),
		);
	}

	/** Who paid gets the entry the cage sold and a seat, in one act. */
	async paid(event: EventDesk, { player, entry }: Disagreement): Promise<boolean> {
		if (!entry) return false;
		const { replica } = event;
		const life = this.#lifeOf(event, player, entry);
		return this.#draw(event, player, [entry, life], undefined, ({ drawnHere, ...placing }) =>
			seatEntry(replica, this.desk.config, entry, life, placing, drawnHere),
		);
	}

	/** All of these who have no seat get one in one draw; with `entry` the life that was sold is entered. True: done. */
	async all(event: EventDesk, rows: readonly Unseated[]): Promise<boolean> {
		if (this.busy || !rows.length) return false;
		this.busy = true;
		try {
			const { replica } = event;
			const players = [...new Set(rows.map(({ player }) => player))];
			const { what: seated, draw } = await drawAll(this.#api, replica, this.desk.config, players);
			if (!seated) {
				this.desk.tell(refuse('no_room'), '');
				return false;
			}
			const entries = new Map(rows.map(({ player, entry }) => [player, entry]));
			const seatings = seated.map(([player, chair]) => {
				const entry = entries.get(player);
				const fresh = entry && replica.reader.get(`entry/${entry}`) === null;
				return {
					player,
					...chair,
					life: fresh ? ([entry, this.#lifeOf(event, player, entry)] as const) : null,
				};
			});
			const done = seatAll(replica, this.desk.config, seatings, draw === null);
			const how = draw ? `draw ${draw}` : 'drawn on this tablet';
			return this.desk.tell(done, `${done.ok ? done.seated : 0} players have seats, ${how}.`);
		} finally {
			this.busy = false;
		}
	}

	/** The next of those who wait for a seat. */
	async alternate(event: EventDesk): Promise<boolean> {
		const [next] = alternates(event.replica.reader);
		return next ? this.seat(event, next) : false;
	}

	/** The one for whom there was no seat waits for one, in the order of the list. */
	wait(): void {
		if (!this.full) return;
		const { event, player, life } = this.full;
		const place = alternates(event.replica.reader).length + 1;
		const done = putOnAlternates(event.replica, player, life);
		if (this.desk.tell(done, `${this.desk.name(player)} is no. ${place} of the alternates.`))
			this.full = null;
	}

	/** Seats for a table that breaks, or a room drawn anew; nobody moves yet. */
	async anew(event: EventDesk, what: Anew): Promise<Drawn<SeatPlan>> {
		return drawAnew(this.#api, event.replica, this.desk.config, what);
	}

	async #draw(
		event: EventDesk,
		player: string,
		life: Full['life'],
		reason: string | undefined,
		write: (placing: Chair & { player: string; drawnHere: boolean }) => Done | Refusal,
	): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		try {
			const drawn = await drawOne(this.#api, event.replica, this.desk.config, player, reason);
			const { what: seat, draw } = drawn;
			this.full = seat ? null : { event, player, life };
			if (!seat) return false;
			const done = write({ player, ...seat, drawnHere: draw === null });
			const text = `${this.desk.name(player)} to ${this.desk.seat(seat.table, seat.seat)}.`;
			if (!this.desk.tell(done, text)) return false;
			this.card = { event, player, seat, draw };
			return true;
		} finally {
			this.busy = false;
		}
	}

	/** What was sold, as the floor enters it. */
	#lifeOf(event: EventDesk, player: string, entry: string): Entry {
		const lives = [...event.replica.group('entry/').values()].filter((life) => life.player === player);
		const again = this.desk.cage.fact(`entry/${entry}`)?.kind === 're_entry';
		return { player, number: lives.length + 1, kind: again ? 're-entry' : 'initial' };
	}

	/** null while the leaf is out of reach: nobody waits for an answer that does not come. */
	get #api() {
		const { connection, api } = this.desk.venue;
		return IN_TOUCH.includes(connection.view.kind) ? api : null;
	}
}
