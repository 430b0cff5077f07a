/**
 * One document on this device: in memory, in the store, between tabs, and in sync. No runes, no words for people.
 * Of all tabs one writes (`WritingTab`), the others read (`ReadingTab`); which this one is may change.
 */
import type { Act, Change, LocalDocument } from '#lib/facts/local-document.ts';
import { ReadingTab } from './reading-tab.ts';
import type { KeeperTold, KeeperVenue, Standing, TabMessage, Where } from './standing.ts';
import { Tab } from './tab.ts';
import { Tabs, type TabsOwner } from './tabs.ts';
import { WritingTab } from './writing-tab.ts';

export class Keeper implements TabsOwner<TabMessage> {
	readonly #tab: Tab;
	readonly #tabs: Tabs<TabMessage>;
	readonly #reading: ReadingTab;
	#writing: WritingTab | null = null;

	constructor(
		readonly document: string,
		readonly venue: KeeperVenue,
		told: KeeperTold,
	) {
		this.#tab = new Tab(document, venue, told, (message) => this.#tabs.tell(message));
		this.#reading = new ReadingTab(this.#tab);
		this.#tabs = new Tabs(`${venue.store.db.name} ${venue.id} ${venue.device} ${document}`, this);
		this.#tabs.tell({ kind: 'join' });
	}

	get local(): LocalDocument {
		return this.#tab.local;
	}

	get standing(): Standing {
		return this.#tab.standing;
	}

	/** Client ids this device wrote under. */
	get own(): ReadonlySet<number> {
		return this.#tab.kept.own;
	}

	/** The address this tab talks to now. */
	get address(): string | null {
		return this.#writing?.address ?? null;
	}

	/** The writer, once it has the store. */
	get #writer(): WritingTab | null {
		return this.#tab.kept.open ? this.#writing : null;
	}

	/** One act by a person; in memory at once, in the store when `unsent` says so without a fault. `id`: of the act. */
	write(changes: readonly Change[], person: string, id?: string): Act {
		const { loaded, fault } = this.standing;
		if (!loaded || fault) throw new Error(`${this.document} can't be written now`);
		const act = this.local.write(changes, person, id);
		(this.#writer ?? this.#reading).keep(act);
		return act;
	}

	/** Where this tab's person is, for colleagues; null: nowhere. Never stored; of several tabs the last counts. */
	present(where: Where | null): void {
		this.#tab.where = where;
		if (this.#writing) this.#writing.present();
		else this.#tabs.tell({ kind: 'where', where });
	}

	tryNow(): void {
		this.#writing?.tryNow();
	}

	close(): void {
		this.#tab.close();
		this.#writing?.stop();
		this.#tabs.close();
	}

	lead(): void {
		this.#writing = new WritingTab(this.#tab, () => this.#stepDown());
		void this.#writing.start();
	}

	hear(message: TabMessage): void {
		if (this.#writer) this.#writer.hear(message);
		else if (!this.#writing) this.#reading.hear(message);
	}

	/** Another tab owns the store: what is unsent here is told to it as soon as it says what it has. */
	#stepDown(): void {
		this.#writing?.stop();
		this.#writing = null;
		this.#tab.kept.release();
		this.#tab.lineage = '';
		this.#tabs.follow();
		this.#tabs.tell({ kind: 'join' });
	}
}
