import type { LabelRequirement, LabelSelector } from '../selector/label-selector.ts';
import { invalidInput } from './refusal.ts';

/**
 * Kubernetes' label selector as people type it: `env=prod,team!=web,tier in (a,b),tier notin (c),owner,!legacy`. Fails with
 * `InvalidInput`.
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.length > 2_000) throw invalidInput('The selector is longer than 2000 characters.');
  return { matchLabels: {}, matchExpressions: splitTerms(text).map((term) => requirement(term, text)) };
}

/** Splits at commas that are not inside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let term = '';
  for (const letter of text) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === ',' && depth === 0) {
      terms.push(term.trim());
      term = '';
    } else term += letter;
  }
  terms.push(term.trim());
  return terms;
}

const KEY = String.raw`[^\s!=,()]{1,128}`;
const SET = new RegExp(String.raw`^(${KEY})\s+(in|notin)\s*\(([^()]*)\)$`);
const EQUALITY = new RegExp(String.raw`^(${KEY})\s*(==|=|!=)\s*([^\s!=,()]*)$`);
const EXISTENCE = new RegExp(String.raw`^(!?)\s*(${KEY})$`);

function requirement(term: string, text: string): LabelRequirement {
  const set = SET.exec(term);
  if (set !== null) {
    const [, key = '', operator = '', list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return { key, operator: operator === 'in' ? 'In' : 'NotIn', values };
  }
  const equality = EQUALITY.exec(term);
  if (equality !== null) {
    const [, key = '', operator = '', value = ''] = equality;
    return { key, operator: operator === '!=' ? 'NotIn' : 'In', values: [value] };
  }
  const existence = EXISTENCE.exec(term);
  if (existence !== null) {
    const [, not = '', key = ''] = existence;
    return { key, operator: not === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  }
  throw invalidInput(
    `"${term}" in the selector "${text}" cannot be read. Write label=value, label!=value, "label in (a,b)", "label notin (a,b)", label or !label, separated by commas.`,
  );
}
