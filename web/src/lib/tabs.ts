/**
 * Of all tabs of this device that have a document open, one is its writer: it alone holds the store and the line to
 * the servers. The others hand their acts over by BroadcastChannel. Chosen by Web Locks; where there are none
 * (plain HTTP), by a beat: who hears none for a while takes over, the smaller id first.
 */
import { newNonce } from './ids.ts';

export type TabsOwner<Message> = {
	/** This tab is the writer from now on. */
	lead(): void;
	hear(message: Message): void;
};

const BEAT_MS = 400;
const SILENCE_MS = 1_500;

type Frame<Message> = { beat: string } | { message: Message };

export class Tabs<Message> {
	readonly #channel: BroadcastChannel;
	readonly #owner: TabsOwner<Message>;
	readonly #id = newNonce(12);
	#leave: () => void = () => {};
	#beats: ReturnType<typeof setInterval> | undefined;
	#heardMs = performance.now();
	#closed = false;
	leading = false;

	constructor(name: string, owner: TabsOwner<Message>) {
		this.#owner = owner;
		this.#channel = new BroadcastChannel(name);
		this.#channel.onmessage = ({ data }: MessageEvent<Frame<Message>>) => {
			if ('beat' in data) this.#beat(data.beat);
			else owner.hear(data.message);
		};
		if (globalThis.navigator?.locks) this.#queue(name);
		else this.#listen();
	}

	tell(message: Message): void {
		if (!this.#closed) this.#channel.postMessage({ message } satisfies Frame<Message>);
	}

	close(): void {
		this.#closed = true;
		clearInterval(this.#beats);
		this.#leave();
		this.#channel.close();
	}

	#queue(name: string): void {
		const closed = new AbortController();
		const held = new Promise<void>((release) => {
			this.#leave = () => {
				closed.abort();
				release();
			};
		});
		navigator.locks
			.request(name, { signal: closed.signal }, () => {
				this.#lead();
				return held;
			})
			.catch((error: DOMException) => {
				if (error.name !== 'AbortError') throw error;
			});
	}

	/** Without locks: the writer beats; who hears nothing for a while becomes the writer. */
	#listen(): void {
		const patience = SILENCE_MS * (0.6 + 0.4 * Math.random());
		this.#beats = setInterval(() => {
			if (this.leading) this.#channel.postMessage({ beat: this.#id } satisfies Frame<Message>);
			else if (performance.now() - this.#heardMs > patience) this.#lead();
		}, BEAT_MS);
	}

	/** Two writers can only be without locks, for a beat: the greater id reloads into a reader. */
	#beat(id: string): void {
		this.#heardMs = performance.now();
		if (this.leading && id < this.#id) location.reload();
	}

	#lead(): void {
		this.leading = true;
		this.#owner.lead();
	}
}
