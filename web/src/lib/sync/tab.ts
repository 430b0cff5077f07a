/**
 * What a tab has of its document, whether it writes or reads: the replica, what is kept beside it, how it stands.
 * What changes is told to the page.
 */

import { LocalDocument } from '#lib/facts/local-document.ts';
import { Kept } from './kept.ts';
import {
	AT_FIRST,
	type KeeperTold,
	type KeeperVenue,
	type Standing,
	type TabMessage,
	type Where,
} from './standing.ts';

/** Other tabs hear of the standing at most this often. */
const TELL_MS = 100;

export class Tab {
	local: LocalDocument;
	standing: Standing = AT_FIRST;
	readonly kept = new Kept();
	/** whose replica this is, or is a copy of */
	lineage = '';
	where: Where | null = null;
	#telling: ReturnType<typeof setTimeout> | undefined;

	constructor(
		readonly document: string,
		readonly venue: KeeperVenue,
		readonly told: KeeperTold,
		/** to the other tabs */
		readonly tell: (message: TabMessage) => void,
	) {
		this.local = this.newLocal();
	}

	newLocal(): LocalDocument {
		const { device, time } = this.venue;
		const local = new LocalDocument(
			this.document,
			device,
			() => time.now(),
			(names) => {
				if (local === this.local) this.told.changed(names);
			},
		);
		return local;
	}

	takePlace(fresh: LocalDocument): void {
		const names = new Set<string>();
		for (const { index } of [this.local, fresh])
			for (const edit of index.edits.values()) names.add(edit.name);
		this.local.doc.destroy();
		this.local = fresh;
		this.told.changed(names);
	}

	/** How it stands by this tab's own knowledge; the writer's is told to the others. */
	show(change: Partial<Standing> = {}): void {
		this.follow({ ...this.standing, ...change, unsent: this.kept.acts.shown });
		if (this.kept.open && this.#telling === undefined)
			this.#telling = setTimeout(() => {
				this.#telling = undefined;
				const { time } = this.venue;
				const now = time.sinceContact() === null ? null : time.now();
				this.tell({ kind: 'standing', standing: this.standing, now });
			}, TELL_MS);
	}

	/** How it stands, as the writer says. */
	follow(standing: Standing): void {
		this.standing = standing;
		this.told.standing(standing);
	}

	close(): void {
		clearTimeout(this.#telling);
	}
}
