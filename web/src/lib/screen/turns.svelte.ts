/** Waiting for runes: resolves true as soon as `read` is, false after `withinMs`. */
export function whenTrue(read: () => boolean, withinMs: number): Promise<boolean> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => finish(false), withinMs);
		const end = $effect.root(() => {
			$effect(() => {
				if (read()) finish(true);
			});
		});
		function finish(answer: boolean) {
			clearTimeout(timer);
			resolve(answer);
			queueMicrotask(() => end());
		}
	});
}
