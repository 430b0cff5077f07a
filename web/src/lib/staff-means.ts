/** What the staff's pages have and a phone has not: one socket for all documents, and money. */
import { Outbox } from './outbox.svelte.ts';
import { trunks } from './trunk.ts';
import type { Means } from './venue.svelte.ts';

export const staffMeans = (): Means => ({ dial: trunks(), till: (...made) => new Outbox(...made) });
