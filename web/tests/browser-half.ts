/** Node as it is, but modules compiled and chosen as for a browser, so that runes work. */
import type { Environment } from 'vitest/runtime';

export default {
	name: 'browser-half',
	viteEnvironment: 'client',
	setup: () => ({ teardown: () => {} }),
} satisfies Environment;
