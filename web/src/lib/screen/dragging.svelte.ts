/**
 * Something that is picked up with a finger or the mouse, and dropped somewhere. A short cut beside tapping: it begins
 * only once the pointer went 6 px, so that a tap stays a tap. Let go anywhere else, Escape, or a pointer that is lost:
 * nothing was moved.
 */
const FAR_PX = 6;

export type Held<Thing, Over> = { x: number; y: number; thing: Thing; over: Over | null };
type Hooks<Thing, Over> = {
	/** what a press there takes hold of */
	grip: (target: Element) => Thing | null;
	/** where it is let go; null: nowhere, or where it came from */
	over: (under: Element, thing: Thing) => Over | null;
	/** whether it may be held now */
	lift: (thing: Thing) => boolean;
	drop: (over: Over, thing: Thing) => void;
	cancel?: () => void;
};

export class Dragging<Thing, Over> {
	#held = $state.raw<Held<Thing, Over> | null>(null);
	#from: { thing: Thing; x: number; y: number; pointer: number } | null = null;
	#listening: AbortController | null = null;

	constructor(private readonly hooks: Hooks<Thing, Over>) {}

	/** Where the pointer is, with what and over what; null: nothing is held. */
	get held(): Held<Thing, Over> | null {
		return this.#held;
	}

	press(event: PointerEvent): void {
		const thing = event.target instanceof Element ? this.hooks.grip(event.target) : null;
		if (thing === null || event.button !== 0 || this.#from) return;
		this.#from = { thing, x: event.clientX, y: event.clientY, pointer: event.pointerId };
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
			if (!this.hooks.lift(from.thing)) return this.#end();
		}
		this.#held = { x, y, thing: from.thing, over: this.#over(x, y, from.thing) };
	}

	#release({ pointerId, clientX, clientY }: PointerEvent): void {
		if (pointerId !== this.#from?.pointer) return;
		const { thing } = this.#from;
		const over = this.#held && this.#over(clientX, clientY, thing);
		if (this.#held) swallowClick();
		if (over === null) return this.#end();
		this.#forget();
		this.hooks.drop(over, thing);
	}

	#over(x: number, y: number, thing: Thing): Over | null {
		const under = document.elementFromPoint(x, y);
		return under && this.hooks.over(under, thing);
	}

	#end(): void {
		const held = this.#held;
		this.#forget();
		if (held) this.hooks.cancel?.();
	}

	#forget(): void {
		this.#listening?.abort();
		this.#from = null;
		this.#held = null;
	}
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
