/** Whether this tablet sounds what the clock announces: off until somebody wants it, and then kept. */
import { Speaker } from '#lib/screen/speaker.ts';
import { keepNote, noteOf } from '#lib/venue/identity.ts';

const NOTE = 'bell';
const VOLUME = 50;

class Bell {
	on = $state(noteOf<boolean>('floor', NOTE) ?? false);
	readonly speaker = new Speaker();

	/** From a touch, as browsers want it. */
	turn(on: boolean): void {
		this.on = on;
		keepNote('floor', NOTE, on);
		if (on) void this.speaker.allow().then(() => this.speaker.play('minute', VOLUME));
	}

	/** A browser that was opened anew lets a page sound after the first touch. */
	touched(): void {
		if (this.on && !this.speaker.allowed) void this.speaker.allow();
	}

	ring(cue: Parameters<Speaker['play']>[0]): void {
		if (this.on) this.speaker.play(cue, VOLUME);
	}
}

export const bell = new Bell();
