/**
 * A document as runes: one per fact, one per group, one per cell of a grouping, so that a player's move paints two
 * tables and not forty. Components read here and write through verbs; only verbs call `act`.
 */
import { type Json, parseStamp } from '#lib/facts/edits.ts';
import type { FactsByKind, Kind } from '#lib/facts/facts.gen.ts';
import type { FactReader } from '#lib/facts/facts.ts';
import type { Act, Change } from '#lib/facts/local-document.ts';
import type { Told } from '#lib/facts/take-back.ts';
import { Keeper } from './keeper.ts';
import type { KeeperVenue, Presence, Standing, Where } from './standing.ts';
import type { KeptRefusal } from './store.ts';

/** `floor`, or `tournament/<id>` */
export type DocumentName<K extends Kind> = K | `${K}/${string}`;

/** The shape of the fact `N` in documents of kind `K`. */
export type FactOf<K extends Kind, N extends string> = FactsByKind[K] extends infer Facts
	? N extends keyof Facts
		? Facts[N]
		: never
	: never;

/** An act as it was done here: what it said, and the first stamp of the act it takes back, if it does. */
export type DoneAct = {
	readonly document: string;
	readonly act: Act;
	readonly told: readonly Told[];
	readonly takesBack: string | null;
};

/** One of several live edits of a fact. */
export type Answer = {
	stamp: string;
	value: Json;
	person: string;
	device: string;
	ms: number;
	counts: boolean;
};

class Cell<T> {
	value = $state.raw<T>() as T;
	constructor(value: T) {
		this.value = value;
	}
}

/**
 * A cell made where nobody watches: Svelte does not follow state that a derived makes itself, and most facts are
 * first asked for inside one.
 */
function unowned<T>(value: T): Cell<T> {
	let cell: Cell<T> | undefined;
	const end = $effect.root(() => {
		cell = new Cell(value);
	});
	end();
	return cell!;
}

type Members = ReadonlyMap<string, Json>;
const NOBODY: Members = new Map();

/** Facts of a prefix by a field of theirs: seats by table. */
class Cells {
	readonly cells = new Map<string, Cell<Members>>();
	readonly at = new Map<string, string>();
	constructor(
		readonly prefix: string,
		readonly by: (value: never) => string,
	) {}

	cell(key: string): Cell<Members> {
		let cell = this.cells.get(key);
		if (!cell) {
			cell = unowned(NOBODY);
			this.cells.set(key, cell);
		}
		return cell;
	}
}

export class Replica<K extends Kind> {
	readonly keeper: Keeper;
	#standing = $state.raw() as Standing;
	#present = $state.raw<readonly Presence[]>([]);
	#facts = new Map<string, Cell<Json>>();
	#groups = new Map<string, Cell<Members>>();
	#cells: Cells[] = [];
	#rivals = new Cell<ReadonlyMap<string, number>>(new Map());

	constructor(
		readonly document: DocumentName<K>,
		venue: KeeperVenue,
		readonly person: () => string,
		readonly told: {
			standing(): void;
			refused(refusal: KeptRefusal): void;
			did?(act: DoneAct): void;
			moved?(stamps: ReadonlyMap<string, string>): void;
		},
	) {
		this.keeper = new Keeper(document, venue, {
			changed: (names) => this.#changed(names),
			standing: (standing) => {
				this.#standing = standing;
				told.standing();
			},
			refused: told.refused,
			moved: told.moved,
			presence: (others) => {
				this.#present = others.filter(isPresence);
			},
		});
		this.#standing = this.keeper.standing;
	}

	/** There is a picture of this document on this device. */
	get loaded(): boolean {
		return this.#standing.loaded;
	}

	/** In sync with a server now. */
	get live(): boolean {
		return this.#standing.status.kind === 'synced';
	}

	get standing(): Standing {
		return this.#standing;
	}

	/** The facts as they are now, without runes: for twins and verbs. */
	get reader(): FactReader {
		return this.keeper.local.index;
	}

	/** The value that counts for now; null where there is none. */
	fact<N extends string>(name: N): FactOf<K, N> | null {
		let cell = this.#facts.get(name);
		if (!cell) {
			cell = unowned(this.reader.get(name));
			this.#facts.set(name, cell);
		}
		return cell.value as FactOf<K, N> | null;
	}

