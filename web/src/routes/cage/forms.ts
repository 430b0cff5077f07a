import type { MoneyCommand } from '#lib/money/command.ts';
import type { Heads } from '#lib/tournament/event-heads.ts';
import type { CageDesk, EventOffer, Room } from './desk.svelte.ts';

/** What a form that books is given; `sum` is what the button said, for the answer. */
type Booking = { desk: CageDesk; busy: boolean; onbook: (command: MoneyCommand, sum: string) => void };

/** A form about the heads, envelopes and seats of an event. */
export type HeadsForm = Booking & { event: EventOffer; heads: Heads };

/** A form about the chips, trays and jackpots of the cash room; null: not heard of yet. */
export type RoomForm = Booking & { room: Room | null };
