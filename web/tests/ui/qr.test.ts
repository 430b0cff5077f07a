/**
 * `qr.vectors.json` was made by segno 1.6 (error M, byte mode, mask 0), one text that fills each version: another
 * encoder, the same modules. (Of texts that leave room, segno pads with one more byte of zeros than the standard asks.)
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { qrCode } from '#lib/screen/qr.ts';

type Vector = { text: string; version: number; rows: string[] };
const vectors = JSON.parse(readFileSync(new URL('qr.vectors.json', import.meta.url), 'utf8')) as Vector[];

test.each(vectors)('version $version: $text', ({ text, rows }) => {
	expect(qrCode(text).map((row) => row.map(Number).join(''))).toEqual(rows);
});

test('a text that is too long is refused', () => {
	expect(() => qrCode('x'.repeat(181))).toThrow(RangeError);
});
