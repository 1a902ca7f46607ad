import type { LabelRequirement, LabelSelector } from '../selector/label-selector.ts';
import { invalidInput } from './refusal.ts';

/**
 * Kubernetes' label selector as people type it: `env=prod,team!=web,tier in (a,b),tier notin (c),owner,!legacy`. Fails with
 * `InvalidInput`.
 */
export function parseLabelSelector(text: string): LabelSelector {
  if (text.length > 2_000) throw invalidInput('The selector is longer than 2000 characters.');
  return { matchLabels: {}, matchExpressions: text.split(BETWEEN_TERMS).map((term) => requirement(term.trim(), text)) };
}

/** A comma that is not inside parentheses. */
const BETWEEN_TERMS = /(?<!\([^)]*),/;
const KEY = String.raw`[^\s!=,()]{1,128}`;
const SET = new RegExp(String.raw`^(${KEY})\s+(in|notin)\s*\(([^()]*)\)$`);
/** Labels come from tags, whose values may have blanks. */
const EQUALITY = new RegExp(String.raw`^(${KEY})\s*(==|=|!=)\s*([^!=,()]*)$`);
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
