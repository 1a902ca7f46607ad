import { isJsonObject, type Json } from '../../simulator/asl/json/json.ts';
import type { Outcome } from './cases.ts';
import type { outcomeOf } from './outcome.ts';
import { matches, matchesInAnyOrder } from './wildcard.ts';

/** One part of an outcome that is not as recorded. */
export interface Difference {
  readonly part: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const eventNumber = /\(entered at the event id #\d+\)/g;

/** Event numbers are left out of comparisons; a recorded cause that is an object is JSON text on the wire. */
function normaliseCause(cause: Json | undefined, parse: boolean): unknown {
  if (typeof cause !== 'string') return cause;
  if (!parse) return cause.replace(eventNumber, '');
  try {
    return JSON.parse(cause);
  } catch {
    return cause;
  }
}

function compareCause(expected: Json | undefined, actual: Json | undefined): boolean {
  return matches(normaliseCause(expected, false), normaliseCause(actual, isJsonObject(expected)));
}

/**
 * LocalStack sorts what happens inside a Parallel state, and thereby loses the event that comes right before its exit: whether it
 * succeeded or failed there is not compared.
 */
const withoutLost = (types: readonly string[]): string[] =>
  types.filter(
    (type, index) => !/^ParallelState(Succeeded|Failed)$/.test(type) || types[index + 1] !== 'ParallelStateExited',
  );

/** Where an execution differs from the recording. What the recording does not mention is not compared, except error and cause. */
export function differences(expected: Outcome, actual: ReturnType<typeof outcomeOf>): Difference[] {
  const found: Difference[] = [];
  const compare = (part: string, agrees: boolean, left: unknown, right: unknown): void => {
    if (!agrees) found.push({ part, expected: left, actual: right });
  };
  compare('status', expected.status === actual.status, expected.status, actual.status);
  if (expected.status === 'SUCCEEDED') {
    compare('output', matches(expected.output, actual.output), expected.output, actual.output);
  } else {
    compare('error', expected.error === actual.error, expected.error, actual.error);
    const { cause } = expected;
    if (cause !== undefined) compare('cause', compareCause(cause, actual.cause), cause, actual.cause);
  }
  for (const part of ['statesEntered', 'stateExits', 'eventTypes', 'previousEventIds'] as const) {
    const ordered = expected[part];
    if (ordered) compare(part, matches(ordered, actual[part]), ordered, actual[part]);
  }
  const { statesEnteredUnordered: entered, stateExitsUnordered: exits, eventTypesUnordered: types } = expected;
  const compareUnordered = (part: string, left: readonly unknown[] | undefined, right: readonly unknown[]): void => {
    if (left) compare(part, matchesInAnyOrder(left, right), left, right);
  };
  compareUnordered('statesEntered', entered, actual.statesEntered);
  compareUnordered('stateExits', exits, actual.stateExits);
  compareUnordered('eventTypes', types && withoutLost(types), withoutLost(actual.eventTypes));
  const failures = actual.evaluationFailures;
  const expectedFailures = expected.evaluationFailures ?? [];
  const agree =
    failures.length === expectedFailures.length &&
    expectedFailures.every((failure, index) => {
      const { cause, ...rest } = failure;
      const { cause: actualCause, ...actualRest } = failures[index] ?? { cause: null };
      return matches(rest, actualRest) && compareCause(cause, actualCause);
    });
  compare('evaluationFailures', agree, expectedFailures, failures);
  return found;
}
