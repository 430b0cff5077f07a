/**
 * To be called before what was tapped goes from the page. A browser that loses an element with the focus in it styles
 * and lays out everything there and then, what comes and what goes alike; so the focus, which is lost anyway, goes first.
 */
export function letGo(within: string): void {
	const at = document.activeElement;
	if (at instanceof HTMLElement && at.closest(within)) at.blur();
}
