import { SEVERITIES } from '../../contracts/scan-words.ts';
import { matchesGlob } from '../../selector/glob.ts';
import { apiVersionText } from '../observe/api-version.ts';
import type { Coverage, Finding } from './report-schema.ts';

/** What `--only` compares, and with which words of a finding: one of them has to match. */
const WORDS = new Map<string, (finding: Finding) => readonly (string | null)[]>(
  Object.entries({
    severity: ({ severity }) => [severity],
    rule: ({ rule, reason }) => [rule, reason],
    api: ({ apiVersion, kind }) => [
      apiVersion,
      kind,
      apiVersionText({ group: apiVersion ?? '', version: kind ?? '' }),
      `${apiVersion} ${kind}`,
    ],
    owner: ({ owner }) => [owner],
    namespace: ({ namespace }) => [namespace],
  }),
);

/** One word and the patterns of which one has to match. */
export interface OnlyTerm {
  readonly word: string;
  readonly patterns: readonly string[];
}

/** `severity=error,warning` `owner=team-*`: terms of one word add to each other, those of several words must all hold. `errors` are sentences. */
export function parseOnly(texts: readonly string[]): { readonly only: readonly OnlyTerm[]; readonly errors: string[] } {
  const errors: string[] = [];
  const patterns = new Map<string, string[]>();
  for (const text of texts) {
    const [word = '', ...rest] = text.split('=');
    const wanted = rest
      .join('=')
      .split(',')
      .map((pattern) => pattern.trim());
    if (!WORDS.has(word) || wanted.includes(''))
      errors.push(`--only ${text} says nothing: write WORD=VALUE, where WORD is ${[...WORDS.keys()].join(', ')}.`);
    const unknown = wanted.find((value) => !SEVERITIES.some((severity) => severity === value));
    if (word === 'severity' && unknown !== undefined && unknown !== '')
      errors.push(`--only ${text}: there is no severity ${unknown}, only ${SEVERITIES.join(', ')}.`);
    patterns.set(word, [...(patterns.get(word) ?? []), ...wanted]);
  }
  return { only: [...patterns].map(([word, all]) => ({ word, patterns: all })), errors };
}

export const isMeant = (finding: Finding, only: readonly OnlyTerm[]): boolean =>
  only.every(({ word, patterns }) =>
    (WORDS.get(word)?.(finding) ?? []).some(
      (value) => value !== null && patterns.some((pattern) => matchesGlob(pattern, value)),
    ),
  );

/** `12 findings other than severity=error`: what a report says of those that it leaves out; nothing where it leaves out none. */
export function leftOutBy(only: readonly OnlyTerm[], count: number): Coverage[] {
  if (count === 0) return [];
  const terms = only.map(({ word, patterns }) => `${word}=${patterns.join(',')}`).join(' ');
  const what = `${count} ${count === 1 ? 'finding' : 'findings'} other than ${terms}`;
  const detail = 'They were found, and --only leaves them out: they count for nothing.';
  return [{ what, source: null, status: 'skipped', detail, count: 0 }];
}