	/** All facts of a prefix (`seat/`) by id; a new map at each change of any of them. */
	group<P extends string>(prefix: P): ReadonlyMap<string, FactOf<K, `${P}x`>> {
		let cell = this.#groups.get(prefix);
		if (!cell) {
			cell = unowned(this.reader.group(prefix));
			this.#groups.set(prefix, cell);
		}
		return cell.value as ReadonlyMap<string, never>;
	}

	/** Facts of a prefix grouped by a field: only the cells a change touches are told of it. Make it once a page. */
	cells<T>(prefix: string, by: (value: T) => string): (key: string) => ReadonlyMap<string, T> {
		const cells = new Cells(prefix, by as (value: never) => string);
		this.#cells.push(cells);
		this.#place(cells, this.reader.group(prefix).keys());
		return (key) => cells.cell(key).value as ReadonlyMap<string, never>;
	}

	/** Facts with more than one live meaning. */
	get rivals(): ReadonlyMap<string, number> {
		return this.#rivals.value;
	}

	/** The live edits of a fact, in the order of their stamps. */
	answers(name: string): Answer[] {
		this.fact(name);
		const { index } = this.keeper.local;
		const counts = index.stamp(name);
		return index.live(name).map((stamp) => {
			const { value, person } = index.edits.get(stamp)!;
			const { ms, replica } = parseStamp(stamp)!;
			return { stamp, value, person, device: replica.split('-')[0]!, ms, counts: stamp === counts };
		});
	}

	/** Whether an act may be written now. */
	get writable(): boolean {
		const { loaded, fault, status } = this.#standing;
		return loaded && !fault && status.kind !== 'ended';
	}

	/** Colleagues who are in this document now. */
	get present(): readonly Presence[] {
		return this.#present;
	}

	/** Says where this tablet's person is. */
	here(where: Where | null): void {
		this.keeper.present(where);
	}

	/** Leaf time now. */
	now(): number {
		return this.keeper.venue.time.now();
	}

	/** One act of this tablet's person; verbs only. `id`: of the act. */
	act(changes: readonly Change[], id?: string): Act {
		return this.keeper.write(changes, this.person(), id);
	}

	/** An act was done here and may be taken back: kept for its person. */
	did(act: DoneAct): void {
		this.told.did?.(act);
	}

	close(): void {
		this.keeper.close();
	}

	#changed(names: ReadonlySet<string>): void {
		const { reader } = this;
		const prefixes = new Set<string>();
		for (const name of names) {
			const cell = this.#facts.get(name);
			if (cell) cell.value = reader.get(name);
			prefixes.add(name.slice(0, name.indexOf('/') + 1));
		}
		for (const prefix of prefixes) {
			const cell = this.#groups.get(prefix);
			if (cell) cell.value = reader.group(prefix);
		}
		for (const cells of this.#cells) {
			const own = [...names].filter((name) => name.startsWith(cells.prefix));
			if (own.length)
				this.#place(
					cells,
					own.map((name) => name.slice(cells.prefix.length)),
				);
		}
		this.#updateRivals(names);
	}

	#place(cells: Cells, ids: Iterable<string>): void {
		const touched = new Map<Cell<Members>, Map<string, Json>>();
		const open = (key: string) => {
			const cell = cells.cell(key);
			let copy = touched.get(cell);
			if (!copy) {
				copy = new Map(cell.value);
				touched.set(cell, copy);
			}
			return copy;
		};
		for (const id of ids) {
			const value = this.reader.get(cells.prefix + id);
			const was = cells.at.get(id);
			const is = value === null ? undefined : cells.by(value as never);
			if (was !== undefined && was !== is) open(was).delete(id);
			if (is === undefined) cells.at.delete(id);
			else {
				open(is).set(id, value);
				cells.at.set(id, is);
			}
		}
		for (const [cell, members] of touched) cell.value = members;
	}

	#updateRivals(names: ReadonlySet<string>): void {
		const { index } = this.keeper.local;
		let rivals: Map<string, number> | null = null;
		for (const name of names) {
			const meanings = index.meanings(name);
			if ((this.#rivals.value.get(name) ?? 1) === Math.max(1, meanings)) continue;
			rivals ??= new Map(this.#rivals.value);
			if (meanings > 1) rivals.set(name, meanings);
			else rivals.delete(name);
		}
		if (rivals) this.#rivals.value = rivals;
	}
}

/** Other clients may put anything there, but for person and device, which the server writes. */
function isPresence(where: Presence | null): where is Presence {
	const { place, table, player, person, device } = where ?? {};
	const texts = [place, person, device].every((text) => typeof text === 'string');
	return texts && [table, player].every((id) => id === null || typeof id === 'string');
}
