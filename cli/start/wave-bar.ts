import type { WaveCounts } from '../../simulator/report/wave-counts.ts';
import type { Paint, Style } from '../command/io.ts';

/** Width of a bar in characters. */
export const BAR = 24;

interface Part {
  readonly kind: keyof WaveCounts;
  /** Differs between kinds, so that they can be told apart without colour. */
  readonly fill: string;
  readonly style: Style;
  /** Colour on a page. */
  readonly colour: string;
  readonly words: string;
}

/** In the order of a bar: ended parts, parts in progress, parts to come. */
const PARTS: readonly Part[] = [
  { kind: 'upgraded', fill: '█', style: 'green', colour: '#1a7f37', words: 'upgraded' },
  { kind: 'notWhole', fill: '▓', style: 'cyan', colour: '#0969da', words: 'not whole' },
  { kind: 'failed', fill: '×', style: 'red', colour: '#cf222e', words: 'failed' },
  { kind: 'blocked', fill: '!', style: 'yellow', colour: '#bf8700', words: 'blocked' },
  { kind: 'excluded', fill: '-', style: 'dim', colour: '#6e7781', words: 'excluded' },
  { kind: 'quarantined', fill: '?', style: 'yellow', colour: '#8250df', words: 'set aside' },
  { kind: 'running', fill: '>', style: 'cyan', colour: '#54aeff', words: 'under way' },
  { kind: 'parked', fill: '=', style: 'yellow', colour: '#d4a72c', words: 'parked' },
  { kind: 'pending', fill: '·', style: 'dim', colour: '#d0d7de', words: 'to come' },
];

/**
 * A bar whose parts are proportional to their numbers of clusters. A part with a cluster is never left out, and only upgraded clusters use that fill.
 */
export function waveBar(counts: WaveCounts, width: number, paint: Paint): string {
  const shown = PARTS.filter(({ kind }) => counts[kind] > 0);
  const all = shown.reduce((sum, { kind }) => sum + counts[kind], 0);
  const lengths = shown.map(({ kind }) => Math.max(1, Math.floor((counts[kind] / all) * width)));
  // The longest part takes the rounding error.
  const longest = lengths.indexOf(Math.max(...lengths));
  const spare = width - lengths.reduce((sum, length) => sum + length, 0);
  return shown
    .map(({ fill, style }, index) => paint(style, fill.repeat((lengths[index] ?? 0) + (index === longest ? spare : 0))))
    .join('');
}

/** `2 of 4 upgraded, 1 failed, 1 excluded`: each member counts in one of these. */
export function waveWords(counts: WaveCounts): string {
  const all = PARTS.reduce((sum, { kind }) => sum + counts[kind], 0);
  const others = PARTS.slice(1).flatMap(({ kind, words }) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${words}`]));
  return [`${counts.upgraded} of ${all} upgraded`, ...others].join(', ');
}

/** The same on a page. */
export function waveBarSvg(counts: WaveCounts): string {
  const shown = PARTS.filter(({ kind }) => counts[kind] > 0);
  const all = shown.reduce((sum, { kind }) => sum + counts[kind], 0);
  let x = 0;
  const parts = shown.map(({ kind, colour, words }) => {
    const width = (counts[kind] / all) * SVG_WIDTH;
    const from = x;
    x += width;
    return `<rect x="${from.toFixed(1)}" width="${width.toFixed(1)}" height="12" fill="${colour}" stroke="#fff"><title>${counts[kind]} ${words}</title></rect>`;
  });
  return `<svg class="bar" width="${SVG_WIDTH}" height="12" role="img" aria-label="${waveWords(counts)}">${parts.join('')}</svg>`;
}

const SVG_WIDTH = 240;

/** Explains the fills of some bars, with each entry on one line. */
export function legend(all: readonly WaveCounts[], paint: Paint): string {
  const shown = PARTS.filter(({ kind }) => all.some((counts) => counts[kind] > 0));
  return shown.map(({ fill, style, words }) => paint(style, `${fill} ${words}`.replaceAll(' ', '\u00a0'))).join('  ');
}
