import { compareAddonVersions } from './addon-version.ts';

/** From `low` on and below `high`, each without end where it is absent. */
interface Span {
  readonly low?: string;
  readonly high?: string;
}

const TERM = /^(>=|<=|>|<|=|~|\^)?v?(\d{1,6})(?:\.(\d{1,6}|[xX*]))?(?:\.(\d{1,6}|[xX*]))?$/;

/** Whether a text names versions as npm and Helm do: `1.37.2`, `1.37.x`, `~1.37.1`, `>=4.11.0 <4.13.0`, `1.x || 3.x`. */
export const isVersionRange = (text: string): boolean => spansOf(text) !== undefined;

/** Whether a version of numbers is one of them. */
export function isInRange(version: string, range: string): boolean {
  return (spansOf(range) ?? []).some((spans) =>
    spans.every(
      ({ low, high }) =>
        (low === undefined || compareAddonVersions(version, low) >= 0) &&
        (high === undefined || compareAddonVersions(version, high) < 0),
    ),
  );
}

/** Alternatives, of each of which all spans have to hold; undefined where a part is no term. */
function spansOf(text: string): Span[][] | undefined {
  const alternatives = text.split('||').map((one) => {
    const terms = one.replaceAll(',', ' ').replace(/([<>=~^])\s+/g, '$1');
    return terms.trim().split(/\s+/).map(spanOf);
  });
  const known = alternatives.map((spans) => spans.filter((span) => span !== undefined));
  return known.every((spans, at) => spans.length === alternatives[at]?.length) ? known : undefined;
}

function spanOf(term: string): Span | undefined {
  const [matched, operator = '=', ...written] = TERM.exec(term) ?? [];
  if (matched === undefined) return undefined;
  const end = written.findIndex((part) => Number.isNaN(Number(part ?? 'x')));
  const parts = written.slice(0, end === -1 ? written.length : end).map(Number);
  const last = parts.length - 1;
  const low = parts.join('.');
  /** The first version that is no more of those that share the parts up to there. */
  const after = (index: number) => [...parts.slice(0, index), (parts[index] ?? 0) + 1].join('.');
  const firstNumber = parts.findIndex((part) => part > 0);
  switch (operator) {
    case '>=':
      return { low };
    case '>':
      return { low: after(last) };
    case '<':
      return { high: low };
    case '<=':
      return { high: after(last) };
    case '~':
      return { low, high: after(Math.min(1, last)) };
    case '^':
      return { low, high: after(firstNumber === -1 ? last : firstNumber) };
    default:
      return { low, high: after(last) };
  }
}
