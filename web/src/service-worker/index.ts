/**
 * One script for all apps, registered once per app (`?app=floor`, scope `/floor`): keeps that app's pages and files
 * of this build (`/apps.json`), so that it opens without any server.
 *
 * Documents and money never pass here: `/api`, `/events` and `/sync` go to the network. This version's cache answers
 * first; the version before it is kept for hashed files only, which a page that is still open may ask for.
 */
import { version } from '$app/env';
import { self as worker } from '$app/service-worker';

const app = new URL(worker.location.href).searchParams.get('app') ?? '';
const PREFIX = `felt ${app} `;
const CACHE = PREFIX + version;

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
	if (/^\/(api|events|sync|health|metrics)(\/|$)/.test(url.pathname)) return;
	if (url.pathname === '/_app/version.json' || url.pathname === '/apps.json') return;
	event.respondWith(request.mode === 'navigate' ? page(url, request) : file(url, request));
});

async function install(): Promise<void> {
	const response = await fetch('/apps.json', { cache: 'no-cache' });
	const { apps } = (await response.json()) as { apps: Record<string, { pages: string[]; files: string[] }> };
	const { pages, files } = apps[app]!;
	const cache = await caches.open(CACHE);
	await cache.addAll([...pages, ...files].map((path) => new Request(path, { cache: 'no-cache' })));
	await worker.skipWaiting();
}

async function activate(): Promise<void> {
	const own = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
	// Cache names keep the order they were made in: the last of the others is the version before this one.
	await Promise.all(own.slice(0, -1).map((name) => caches.delete(name)));
	await worker.clients.claim();
}

async function page(url: URL, request: Request): Promise<Response> {
	const cache = await caches.open(CACHE);
	const path = url.pathname.replace(/\/$/, '');
	return (await cache.match(path)) ?? (await cache.match(`/${app}`)) ?? fetch(request);
}

async function file(url: URL, request: Request): Promise<Response> {
	const mine = await (await caches.open(CACHE)).match(url.pathname);
	if (mine) return mine;
	const older = url.pathname.startsWith('/_app/immutable/') ? await caches.match(request) : undefined;
	return older ?? fetch(request);
}
