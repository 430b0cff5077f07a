/** What every staff page does with its venue: opens it when a server answers, and leaves when nobody is signed in. */

import { untrack } from 'svelte';
import { words } from '#lib/words/access-words.ts';
import { goto } from '$app/navigation';
import { Problem, Unreachable } from './api.ts';
import { logout } from './auth.ts';
import { type App, signInPage } from './identity.ts';
import { staffMeans } from './staff-means.ts';
import { registerWorker } from './sw.ts';
import { CantSave, openVenue, SignedOut, type Venue } from './venue.svelte.ts';

const AGAIN_MS = 2_000;
/** An answer of a server is waited for 10 s; what takes longer is this browser's storage, which may never answer. */
const OPEN_MS = 15_000;

/** Made while its page is made; what it opened is closed with the page. */
export class StaffApp {
	venue = $state.raw<Venue | null>(null);
	/** why there is nothing to see yet */
	trouble = $state<string | null>(null);

	/** `opened`: puts together what the page needs of the venue, and answers how to close it. */
	constructor(
		readonly app: App,
		opened: (venue: Venue) => () => void,
	) {
		registerWorker(app);
		$effect(() => this.#open(opened));
		$effect(() => {
			if (this.venue?.connection.signedOut) this.#signIn();
		});
		// an event is here as soon as it is sold anywhere
		$effect(() => {
			const { venue } = this;
			const sold = venue?.open<'cage'>('cage').group('tournament/');
			if (venue && sold) untrack(() => venue.learn(sold.keys()));
		});
	}

	async leave(): Promise<void> {
		await logout(this.app);
		this.#signIn();
	}

	#signIn(): void {
		void goto(signInPage(this.app));
	}

	#open(opened: (venue: Venue) => () => void): () => void {
		let ended = false;
		let again: ReturnType<typeof setTimeout> | undefined;
		let close = () => {};
		const open = async () => {
			try {
				const venue = await inTime(openVenue(this.app, staffMeans()));
				if (ended) return venue.close();
				close = () => venue.close();
				const closePage = opened(venue);
				close = () => {
					closePage();
					venue.close();
				};
				this.venue = venue;
				this.trouble = null;
			} catch (error) {
				if (ended) return;
				close();
				close = () => {};
				if (error instanceof SignedOut) return this.#signIn();
				if (!(error instanceof CantSave)) again = setTimeout(() => void open(), AGAIN_MS);
				this.trouble = troubleOf(error);
				if (!expected(error)) reportError(error);
			}
		};
		void open();
		return () => {
			ended = true;
			clearTimeout(again);
			close();
		};
	}
}

/** Rejects after OPEN_MS; a venue that opens later is closed. */
async function inTime(opening: Promise<Venue>): Promise<Venue> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let late = false;
	opening.then(
		(venue) => late && venue.close(),
		(error: unknown) => late && reportError(error),
	);
	const slow = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			late = true;
			reject(new Error('the page did not open in time'));
		}, OPEN_MS);
	});
	try {
		return await Promise.race([opening, slow]);
	} finally {
		clearTimeout(timer);
	}
}

const expected = (error: unknown) =>
	error instanceof Unreachable || error instanceof Problem || error instanceof CantSave;

function troubleOf(error: unknown): string {
	if (error instanceof Unreachable) return "Can't reach the leaf. It is asked again every 2 s. S-001";
	if (error instanceof CantSave)
		return "This device can't store changes (storage full or blocked). Don't edit here. Free space or use another one. S-030";
	if (error instanceof Problem)
		return `${words(error.code, error.details, error.message)} It is asked again every 2 s.`;
	return 'This page could not open. It is tried again every 2 s; what was saved is saved. S-042';
}
