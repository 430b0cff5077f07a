/** Two tones for a new level, made here; quiet unless somebody touched this screen, as browsers want it. */
let context: AudioContext | null = null;

/** Call from a tap: turns sound on, or off again. Answers whether it is on now. */
export function toggleSound(): boolean {
	if (context) {
		void context.close();
		context = null;
	} else {
		context = new AudioContext();
		gong();
	}
	return context !== null;
}

export function gong(): void {
	if (!context) return;
	tone(context, 659.25, 0);
	tone(context, 523.25, 0.45);
}

function tone(audio: AudioContext, hertz: number, after: number): void {
	const start = audio.currentTime + after;
	const pitch = audio.createOscillator();
	const volume = audio.createGain();
	pitch.frequency.value = hertz;
	volume.gain.setValueAtTime(0, start);
	volume.gain.linearRampToValueAtTime(0.5, start + 0.03);
	volume.gain.exponentialRampToValueAtTime(0.001, start + 1.6);
	pitch.connect(volume).connect(audio.destination);
	pitch.start(start);
	pitch.stop(start + 1.7);
}
