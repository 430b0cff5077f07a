/** The pages of a phone beside its seat. */
import { LatePages } from '#lib/screen/late-pages.svelte.ts';

export const late = new LatePages({
	clock: () => import('#lib/ui/phone/PhoneClock.svelte'),
	lists: () => import('#lib/ui/phone/PhoneLists.svelte'),
	me: () => import('#lib/ui/phone/PhoneMe.svelte'),
	ranks: () => import('./Ranks.svelte'),
});
