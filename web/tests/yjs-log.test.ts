import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test, vi } from 'vitest';
import * as log from '#lib/sync/yjs-log.ts';

const yjs = createRequire(import.meta.url)
	.resolve('yjs')
	.replace('yjs.cjs', 'yjs.mjs');

test('it has all that yjs and its protocols ask of a log, and leaves out colours', () => {
	const asked = [...readFileSync(yjs, 'utf8').matchAll(/\blogging\.(\w+)/g)].map(([, name]) => name!);
	expect(new Set(asked)).toEqual(new Set(Object.keys(log)));
	const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
	log.warn(log.BOLD, '[yjs] ', log.UNBOLD, 'Invalid access');
	expect(warned).toHaveBeenCalledWith('[yjs] ', 'Invalid access');
	warned.mockRestore();
});
