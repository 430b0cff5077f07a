/**
 * Reading edits: an index name → live stamps, fed by changes; nothing iterates the map.
 *
 * An edit is *live* while no present edit of the same name names it in `replaces`. The order in which edits come
 * does not matter: the same set of edits always reads the same.
 * Twin of `crdt_models/facts.py`; both read `tests/vectors/facts.json`.
 */
import { BLANK, compareStamps, type Edit, type Json } from './edits.ts';

/** What rules may ask of a document. */
export interface FactReader {
	/** The value that counts for now; null where there is none or it was set to null. */
	get(name: string): Json;
	/** All facts `prefix` + id that count and are not null, by id, sorted. */
	group(prefix: string): ReadonlyMap<string, Json>;
	/** Stamp of the edit that counts; "" where there is none. */
	stamp(name: string): string;
	/** Names with more than one live edit that do not mean the same → how many meanings. */
	rivals(prefix?: string): ReadonlyMap<string, number>;
}

/** How rivals of one fact are read. */
export type Reading = {
	policy: 'latest' | 'earliest';
	conflict: boolean;
	same(one: Json, other: Json): boolean;
	/** A value that was written in a former shape, in today's. */
	current(value: Json): Json;
};

const NOTHING: ReadonlyMap<string, Json> = new Map();

/** The facts of one replica, told of each edit that comes and goes. */
export class Index implements FactReader {
	/** All present edits by stamp, replaced ones too. */
	readonly edits = new Map<string, Edit>();
	#kind: (name: string) => Reading | undefined;
	#live = new Map<string, Set<string>>();
	/** name + "\n" + stamp → present edits of that name that name it */
	#named = new Map<string, number>();
	/** "seat/" → names with a live edit */
	#groups = new Map<string, Set<string>>();
	#counting = new Map<string, string>();
	#pictures = new Map<string, ReadonlyMap<string, Json>>();

	constructor(kind: (name: string) => Reading | undefined) {
		this.#kind = kind;
	}

	/** A new present edit; one that is here already changes nothing. */
	add(stamp: string, edit: Edit): void {
		if (this.edits.has(stamp)) return;
		this.edits.set(stamp, edit);
		if (edit.name === BLANK) return;
		for (const named of edit.replaces) {
			const key = `${edit.name}\n${named}`;
			this.#named.set(key, (this.#named.get(key) ?? 0) + 1);
			if (this.edits.get(named)?.name === edit.name) this.#bury(edit.name, named);
		}
		if (!this.#named.has(`${edit.name}\n${stamp}`)) this.#raise(edit.name, stamp);
	}

	/** The edit is no longer present; what it alone replaced is live again. Answers what it was. */
	remove(stamp: string): Edit | undefined {
		const edit = this.edits.get(stamp);
		this.edits.delete(stamp);
		if (!edit || edit.name === BLANK) return edit;
		this.#bury(edit.name, stamp);
		for (const named of edit.replaces) {
			const key = `${edit.name}\n${named}`;
			const left = this.#named.get(key)! - 1;
			if (left) this.#named.set(key, left);
			else {
				this.#named.delete(key);
				if (this.edits.get(named)?.name === edit.name) this.#raise(edit.name, named);
			}
		}
		return edit;
	}

	get(name: string): Json {
		const stamp = this.stamp(name);
		if (!stamp) return null;
		const { value } = this.edits.get(stamp)!;
		return this.#kind(name)?.current(value) ?? value;
	}

	group(prefix: string): ReadonlyMap<string, Json> {
		const found = this.#pictures.get(prefix);
		if (found) return found;
		const names = this.#groups.get(prefix);
		if (!names) return NOTHING;
		const picture = new Map<string, Json>();
		for (const name of [...names].sort()) {
			const value = this.get(name);
			if (value !== null) picture.set(name.slice(prefix.length), value);
		}
		this.#pictures.set(prefix, picture);
		return picture;
	}

	stamp(name: string): string {
		const found = this.#counting.get(name);
		if (found !== undefined) return found;
		const live = this.live(name);
		if (!live.length) return '';
		const counts = this.pick(name, live);
		this.#counting.set(name, counts);
		return counts;
	}

	/** Which of these edits of a fact (in order, at least one) counts, were they the live ones. */
	pick(name: string, stamps: readonly string[]): string {
		return this.#kind(name)?.policy === 'earliest' ? stamps[0]! : stamps.at(-1)!;
	}

	rivals(prefix = ''): ReadonlyMap<string, number> {
		const found = new Map<string, number>();
		for (const name of [...this.#live.keys()].sort()) {
			if (!name.startsWith(prefix)) continue;
			const meanings = this.meanings(name);
			if (meanings > 1) found.set(name, meanings);
		}
		return found;
	}

	/**
	 * How many different things the live edits of a fact (or those `among` them) say; at most 1 where rivals are no
	 * conflict.
	 */
	meanings(name: string, among?: readonly string[]): number {
		const live = this.#live.get(name);
		const count = among?.length ?? live?.size ?? 0;
		if (count < 2) return count;
		const kind = this.#kind(name);
		if (!kind?.conflict) return 1;
		const different: Json[] = [];
		for (const stamp of among ?? this.live(name)) {
			const value = kind.current(this.edits.get(stamp)!.value);
			if (!different.some((other) => kind.same(value, other))) different.push(value);
		}
		return different.length;
	}

	/** Stamps of the live edits of a fact in their order: what a new edit of it takes the place of. */
	live(name: string): string[] {
		return [...(this.#live.get(name) ?? [])].sort(compareStamps);
	}

	/** The stamps of all live edits, of all facts. */
	*allLive(): Iterable<string> {
		for (const stamps of this.#live.values()) yield* stamps;
	}

	#raise(name: string, stamp: string): void {
		add(this.#live, name, stamp);
		const slash = name.indexOf('/');
		if (slash >= 0) add(this.#groups, name.slice(0, slash + 1), name);
		this.#changed(name);
	}

	#bury(name: string, stamp: string): void {
		const live = this.#live.get(name);
		if (!live?.delete(stamp)) return;
		if (!live.size) {
			this.#live.delete(name);
			const slash = name.indexOf('/');
			if (slash >= 0) this.#groups.get(name.slice(0, slash + 1))?.delete(name);
		}
		this.#changed(name);
	}

	#changed(name: string): void {
		this.#counting.delete(name);
		this.#pictures.delete(name.slice(0, name.indexOf('/') + 1));
	}
}

function add(sets: Map<string, Set<string>>, key: string, member: string): void {
	const set = sets.get(key);
	if (set) set.add(member);
	else sets.set(key, new Set([member]));
}
