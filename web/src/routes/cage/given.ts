/** What somebody may hand over for a price, and what they get back. All amounts in minor units. */

const NOTES_MAX = 3;

/**
 * The likely amounts above the price, smallest first, at most `most`: handfuls of up to three notes of which none could
 * be left out. `notes` in any order.
 */
export function likelyGiven(price: number, notes: readonly number[], most = 4): number[] {
	const falling = [...notes].sort((one, other) => other - one);
	const found = new Set<number>();
	function add(sum: number, from: number, left: number) {
		for (let at = from; at < falling.length; at += 1) {
			const given = sum + falling[at]!;
			if (given > price) found.add(given);
			else if (given < price && left > 1) add(given, at, left - 1);
		}
	}
	if (price > 0) add(0, 0, NOTES_MAX);
	return [...found].sort((one, other) => one - other).slice(0, most);
}
