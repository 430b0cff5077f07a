/** What a screen sounds, made here; quiet unless the browser lets it, which some do only after a touch. */
import type { Cue } from '#lib/tournament/cues.ts';

/** Tones by name: hertz, and after how many seconds. */
const TONES: Record<Cue, readonly (readonly [hertz: number, after: number])[]> = {
	level: [
		[659.25, 0],
		[523.25, 0.45],
	],
	five: [
		[698.46, 0],
		[698.46, 0.4],
	],
	minute: [[880, 0]],
	seconds: [[1046.5, 0]],
	registration: [
		[587.33, 0],
		[440, 0.3],
		[587.33, 0.6],
	],
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
const TONE_S = 1.6;
const TICK_S = 0.15;

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
	play(name: Cue, volume: number): void {
		if (!this.allowed || volume <= 0) return;
		const long = name === 'seconds' ? TICK_S : TONE_S;
		for (const [hertz, after] of TONES[name]) this.#tone(hertz, after, long, (LOUDEST * volume) / 100);
	}

	close(): void {
		void this.#audio?.close();
		this.#audio = null;
	}

	#tone(hertz: number, after: number, long: number, loud: number): void {
		const audio = this.#audio!;
		const start = audio.currentTime + after;
		const pitch = audio.createOscillator();
		const volume = audio.createGain();
		pitch.frequency.value = hertz;
		volume.gain.setValueAtTime(0, start);
		volume.gain.linearRampToValueAtTime(loud, start + 0.03);
		volume.gain.exponentialRampToValueAtTime(0.001, start + long);
		pitch.connect(volume).connect(audio.destination);
		pitch.start(start);
		pitch.stop(start + long + 0.1);
	}
}
