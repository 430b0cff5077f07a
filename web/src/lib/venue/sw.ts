/** Registers this app's service worker, and takes a new version when nothing is open that a reload would lose. */
import type { App } from './identity.ts';

const LOOK_MS = 10 * 60_000;

/** Does nothing where the browser has no workers (plain HTTP on the LAN). Call once a page. */
export function registerWorker(app: App): void {
	const workers = navigator.serviceWorker;
	if (!workers) return;
	let controlled = workers.controller !== null;
	workers.addEventListener('controllerchange', () => {
		if (controlled) reloadWhenQuiet();
		controlled = true;
	});
	workers
		.register(`/service-worker.js?app=${app}`, { scope: `/${app}`, type: 'module', updateViaCache: 'none' })
		.then((registration: ServiceWorkerRegistration | undefined) => {
			if (!registration) return; // a browser that was told to block workers
			setInterval(() => void look(registration), LOOK_MS);
			addEventListener('online', () => void look(registration));
		}, reportError);
}

/** Without a server there is no newer version either. */
async function look(registration: ServiceWorkerRegistration): Promise<void> {
	await registration.update().catch((error: unknown) => {
		if (!(error instanceof TypeError)) throw error;
	});
}

function reloadWhenQuiet(): void {
	const open = document.querySelector('[role=dialog], [role=alertdialog], dialog[open]');
	const typing = document.activeElement instanceof HTMLInputElement && document.activeElement.value !== '';
	if (open || typing) setTimeout(reloadWhenQuiet, 2_000);
	else location.reload();
}
