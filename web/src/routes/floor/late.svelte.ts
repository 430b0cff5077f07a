/**
 * Pages of the floor beside its tables: they come right after the first paint, so that the tables are there sooner
 * and a tablet that loses its line has the others already.
 */
const LOADS = {
	clock: () => import('./ClockPage.svelte'),
	count: () => import('./CountPage.svelte'),
	dealer: () => import('./DealerPage.svelte'),
	displays: () => import('./DisplaysPage.svelte'),
	history: () => import('./HistoryPage.svelte'),
	knocker: () => import('./KnockerSheet.svelte'),
	lists: () => import('./ListsPage.svelte'),
	rankings: () => import('./RankingsPage.svelte'),
	sameHand: () => import('./SameHand.svelte'),
	sell: () => import('./SellSheet.svelte'),
	settle: () => import('./SettlePage.svelte'),
};

type Name = keyof typeof LOADS;
type Pages = { [K in Name]: Awaited<ReturnType<(typeof LOADS)[K]>>['default'] };

let pages = $state.raw<Partial<Pages>>({});
let missing = $state.raw<ReadonlySet<string>>(new Set());

export const late = {
	/** The pages that are here. */
	get pages(): Readonly<Partial<Pages>> {
		return pages;
	},
	/** Whether a page did not come: the leaf was away. */
	isMissing(name: string): boolean {
		return missing.has(name);
	},
};

/** Loads what is not here yet; what fails is tried again at the next call. */
export async function loadPages(): Promise<void> {
	const wanted = (Object.keys(LOADS) as Name[]).filter((name) => !pages[name]);
	await Promise.all(wanted.map(loadPage));
}

async function loadPage(name: Name): Promise<void> {
	try {
		const { default: page } = await LOADS[name]();
		pages = { ...pages, [name]: page };
		missing = new Set([...missing].filter((one) => one !== name));
	} catch (error) {
		if (!(error instanceof TypeError)) throw error; // the line is cut
		missing = new Set([...missing, name]);
	}
}
