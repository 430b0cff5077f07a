import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

// The version comes from outside, so that the same sources build to the same bytes.
const version = process.env.FELT_VERSION ?? '0.0.0';

export default defineConfig({
	plugins: [
		tailwindcss(),
		sveltekit({
			adapter: adapter({ pages: 'build', assets: 'build', strict: true }),
			output: { bundleStrategy: 'split' },
			paths: { relative: false },
			version: { name: version },
			serviceWorker: { register: false },
			// connect-src is known at run time only, so the server's header adds it; the page names its script.
			csp: { mode: 'hash', directives: { 'script-src': ['self'] } },
		}),
	],
	test: {
		include: ['tests/**/*.test.ts'],
		environment: 'node',
	},
});
