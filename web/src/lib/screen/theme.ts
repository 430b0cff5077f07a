/** Dark, light, or as the device: chosen once per browser. Screens on a wall are dark. */
export type Theme = 'dark' | 'light' | 'device';

const KEY = 'felt.theme';

export function themeOf(): Theme {
	const kept = localStorage.getItem(KEY);
	return kept === 'light' || kept === 'device' ? kept : 'dark';
}

export function keepTheme(theme: Theme): void {
	localStorage.setItem(KEY, theme);
	applyTheme();
}

export function applyTheme(): void {
	const theme = location.pathname.startsWith('/display') ? 'dark' : themeOf();
	const light =
		theme === 'light' || (theme === 'device' && matchMedia('(prefers-color-scheme: light)').matches);
	document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
}
