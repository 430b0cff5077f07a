/**
 * Pages of an app beside its first one: they come right after the first paint, so that the first is there sooner and
 * a tablet that loses its line has the others already.
 */
type Loads = Record<string, () => Promise<{ default: unknown }>>;
type Pages<L extends Loads> = { [K in keyof L]: Awaited<ReturnType<L[K]>>['default'] };

export class LatePages<L extends Loads> {
	#pages = $state.raw<Partial<Pages<L>>>({});
	#missing = $state.raw<ReadonlySet<string>>(new Set());

	constructor(private readonly loads: L) {}

	/** The pages that are here. */
	get pages(): Readonly<Partial<Pages<L>>> {
		return this.#pages;
	}

	/** Whether a page did not come: the leaf was away. */
	isMissing(name: string): boolean {
		return this.#missing.has(name);
	}

	/** Loads what is not here yet; what fails is tried again at the next call. */
	async load(): Promise<void> {
		const wanted = Object.keys(this.loads).filter((name) => !this.#pages[name]);
		await Promise.all(wanted.map((name) => this.#load(name)));
	}

	async #load(name: keyof L & string): Promise<void> {
		try {
			const { default: page } = await this.loads[name]!();
			this.#pages = { ...this.#pages, [name]: page };
			this.#missing = new Set([...this.#missing].filter((one) => one !== name));
		} catch (error) {
			if (!(error instanceof TypeError)) throw error; // the line is cut
			this.#missing = new Set([...this.#missing, name]);
		}
	}
}
