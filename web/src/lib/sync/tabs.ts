/**
 * Of all tabs of this device that have a document open, one is its writer: it alone holds the store and the line to
 * the servers. The others hand their acts over by BroadcastChannel. Chosen by Web Locks; where there are none
 * (plain HTTP), the others ask now and then, and who gets no answer takes over. Questions are answered out of a
 * message, as timers of a page in the background may sleep for a minute. Should two lead all the same, the store
 * lets only the last one write, and the other steps down.
 */

export type TabsOwner<Message> = {
	/** This tab is the writer from now on. */
	lead(): void;
	hear(message: Message): void;
};

const ASK_MS = 400;
const ASK_AGAIN_MS = 120;
const UNANSWERED_MAX = 4;

type Frame<Message> = 'who leads?' | 'I do' | { message: Message };

export class Tabs<Message> {
	readonly #channel: BroadcastChannel;
	readonly #owner: TabsOwner<Message>;
	#leave: () => void = () => {};
	#asking: ReturnType<typeof setTimeout> | undefined;
	#unanswered = 0;
	#closed = false;
	leading = false;

	constructor(name: string, owner: TabsOwner<Message>) {
		this.#owner = owner;
		this.#channel = new BroadcastChannel(name);
		this.#channel.onmessage = ({ data }: MessageEvent<Frame<Message>>) => this.#read(data);
		if (globalThis.navigator?.locks) this.#queue(name);
		else this.#ask();
	}

	tell(message: Message): void {
		this.#post({ message });
	}

	/** Another tab leads: be one of the others. */
	follow(): void {
		this.leading = false;
		this.#unanswered = 0;
		this.#askAfter(ASK_MS);
	}

	close(): void {
		this.#closed = true;
		clearTimeout(this.#asking);
		this.#leave();
		this.#channel.close();
	}

	#post(frame: Frame<Message>): void {
		if (!this.#closed) this.#channel.postMessage(frame);
	}

	#read(frame: Frame<Message>): void {
		if (this.#closed) return;
		if (frame === 'I do') {
			this.#unanswered = 0;
			if (!this.leading) this.#askAfter(ASK_MS);
		} else if (frame === 'who leads?') {
			if (this.leading) this.#post('I do');
		} else this.#owner.hear(frame.message);
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

	/** Without locks. */
	#ask(): void {
		if (this.#unanswered === UNANSWERED_MAX) return this.#lead();
		this.#unanswered++;
		this.#post('who leads?');
		this.#askAfter(ASK_AGAIN_MS);
	}

	/** At random paces, so that of several tabs one is first. */
	#askAfter(ms: number): void {
		clearTimeout(this.#asking);
		this.#asking = setTimeout(() => this.#ask(), ms * (0.75 + 0.5 * Math.random()));
	}

	#lead(): void {
		clearTimeout(this.#asking);
		this.leading = true;
		this.#owner.lead();
	}
}
