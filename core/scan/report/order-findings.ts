import { CONFIDENCES, SEVERITIES } from '../../contracts/scan-words.ts';
import type { Finding } from './report-schema.ts';

type Order<Item> = (a: Item, b: Item) => number;

/** Compares by code unit, so that the order is the same on every machine; null comes last. */
export function compareTexts(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a === b ? 0 : a < b ? -1 : 1;
}

const rank =
  <Word>(words: readonly Word[], of: (finding: Finding) => Word): Order<Finding> =>
  (a, b) =>
    words.indexOf(of(a)) - words.indexOf(of(b));
const text =
  (of: (finding: Finding) => string | null): Order<Finding> =>
  (a, b) =>
    compareTexts(of(a), of(b));

/**
 * Sorts by urgency: findings that count before those that are waived or already known, then by severity, by the removing release, by confidence, and
 * by the number of findings that one repair fixes. The rest makes the order total, so it depends on the findings only.
 */
export function orderFindings(findings: readonly Finding[]): Finding[] {
  const sizes = new Map<string, number>();
  for (const { cause, waived } of findings) sizes.set(cause, (sizes.get(cause) ?? 0) + (waived ? 0 : 1));
  const orders: readonly Order<Finding>[] = [
    rank([false, true], ({ waived }) => waived),
    rank([false, true], ({ new: isNew }) => isNew === false),
    rank(SEVERITIES, ({ severity }) => severity),
    (a, b) => compareMinors(a.removedIn, b.removedIn),
    rank(CONFIDENCES, ({ confidence }) => confidence),
    (a, b) => (sizes.get(b.cause) ?? 0) - (sizes.get(a.cause) ?? 0),
    text(({ owner }) => owner),
    text(({ kind }) => kind),
    text(({ namespace }) => namespace),
    text(({ name }) => name),
    text(({ apiVersion }) => apiVersion),
    text(({ id }) => id),
    text(({ location }) => location?.file ?? null),
    (a, b) => (a.location?.line ?? 0) - (b.location?.line ?? 0),
    (a, b) => (a.location?.column ?? 0) - (b.location?.column ?? 0),
    text(({ message }) => message),
    text(({ cause }) => cause),
    text((finding) => JSON.stringify(finding)),
  ];
  return [...findings].sort((a, b) => {
    for (const order of orders) {
      const difference = order(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Compares minors by number, `1.9` before `1.10`. Null, where no release is known, comes last. */
export function compareMinors(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}
