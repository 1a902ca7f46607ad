import { compareAddonVersions } from './addon-version.ts';

const TERM = /^(>=|<=|>|<|=|~|\^)?v?(\d{1,6}(?:\.\d{1,6}){0,2})(?:\.[xX*]){0,2}$/;

/** Whether a text is a range of versions as in npm and Helm: `1.37.2`, `1.37.x`, `~1.37.1`, `>=4.11.0 <4.13.0`, `1.x || 3.x`. */
export const isVersionRange = (text: string): boolean =>
  alternativesOf(text).every((all) => all.every((one) => TERM.test(one)));

/** Whether a numeric version lies in the range. */
export const isInRange = (version: string, range: string): boolean =>
  isVersionRange(range) && alternativesOf(range).some((terms) => terms.every((term) => meets(version, term)));

/** The terms of each alternative, which have to hold together. */
function alternativesOf(text: string): string[][] {
  const spaced = text.replaceAll(',', ' ').replace(/([<>=~^])\s+/g, '$1');
  return spaced.split('||').map((one) => one.trim().split(/\s+/));
}

function meets(version: string, term: string): boolean {
  const [, operator = '=', low = ''] = TERM.exec(term) ?? [];
  const parts = low.split('.').map(Number);
  const last = parts.length - 1;
  const first = parts.findIndex((part) => part > 0);
  const reaches = compareAddonVersions(version, low) >= 0;
  /** Whether it is after all versions with the same numbers up to there. */
  const isPast = (at: number) =>
    compareAddonVersions(version, [...parts.slice(0, at), (parts[at] ?? 0) + 1].join('.')) >= 0;
  if (operator === '>=' || operator === '<') return reaches === (operator === '>=');
  if (operator === '>' || operator === '<=') return isPast(last) === (operator === '>');
  const kept = { '~': Math.min(1, last), '^': first === -1 ? last : first }[operator] ?? last;
  return reaches && !isPast(kept);
}
