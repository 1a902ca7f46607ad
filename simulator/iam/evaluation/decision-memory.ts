import { type FindKey, type Found, keysOf, type RequestContext } from '../conditions/request-context.ts';
import type { Principal } from '../principals/principal.ts';
import type { ApplicablePolicies, Decision } from './access-request.ts';
import { evaluate } from './evaluate.ts';

/** One request, with the function that gets its policies only when it must be decided. */
export interface Question {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: () => RequestContext;
  readonly policies: () => ApplicablePolicies;
  /** Further inputs of the decision; those with the same values, in the same order, are equal. */
  readonly besides: readonly unknown[];
}

interface Remembered {
  readonly besides: readonly unknown[];
  /** Every condition key that the policies read, with the request's value. */
  readonly read: ReadonlyMap<string, Found>;
  readonly decision: Decision;
}

/** The number of kept decisions on one action and one resource by one session that differ in the keys that policies read. */
const MOST = 8;

/**
 * Decides equal requests once: those of the same principal (the same object), action and resource, with the same values for the keys that the
 * policies read. Other keys make no difference, such as a time or an id of the request.
 */
export class DecisionMemory {
  readonly #decisions = new WeakMap<Principal, Map<string, readonly Remembered[]>>();

  decide(question: Question): Decision {
    const { principal, action, resource, besides } = question;
    const ofPrincipal = this.#decisions.get(principal) ?? new Map<string, readonly Remembered[]>();
    this.#decisions.set(principal, ofPrincipal);
    const about = `${action} ${resource}`;
    const known = ofPrincipal.get(about) ?? [];
    let found: FindKey | undefined;
    const findKey: FindKey = (key) => {
      found ??= keysOf(question.context());
      return found(key);
    };
    const same = known.find((one) => areEqual(one.besides, besides) && saysTheSame(one.read, findKey));
    if (same !== undefined) return same.decision;
    const read = new Map<string, Found>();
    const noting: FindKey = (key) => {
      const value = findKey(key);
      read.set(key, value);
      return value;
    };
    const decision = evaluate({ principal, action, resource, findKey: noting }, question.policies());
    ofPrincipal.set(about, [{ besides, read, decision }, ...known].slice(0, MOST));
    return decision;
  }
}

function saysTheSame(read: ReadonlyMap<string, Found>, findKey: FindKey): boolean {
  for (const [key, value] of read) {
    const now = findKey(key);
    if (now !== value && !(typeof now !== 'string' && typeof value !== 'string' && areEqual(now, value))) return false;
  }
  return true;
}

const areEqual = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at]);
