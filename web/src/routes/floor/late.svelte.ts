/** The pages of the floor beside its tables. */
import { LatePages } from '#lib/screen/late-pages.svelte.ts';

export const late = new LatePages({
	breaches: async () => ({ default: (await import('#lib/twins/breaches.ts')).breaches }),
	bell: () => import('./Bell.svelte'),
	bustSeveral: () => import('./BustSeveral.svelte'),
	commandBar: () => import('./CommandBar.svelte'),
	clock: () => import('./ClockPage.svelte'),
	count: () => import('./CountPage.svelte'),
	days: () => import('./DaysPage.svelte'),
	dealer: () => import('./DealerPage.svelte'),
	displays: () => import('./DisplaysPage.svelte'),
	heldSeats: () => import('./HeldSeats.svelte'),
	here: () => import('./HereSheet.svelte'),
	history: () => import('./HistoryPage.svelte'),
	keys: () => import('./Keys.svelte'),
	knocker: () => import('./KnockerSheet.svelte'),
	lists: () => import('./ListsPage.svelte'),
	needs: () => import('./Needs.svelte'),
	payouts: () => import('./PayoutsPage.svelte'),
	penalty: () => import('./Penalty.svelte'),
	outOtherwise: () => import('./OutOtherwise.svelte'),
	rankings: () => import('./RankingsPage.svelte'),
	sameHand: () => import('./SameHand.svelte'),
	sell: () => import('./SellSheet.svelte'),
	seatChange: () => import('./SeatChange.svelte'),
	select: () => import('./SelectBar.svelte'),
	settle: () => import('./SettlePage.svelte'),
	undo: () => import('./UndoSheet.svelte'),
	unsent: () => import('#lib/ui/staff/Unsent.svelte'),
	zone: () => import('./ZoneSheet.svelte'),
});

export function loadPages(): Promise<void> {
	return late.load();
}
