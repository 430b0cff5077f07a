import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

const RUNES = 'tests/**/*.svelte.test.ts';

/** Of what is built: the same sources build to the same bytes, and other sources make a new version. */
function sourcesVersion(): string {
	const hash = createHash('sha256');
	for (const folder of ['src', 'static'])
		for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((one) => one.isFile())
			.map((one) => `${one.parentPath}/${one.name}`)
			.sort())
			hash.update(entry).update('\0').update(readFileSync(entry));
	return hash.update(readFileSync('package-lock.json')).digest('hex').slice(0, 12);
}

export default defineConfig({
	resolve: { alias: { 'lib0/logging': `${import.meta.dirname}/src/lib/sync/yjs-log.ts` } },
	plugins: [
		tailwindcss(),
		sveltekit({
			adapter: adapter({ pages: 'build', assets: 'build', strict: true }),
			output: { bundleStrategy: 'split' },
			paths: { relative: false },
			version: { name: process.env.FELT_VERSION || sourcesVersion() },
			serviceWorker: { register: false },
			// connect-src is known at run time only, so the server's header adds it; the page names its script.
			csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
		}),
	],
	test: {
		// tests of runes run Svelte's browser half in node; no DOM is pretended
		alias: [
			{ find: /^svelte$/, replacement: `${import.meta.dirname}/node_modules/svelte/src/index-client.js` },
		],
		server: { deps: { inline: ['svelte'] } },
		testTimeout: 30_000, // for what hangs; a machine that has much to do is no failure
		projects: [
			{
				extends: true,
				test: { name: 'node', include: ['tests/**/*.test.ts'], exclude: [RUNES], environment: 'node' },
			},
			{ extends: true, test: { name: 'runes', include: [RUNES], environment: './tests/browser-half.ts' } },
		],
	},
});
