/** Notes and coins people count, dearest first, in minor units. */
const FACES: Record<string, readonly number[]> = {
	EUR: [50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
	DKK: [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50],
	GBP: [5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1],
	USD: [10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1],
	CHF: [100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5],
	SEK: [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100],
	NOK: [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 100],
};

/** the smallest note of each */
const NOTES_FROM: Record<string, number> = {
	EUR: 500,
	DKK: 5_000,
	GBP: 500,
	USD: 100,
	CHF: 1_000,
	SEK: 2_000,
	NOK: 5_000,
};

export function facesOf(currency: string): readonly number[] {
	return FACES[currency] ?? FACES.EUR!;
}

export function notesOf(currency: string): readonly number[] {
	const from = NOTES_FROM[currency] ?? NOTES_FROM.EUR!;
	return facesOf(currency).filter((face) => face >= from);
}
