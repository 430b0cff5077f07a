/** Seat slips on paper: one for each player who moves, printed by the browser of this tablet. */
import type { Chair } from '#lib/twins/seating/chart.ts';
import type { FloorDesk } from './desk.svelte.ts';
import type { EventDesk } from './event.svelte.ts';

export type Slip = { player: string; to: Chair; draw: string | null; from?: Chair };

/** Prints from a frame of its own, so that the page under it stays as it is. */
export function printSlips(desk: FloorDesk, event: EventDesk, slips: readonly Slip[]): void {
	const frame = document.createElement('iframe');
	frame.hidden = true;
	frame.title = 'Seat slips';
	document.body.append(frame);
	const paper = frame.contentDocument!;
	const style = paper.createElement('style');
	style.textContent =
		'body{font-family:sans-serif;margin:0}article{break-after:page;padding:4mm}h1{font-size:28pt;margin:2mm 0}' +
		'p{margin:1mm 0;font-size:11pt;overflow-wrap:anywhere}';
	paper.head.append(style);
	for (const slip of slips) paper.body.append(articleOf(paper, desk, event, slip));
	frame.contentWindow!.addEventListener('afterprint', () => frame.remove());
	frame.contentWindow!.print();
}

function articleOf(paper: Document, desk: FloorDesk, event: EventDesk, slip: Slip): HTMLElement {
	const article = paper.createElement('article');
	const line = (kind: 'h1' | 'p', text: string) => {
		const element = paper.createElement(kind);
		element.textContent = text;
		article.append(element);
	};
	line('p', event.setup?.name ?? '');
	line('h1', `Table ${desk.table(slip.to.table).replace(/^T/, '')} · Seat ${slip.to.seat}`);
	line('p', desk.name(slip.player));
	if (slip.from) line('p', `from ${desk.seat(slip.from.table, slip.from.seat)}`);
	const series = slip.draw ? event.replica.fact(`series/${slip.draw.split('.')[0]!}`) : null;
	if (series) line('p', `Draw ${slip.draw}. Promise: ${series.commitment}`);
	else line('p', 'Drawn without the leaf: this draw can’t be checked.');
	return article;
}
