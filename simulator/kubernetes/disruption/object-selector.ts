import { list, record, texts } from '../resources/stored-object.ts';

export type MatchesLabels = (labels: Readonly<Record<string, string>>) => boolean;

/** The error for an invalid selector of an object. */
export class InvalidSelector extends Error {}

const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualifiedName = new RegExp(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?${name}$`);

/**
 * A `LabelSelector` of an object: `matchLabels` and `matchExpressions` must all match. Without a selector nothing matches, with an empty one
 * everything does.
 * @throws InvalidSelector for an invalid key or an unknown operator.
 */
export function objectSelector(selector: unknown): MatchesLabels {
  if (selector === undefined || selector === null) return () => false;
  const { matchLabels, matchExpressions } = record(selector);
  const tests = [
    ...Object.entries(record(matchLabels)).map(([key, value]) => expression({ key, operator: 'In', values: [value] })),
    ...list(matchExpressions).map((each) => expression(record(each))),
  ];
  return (labels) => tests.every((test) => test(labels));
}

function expression({ key, operator, values }: Readonly<Record<string, unknown>>): MatchesLabels {
  const label = String(key);
  if (!qualifiedName.test(label))
    throw new InvalidSelector(
      `key: Invalid value: "${label}": a qualified name must consist of alphanumeric characters`,
    );
  const wanted = texts(values);
  const isIn: MatchesLabels = ({ [label]: value }) => value !== undefined && wanted.includes(value);
  if (operator === 'In') return isIn;
  if (operator === 'NotIn') return (labels) => !isIn(labels);
  if (operator === 'Exists') return (labels) => labels[label] !== undefined;
  if (operator === 'DoesNotExist') return (labels) => labels[label] === undefined;
  throw new InvalidSelector(`"${String(operator)}" is not a valid label selector operator`);
}
