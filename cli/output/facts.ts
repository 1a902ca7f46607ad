import { visible } from '../../core/model/visible.ts';

/** `Name:      value` lines, values aligned, as kubectl describe prints them. Values may carry our own colour. */
export function facts(pairs: readonly (readonly [string, string | number | null | undefined])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 1;
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)}  ${value ?? '-'}`);
}

/** A heading and its lines, or nothing where there are none. */
export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${heading}:`, ...lines];
}

/** Text of others in a fact. */
export const shown = (value: string | number | null | undefined): string => visible(String(value ?? '-'));
