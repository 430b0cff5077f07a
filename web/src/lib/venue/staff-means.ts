/** What the staff's pages have and a phone has not: one socket for all documents, and money. */
import { Outbox } from '#lib/money/outbox.svelte.ts';
import { trunks } from '#lib/sync/trunk.ts';
import type { Means } from './venue.svelte.ts';

export const staffMeans = (): Means => ({ dial: trunks(), till: (...made) => new Outbox(...made) });
