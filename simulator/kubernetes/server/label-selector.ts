import type { KubernetesObject } from '../objects/object-metadata.ts';
import { badRequest } from './refusals.ts';

export type Matches = (object: KubernetesObject) => boolean;

const key = '[A-Za-z0-9]([\\w./-]*[A-Za-z0-9])?';
const value = '([A-Za-z0-9]([\\w.-]*[A-Za-z0-9])?)?';
const forms = {
  exists: new RegExp(`^(?<not>!)?\\s*(?<key>${key})$`),
  equals: new RegExp(`^(?<key>${key})\\s*(?<operator>==?|!=)\\s*(?<value>${value})$`),
  in: new RegExp(`^(?<key>${key})\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`),
};

/**
 * `app=api,tier!=web,zone in (a, b),!legacy`: all terms must match. As upstream, `!=` and `notin` match objects without the label.
 * @throws StatusError 400 for an invalid text.
 */
export function labelSelector(text: string | null): Matches {
  const requirements = split(text ?? '').map(requirement);
  return ({ metadata: { labels = {} } }) => requirements.every((holds) => holds(labels));
}

type Labels = Readonly<Record<string, string>>;

function requirement(text: string): (labels: Labels) => boolean {
  const exists = forms.exists.exec(text)?.groups;
  if (exists !== undefined) return (labels) => has(labels, exists.key) === (exists.not === undefined);
  const equals = forms.equals.exec(text)?.groups;
  if (equals !== undefined)
    return (labels) => isOneOf(labels, equals.key, [equals.value]) === (equals.operator !== '!=');
  const set = forms.in.exec(text)?.groups;
  if (set === undefined) throw badRequest(`unable to parse requirement: ${text}`);
  const values = (set.values ?? '').split(',').map((each) => each.trim());
  return (labels) => isOneOf(labels, set.key, values) === (set.operator === 'in');
}

const has = (labels: Labels, name = ''): boolean => Object.hasOwn(labels, name);

const isOneOf = (labels: Labels, name: string | undefined, values: readonly (string | undefined)[]): boolean =>
  has(labels, name) && values.includes(labels[name ?? '']);

/** Splits at commas outside of parentheses. */
function split(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
