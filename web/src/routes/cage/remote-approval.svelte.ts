/**
 * A second person asked for on another tablet: the till asks with the command as it will be sent, and waits. Their
 * yes is good for that command alone, for a minute; a leaf that was started anew knows of none, and is asked again.
 */

import type { MoneyCommand } from '#lib/money/command.ts';
import { type Api, Problem, Unreachable } from '#lib/venue/api.ts';

export type RemoteState = 'idle' | 'waiting' | 'approved' | 'refused' | 'over' | 'trouble';

const AGAIN_MS = 1_000;
const GOOD_MS = 60_000;
const PATH = '/api/v1/approvals';

export class RemoteApproval {
	state = $state<RemoteState>('idle');
	/** code of what went wrong, for `trouble` */
	code = $state('');
	#ends = 0;
	#left = $state(0);
	#turn = 0;

	constructor(private readonly api: Pick<Api, 'get' | 'post'>) {}

	get secondsLeft(): number {
		return Math.ceil(this.#left / 1_000);
	}

	/** Asks, and answers who approved and under which name; null: nobody did, or it was called off. */
	async ask(command: MoneyCommand): Promise<{ person: string; approval: string } | null> {
		this.#turn += 1;
		const turn = this.#turn;
		const { second: _, ...content } = command;
		this.state = 'waiting';
		this.#ends = performance.now() + GOOD_MS;
		this.#left = GOOD_MS;
		try {
			const { id } = await this.api.post<{ id: string }>(PATH, content);
			while (turn === this.#turn) {
				const found = await this.#look(id);
				if (turn !== this.#turn) break;
				if (found) return found;
				if (this.state !== 'waiting') return null;
				await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
			}
		} catch (error) {
			if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
			if (turn === this.#turn) this.#fail(error);
		}
		return null;
	}

	cancel(): void {
		this.#turn += 1;
		this.state = 'idle';
	}

	async #look(id: string): Promise<{ person: string; approval: string } | null> {
		this.#left = Math.max(0, this.#ends - performance.now());
		try {
			type Told = { state: 'asked' | 'approved' | 'refused'; by: string };
			const { state, by } = await this.api.get<Told>(`${PATH}/${id}`);
			if (state === 'asked') return null;
			this.state = state;
			return state === 'approved' ? { person: by, approval: id } : null;
		} catch (error) {
			// no answer may be the next one; a question that is over, or a leaf started anew, is not
			if (error instanceof Problem) this.state = 'over';
			else if (!(error instanceof Unreachable)) throw error;
			else if (!this.#left) this.state = 'over';
			return null;
		}
	}

	#fail(error: Problem | Unreachable): void {
		this.state = 'trouble';
		this.code = error instanceof Problem ? error.code : 'unreachable';
	}
}
