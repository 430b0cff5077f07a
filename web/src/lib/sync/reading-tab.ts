/**
 * A tab that does not write its document: it holds a copy of the writer's replica (its *lineage*), in which it
 * writes for itself only. An act of its own is its to tell again, in order to each new writer, until one has said
 * that it is kept.
 */
import * as Y from 'yjs';
import type { WrittenAct } from '#lib/facts/local-document.ts';
import type { TabMessage } from './standing.ts';
import type { Tab } from './tab.ts';
import { errorOf, timing } from './timing.ts';
import type { KeptAct } from './unsent.ts';

const TAB = Symbol('another tab');

export class ReadingTab {
	constructor(readonly tab: Tab) {}

	/** An act written here. */
	keep(act: WrittenAct): void {
		const { kept, venue } = this.tab;
		this.#tellAct(kept.acts.add(act, timing(act, venue.time)));
		this.tab.show();
	}

	hear(message: TabMessage): void {
		const { tab } = this;
		switch (message.kind) {
			case 'state':
				if (message.lineage === tab.lineage) Y.applyUpdate(tab.local.doc, message.state, TAB);
				else this.#join(message.lineage, message.state);
				return tab.follow(message.standing);
			case 'update':
				return Y.applyUpdate(tab.local.doc, message.update, TAB);
			case 'refused':
				return tab.told.refused(message.refusal);
			case 'standing':
				if (message.now !== null) tab.venue.time.heard(message.now);
				return tab.follow(message.standing);
			case 'present':
				return tab.told.presence(message.present);
			case 'kept':
				for (const act of tab.kept.acts.forget([message])) if (message.moved) tab.local.forget(act);
		}
	}

	/** Another replica is the writer's now: a copy of it, and what it was not told yet. */
	#join(lineage: string, state: Uint8Array): void {
		const { tab } = this;
		const local = tab.newLocal();
		Y.applyUpdate(local.doc, state, TAB);
		local.writeAside();
		tab.lineage = lineage;
		tab.takePlace(local);
		for (const act of tab.kept.acts.all) {
			if (!local.knows(act)) local.put(act);
			this.#tellAct(act);
		}
	}

	/** Its stamps and texts: the writer writes it under its own client id, in the order it is told. */
	#tellAct(kept: KeptAct): void {
		const { id, person, atMs, edits } = kept;
		const { lineage, venue, tell } = this.tab;
		const timed = { now: venue.time.now(), aheadMs: errorOf(kept, venue.time) };
		tell({ kind: 'act', lineage, act: { id, person, atMs, edits }, ...timed });
	}
}
