import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RecordedCase } from './cases.ts';

interface RecordedEvent {
  readonly type: string;
  readonly previousEventId: number;
}

type Snapshots = Readonly<Record<string, { readonly 'recorded-content': Readonly<Record<string, unknown>> }>>;

/** `tests/…/test_base.py::TestBase::test_wait (first_history)`: a test, and the member of its snapshot, `get_execution_history` when left out. */
const ORIGIN = /^((?:.+\/)?[^/]+)\.py::.+?(?: \((\w+)\))?$/;

/**
 * Adds to recordings the types of their events, read from a clone of LocalStack at the commit they are from: its snapshots have whole
 * histories, and `cases.json` has not. A recording whose history is not there stays as it is.
 */
export function withEventTypes(cases: readonly RecordedCase[], clone: string): RecordedCase[] {
  const files = new Map<string, Snapshots>();
  const read = (file: string): Snapshots => {
    const known = files.get(file) ?? (JSON.parse(readFileSync(path.join(clone, file), 'utf8')) as Snapshots);
    files.set(file, known);
    return known;
  };
  return cases.map((recorded) => {
    const [, test, member = 'get_execution_history'] = ORIGIN.exec(recorded.origin ?? '') ?? [];
    if (test === undefined) return recorded;
    const name = recorded.origin?.replace(/ \(\w+\)$/, '') ?? '';
    const history = read(`${test}.snapshot.json`)[name]?.['recorded-content'][member];
    const events = (history as { readonly events?: readonly RecordedEvent[] } | undefined)?.events;
    if (events === undefined) return recorded;
    const eventTypes = events.map(({ type }) => type);
    const previousEventIds = events.map(({ previousEventId }) => previousEventId);
    const isOrdered = recorded.expected.statesEntered !== undefined;
    const parts = isOrdered ? { eventTypes, previousEventIds } : { eventTypesUnordered: eventTypes };
    return { ...recorded, expected: { ...recorded.expected, ...parts } };
  });
}
