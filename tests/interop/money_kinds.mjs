// Of the kinds given as JSON: which can be voided at a till, by whom, and which no search by family finds.
import { FAMILIES, voidOf } from '../../web/src/lib/money/money-kinds.ts';

const kinds = JSON.parse(process.argv[2]);
const found = new Set(FAMILIES.flatMap((family) => family.kinds));
process.stdout.write(
	JSON.stringify({
		voids: Object.fromEntries(kinds.map((kind) => [kind, voidOf(kind)?.manager ?? null])),
		unknown: [...found].filter((kind) => !kinds.includes(kind)),
	}),
);
