/** The pages of the cage beside selling and chips, which go on without the leaf. */
import { LatePages } from '#lib/screen/late-pages.svelte.ts';

export const late = new LatePages({
	drawer: () => import('./DrawerPage.svelte'),
	keys: () => import('./Keys.svelte'),
	deal: () => import('./DealPage.svelte'),
	correct: () => import('./CorrectResult.svelte'),
	receipts: () => import('./Receipts.svelte'),
	report: () => import('./Report.svelte'),
	payout: () => import('./Payout.svelte'),
	room: () => import('./RoomDesk.svelte'),
	settle: () => import('./ToSettle.svelte'),
});
