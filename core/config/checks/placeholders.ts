import { didYouMean } from '../did-you-mean.ts';
import type { DocumentPath } from '../issue.ts';
import { fieldOf, listOf, type Report } from './check.ts';

const IN_BRACES = /\{\s*([\w.-]+)\s*\}/g;

/**
 * What stands in braces and is no placeholder there would be taken as it is written, and nobody would see why nothing has that name. No matter of the
 * schema, by which policies are read that were applied before.
 */
export function checkPlaceholders(document: unknown, report: Report): void {
  const spec = (...path: readonly (string | number)[]) => fieldOf(document, 'spec', ...path);
  const check = (text: unknown, path: DocumentPath, known: readonly string[] = []): void => {
    const problem = typeof text === 'string' ? problemOf(text, known) : undefined;
    if (problem !== undefined) report('error', ['spec', ...path], problem);
  };
  const checkEach = (all: unknown, path: DocumentPath, known?: readonly string[]): void => {
    for (const [key, text] of Object.entries(all ?? {}))
      check(text, [...path, Array.isArray(all) ? Number(key) : key], known);
  };
  for (const [index, metric] of listOf(spec('smoke', 'rates', 'metrics')).entries()) {
    const place = ['smoke', 'rates', 'metrics', index];
    checkEach(fieldOf(metric, 'dimensions'), [...place, 'dimensions'], ['cluster']);
    for (const name of ['namespace', 'requests', 'errors', 'latency']) check(fieldOf(metric, name), [...place, name]);
  }
  for (const [index, query] of listOf(spec('smoke', 'rates', 'queries')).entries()) {
    const place = ['smoke', 'rates', 'queries', index];
    check(fieldOf(query, 'url'), [...place, 'url']);
    for (const name of ['requests', 'errors', 'seconds']) {
      const text = fieldOf(query, name);
      // In a regular expression of PromQL a number in braces says how often.
      check(typeof text === 'string' ? text.replace(/\{\d+\}/g, '') : text, [...place, name], ['cluster']);
    }
  }
  for (const [index, silence] of listOf(spec('silences')).entries())
    checkEach(fieldOf(silence, 'alarms'), ['silences', index, 'alarms'], ['cluster']);
  for (const [index, image] of listOf(spec('nodes', 'images')).entries())
    checkEach(fieldOf(image, 'tags'), ['nodes', 'images', index, 'tags'], ['version']);
  for (const [of, list] of [
    ['smoke', 'urls'],
    ['scan', 'urls'],
  ] as const)
    checkEach(listOf(spec(of, list)), [of, list]);
  checkEach(listOf(spec('scan', 'alarms')), ['scan', 'alarms'], ['cluster']);
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
