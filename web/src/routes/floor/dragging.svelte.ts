/**
 * A chair that is picked up with a finger or the mouse, and dropped on another chair (`data-seat`) or on a table
 * (`data-table`). A short cut beside tapping: it begins only once the pointer went 6 px, so that a tap stays a tap.
 * Let go anywhere else, Escape, or a pointer that is lost: nothing was moved.
 */
const FAR_PX = 6;

export type Over = { seat: number | null; table: string | null };
export type Held = { x: number; y: number; over: Over | null };
type Hooks = { lift: (seat: number) => boolean; drop: (over: Over) => void; cancel: () => void };

export class Dragging {
	#held = $state.raw<Held | null>(null);
	#from: { seat: number; x: number; y: number; pointer: number } | null = null;
	#listening: AbortController | null = null;

	constructor(private readonly hooks: Hooks) {}

	/** Where the pointer is, and over what; null: nobody is held. */
	get held(): Held | null {
		return this.#held;
	}

	press(event: PointerEvent): void {
		const chair = chairAt(event.target);
		if (!chair || event.button !== 0 || this.#from) return;
		this.#from = { seat: chair, x: event.clientX, y: event.clientY, pointer: event.pointerId };
		this.#listening = new AbortController();
		const { signal } = this.#listening;
		addEventListener('pointermove', (moved) => this.#move(moved), { signal });
		addEventListener('pointerup', (up) => this.#release(up), { signal });
		addEventListener('pointercancel', () => this.#end(), { signal });
		addEventListener('blur', () => this.#end(), { signal });
		addEventListener('keydown', ({ key }) => key === 'Escape' && this.#end(), { signal });
	}

	#move({ pointerId, clientX: x, clientY: y }: PointerEvent): void {
		const from = this.#from;
		if (!from || pointerId !== from.pointer) return;
		if (!this.#held) {
			if (Math.hypot(x - from.x, y - from.y) < FAR_PX) return;
			if (!this.hooks.lift(from.seat)) return this.#end();
		}
		this.#held = { x, y, over: overAt(x, y) };
	}

	#release({ pointerId, clientX, clientY }: PointerEvent): void {
		if (pointerId !== this.#from?.pointer) return;
		const held = this.#held;
		const over = held && overAt(clientX, clientY);
		const home = over?.seat === this.#from.seat;
		if (held) swallowClick();
		if (!over || home) return this.#end();
		this.#forget();
		this.hooks.drop(over);
	}

	#end(): void {
		const held = this.#held;
		this.#forget();
		if (held) this.hooks.cancel();
	}

	#forget(): void {
		this.#listening?.abort();
		this.#from = null;
		this.#held = null;
	}
}

function chairAt(target: EventTarget | null): number | null {
	const chair = target instanceof Element ? target.closest<HTMLElement>('[data-seat]') : null;
	return chair ? Number(chair.dataset['seat']) : null;
}

function overAt(x: number, y: number): Over | null {
	const under = document.elementFromPoint(x, y);
	const table = under?.closest<HTMLElement>('[data-table]')?.dataset['table'] ?? null;
	const seat = chairAt(under);
	return table || seat ? { seat, table } : null;
}

/** Letting go is no tap on what was under the finger; the next press is one again. */
function swallowClick(): void {
	const done = new AbortController();
	const { signal } = done;
	const swallow = (click: Event) => {
		click.stopPropagation();
		click.preventDefault();
		done.abort();
	};
	addEventListener('click', swallow, { capture: true, signal });
	addEventListener('pointerdown', () => done.abort(), { capture: true, signal });
}
