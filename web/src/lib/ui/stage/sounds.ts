/** What a screen sounds, made here; quiet unless the browser lets it, which some do only after a touch. */
import type { ClockFace } from '#lib/ui/clock-face.ts';

export type SoundName = 'level' | 'minute' | 'break' | 'back' | 'pause' | 'resume';

/** Tones by name: hertz, and after how many seconds. */
const TONES: Record<SoundName, readonly (readonly [hertz: number, after: number])[]> = {
	level: [
		[659.25, 0],
		[523.25, 0.45],
	],
	minute: [[880, 0]],
	break: [
		[659.25, 0],
		[523.25, 0.3],
		[392, 0.6],
	],
	back: [
		[392, 0],
		[523.25, 0.3],
		[659.25, 0.6],
	],
	pause: [
		[440, 0],
		[330, 0.25],
	],
	resume: [
		[330, 0],
		[440, 0.25],
	],
};
const LOUDEST = 0.6;

type Faced = Pick<ClockFace, 'mode' | 'title'>;

/** What is heard when a clock that showed `before` shows `after`; null: nothing. */
export function soundOf(before: Faced | null, after: Faced): SoundName | null {
	if (!before || before.mode === 'ended') return null;
	const stood = before.mode === 'paused' || before.mode === 'hands';
	const stands = after.mode === 'paused' || after.mode === 'hands';
	if (stands) return stood ? null : 'pause';
	if (after.mode === 'ended' || after.mode === 'pending') return null;
	if (after.mode === 'break') return before.mode === 'break' ? null : stood ? 'resume' : 'break';
	if (before.title !== after.title) return before.title === 'Break' ? 'back' : 'level';
	if (stood) return 'resume';
	if (before.mode === 'pending') return 'level';
	return after.mode === 'last' && before.mode !== 'last' ? 'minute' : null;
}

export class Speaker {
	#audio: AudioContext | null = null;

	/** Asks the browser, best from a touch; answers whether it lets this screen sound. */
	async allow(): Promise<boolean> {
		this.#audio ??= new AudioContext();
		// a browser that wants a touch first leaves this waiting: what it is now counts
		const asked = this.#audio.resume().catch(() => undefined);
		await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300))]);
		return this.allowed;
	}

	get allowed(): boolean {
		return this.#audio?.state === 'running';
	}

	/** `volume` in per cent. */
	play(name: SoundName, volume: number): void {
		if (!this.allowed || volume <= 0) return;
		for (const [hertz, after] of TONES[name]) this.#tone(hertz, after, (LOUDEST * volume) / 100);
	}

	close(): void {
		void this.#audio?.close();
		this.#audio = null;
	}

	#tone(hertz: number, after: number, loud: number): void {
		const audio = this.#audio!;
		const start = audio.currentTime + after;
		const pitch = audio.createOscillator();
		const volume = audio.createGain();
		pitch.frequency.value = hertz;
		volume.gain.setValueAtTime(0, start);
		volume.gain.linearRampToValueAtTime(loud, start + 0.03);
		volume.gain.exponentialRampToValueAtTime(0.001, start + 1.6);
		pitch.connect(volume).connect(audio.destination);
		pitch.start(start);
		pitch.stop(start + 1.7);
	}
}
