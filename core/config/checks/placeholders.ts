import { type FoundValue, valuesAt } from '../../model/values-at.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Report } from './check.ts';

const IN_BRACES = /\{\s*([\w.-]+)\s*\}/g;

/** Fields in which people may expect a placeholder, each with the placeholders that are filled in there. */
const PLACES: readonly (readonly [place: string, ...known: readonly string[]])[] = [
  ['spec.smoke.rates.metrics[].dimensions.*', 'cluster'],
  ['spec.smoke.rates.metrics[].namespace'],
  ['spec.smoke.rates.metrics[].requests'],
  ['spec.smoke.rates.metrics[].errors'],
  ['spec.smoke.rates.metrics[].latency'],
  ['spec.smoke.rates.queries[].url', 'cluster'],
  ['spec.smoke.urls[]', 'cluster'],
  ['spec.scan.urls[]', 'cluster'],
  ['spec.waves[].gates[].webhook'],
  ['spec.hooks[].ask.webhook'],
  ['spec.components[].hook.webhook'],
  ['spec.scan.alarms[]', 'cluster'],
  ['spec.silences[].alarms.*', 'cluster'],
  ['spec.nodes.images[].tags.*', 'version'],
];
const QUERIES = ['requests', 'errors', 'seconds'].map((name) => `spec.smoke.rates.queries[].${name}`);

/**
 * Reports braces that are no placeholder of their field: they would be taken literally, and nobody would see why nothing has that name. The schema
 * must not do this, because it also reads policies that were applied earlier.
 */
export function checkPlaceholders(document: unknown, report: Report): void {
  const check = ({ path, value }: FoundValue, known: readonly string[]): void => {
    const problem = typeof value === 'string' ? problemOf(value, known) : undefined;
    if (problem !== undefined) report('error', path, problem);
  };
  for (const [place, ...known] of PLACES) for (const found of valuesAt(document, place)) check(found, known);
  // In a regular expression of PromQL a number in braces is a repetition.
  for (const { path, value } of QUERIES.flatMap((place) => valuesAt(document, place)))
    check({ path, value: typeof value === 'string' ? value.replace(/\{\d+\}/g, '') : value }, ['cluster']);
}

function problemOf(text: string, known: readonly string[]): string | undefined {
  const unknown = [...text.matchAll(IN_BRACES)].find(([written]) => !known.some((one) => written === `{${one}}`));
  if (unknown === undefined) return undefined;
  const [written, name = ''] = unknown;
  if (known.length === 0)
    return `${written} stands for nothing there: no placeholder is filled in. Write out what is meant.`;
  const meant = didYouMean(name, known);
  const hint = meant === undefined ? '' : ` Did you mean {${meant}}?`;
  return `${written} stands for nothing there. Placeholders: ${known.map((one) => `{${one}}`).join(', ')}.${hint}`;
}
