/**
 * Receipts on paper. The leaf prints and remembers; a print is asked for under a name of its own, so that a lost
 * answer, a second tap or a second tab prints nothing twice. What nobody knows about waits for a person to look.
 */

import { newId } from '#lib/facts/ids.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';

export type PrintJob = {
	device: string;
	key: string;
	seq: number;
	copy: boolean;
	state: 'printing' | 'printed' | 'failed' | 'unsure';
	/** code of what was wrong */
	why: string;
};
/** What a page shows of the print of one receipt. */
export type Print =
	| { state: 'printing' | 'printed'; copy: boolean }
	| { state: 'failed'; code: string }
	| { state: 'unsure'; job: Pick<PrintJob, 'device' | 'key'> };

const AGAIN_MS = 1_000;
const LOOK_MS = 15_000;

export class Printing {
	#printers = $state.raw<readonly string[]>([]);
	#unsure = $state.raw<readonly PrintJob[]>([]);
	#prints = $state.raw<ReadonlyMap<number, Print>>(new Map());
	#timer: ReturnType<typeof setInterval>;
	#closed = false;

	constructor(private readonly api: Api) {
		void this.look();
		this.#timer = setInterval(() => void this.look(), LOOK_MS);
	}

	close(): void {
		this.#closed = true;
		clearInterval(this.#timer);
	}

	get hasPrinter(): boolean {
		return this.#printers.length > 0;
	}

	/** Prints somebody has to look at, of all tills, oldest first. */
	get unsure(): readonly PrintJob[] {
		return this.#unsure;
	}

	/** What became of the last print of a receipt here; null: none was asked for. */
	of(seq: number): Print | null {
		return this.#prints.get(seq) ?? null;
	}

	/** The receipt of a booking, by the booking's own key: however often this is asked, it prints once. */
	async booked(seq: number, bookingKey: string): Promise<void> {
		if (this.hasPrinter && !this.of(seq)) await this.#print(seq, `booked:${bookingKey}`);
	}

	/** One more: the original where nothing is on paper yet, else a copy. */
	async again(seq: number): Promise<void> {
		if (this.of(seq)?.state !== 'printing') await this.#print(seq, newId());
	}

	async settle(job: Pick<PrintJob, 'device' | 'key' | 'seq'>, onPaper: boolean): Promise<void> {
		const { device, key, seq } = job;
		try {
			const told = await this.api.post<PrintJob>('/api/v1/print-jobs/outcome', {
				device,
				key,
				on_paper: onPaper,
			});
			this.#show(seq, told);
		} catch (error) {
			if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
		}
		await this.look();
	}

	async look(): Promise<void> {
		try {
			this.#printers = (
				await this.api.get<{ printers: { name: string }[] }>('/api/v1/printers')
			).printers.map(({ name }) => name);
			this.#unsure = (await this.api.get<{ jobs: PrintJob[] }>('/api/v1/print-jobs')).jobs;
		} catch (error) {
			// what was known stands; the line has its own banner
			if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
		}
	}

	async #print(seq: number, key: string): Promise<void> {
		this.#put(seq, { state: 'printing', copy: false });
		for (let first = true; !this.#closed; first = false) {
			const job = await this.#asked(seq, key, first);
			if (job && job.state !== 'printing') return this.#show(seq, job);
			if (this.of(seq)?.state !== 'printing') return;
			await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
		}
	}

	/** Null: no answer, or a no that was shown. */
	async #asked(seq: number, key: string, first: boolean): Promise<PrintJob | null> {
		try {
			if (!first) return await this.api.get<PrintJob>(`/api/v1/print-jobs/${key}`);
			return await this.api.post<PrintJob>('/api/v1/print-jobs', { seq }, { 'Idempotency-Key': key });
		} catch (error) {
			if (error instanceof Unreachable) this.#put(seq, { state: 'failed', code: 'unreachable' });
			else if (error instanceof Problem) this.#no(seq, error);
			else throw error;
			return null;
		}
	}

	#no(seq: number, { code, details }: Problem): void {
		const { job } = details as { job?: Pick<PrintJob, 'device' | 'key'> };
		this.#put(seq, code === 'print_unsure' && job ? { state: 'unsure', job } : { state: 'failed', code });
	}

	#show(seq: number, { device, key, state, why, copy }: PrintJob): void {
		if (state === 'failed') this.#put(seq, { state, code: why });
		else if (state === 'unsure') this.#put(seq, { state, job: { device, key } });
		else this.#put(seq, { state, copy });
		if (state === 'unsure') void this.look();
	}

	#put(seq: number, print: Print): void {
		this.#prints = new Map(this.#prints).set(seq, print);
	}
}
