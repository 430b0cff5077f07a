/** `now` as a rune: changes once a second, when `now - phase` is whole seconds, in an animation frame. */
export class Ticker {
	now = $state(0);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#frame = 0;

	/** `read` gives leaf time; `phase` the moment that is counted down to, so that the second falls when it falls there. */
	constructor(
		readonly read: () => number,
		readonly phase: () => number = () => 0,
	) {
		this.#tick();
	}

	#tick = (): void => {
		this.now = this.read();
		const past = (((this.now - this.phase()) % 1000) + 1000) % 1000;
		this.#timer = setTimeout(() => {
			this.#frame = requestAnimationFrame(this.#tick);
		}, 1001 - past);
	};

	/** Paints now: new facts came. */
	repaint(): void {
		this.stop();
		this.#tick();
	}

	stop(): void {
		clearTimeout(this.#timer);
		cancelAnimationFrame(this.#frame);
	}
}
