import type { WaveCounts } from '../../simulator/report/wave-counts.ts';
import type { Paint, Style } from '../output/paint.ts';

/** Characters of a bar. */
export const BAR = 24;

interface Part {
  readonly kind: keyof WaveCounts;
  /** Told apart without colour too. */
  readonly fill: string;
  readonly style: Style;
  readonly words: string;
}

/** In the order of a bar: what has ended, what is under way, what is to come. */
const PARTS: readonly Part[] = [
  { kind: 'upgraded', fill: '█', style: 'green', words: 'upgraded' },
  { kind: 'nodesBehind', fill: '▓', style: 'cyan', words: 'with nodes behind' },
  { kind: 'failed', fill: '×', style: 'red', words: 'failed' },
  { kind: 'blocked', fill: '!', style: 'yellow', words: 'blocked' },
  { kind: 'excluded', fill: '-', style: 'dim', words: 'excluded' },
  { kind: 'quarantined', fill: '?', style: 'yellow', words: 'set aside' },
  { kind: 'running', fill: '>', style: 'cyan', words: 'under way' },
  { kind: 'parked', fill: '=', style: 'yellow', words: 'parked' },
  { kind: 'pending', fill: '·', style: 'dim', words: 'to come' },
];

/** A bar in which each part is as long as it has clusters; none that has one is left out, and only what was upgraded looks so. */
export function waveBar(counts: WaveCounts, width: number, paint: Paint): string {
  const shown = PARTS.filter(({ kind }) => counts[kind] > 0);
  const all = shown.reduce((sum, { kind }) => sum + counts[kind], 0);
  const lengths = shown.map(({ kind }) => Math.max(1, Math.floor((counts[kind] / all) * width)));
  // What is left over, or was taken too much, is the longest part's.
  const longest = lengths.indexOf(Math.max(...lengths));
  const spare = width - lengths.reduce((sum, length) => sum + length, 0);
  return shown
    .map(({ fill, style }, index) => paint(style, fill.repeat((lengths[index] ?? 0) + (index === longest ? spare : 0))))
    .join('');
}

/** `2 of 4 upgraded, 1 failed, 1 excluded`: each member is in one of these. */
export function waveWords(counts: WaveCounts): string {
  const all = PARTS.reduce((sum, { kind }) => sum + counts[kind], 0);
  const others = PARTS.slice(1).flatMap(({ kind, words }) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${words}`]));
  return [`${counts.upgraded} of ${all} upgraded`, ...others].join(', ');
}

/** What the fills of some bars mean, each in one piece. */
export function legend(all: readonly WaveCounts[], paint: Paint): string {
  const shown = PARTS.filter(({ kind }) => all.some((counts) => counts[kind] > 0));
  return shown.map(({ fill, style, words }) => paint(style, `${fill} ${words}`.replaceAll(' ', '\u00a0'))).join('  ');
}
