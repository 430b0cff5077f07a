/** What is about to be sold from the floor, or asked of the cage. */
import type { EventDesk } from './event.svelte.ts';

export type Selling = { event: EventDesk; player: string; kind: 're_entry' | 'rebuy' | 'add_on' };
