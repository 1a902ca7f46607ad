import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RecordedCase } from './cases.ts';
import { runCase } from './run-case.ts';
import { withEventTypes } from './snapshots.ts';

const clone = mkdtempSync(path.join(tmpdir(), 'snapshots-'));
afterAll(() => rmSync(clone, { recursive: true }));

const types = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'];
const chain = types.map((type, index) => ({ type, id: index + 1, previousEventId: index < 2 ? 0 : index }));
mkdirSync(path.join(clone, 'tests'));
writeFileSync(
  path.join(clone, 'tests/test_x.snapshot.json'),
  JSON.stringify({
    'tests/test_x.py::TestX::test_one[A (b)]': { 'recorded-content': { get_execution_history: { events: chain } } },
    'tests/test_x.py::TestX::test_two': { 'recorded-content': { second: { events: chain.slice(0, 3) }, other: {} } },
  }),
);

const recorded = (origin: string, more: object = { statesEntered: ['P'] }): RecordedCase => ({
  name: 'n',
  group: 'g',
  definition: { QueryLanguage: 'JSONata', StartAt: 'P', States: { P: { Type: 'Pass', End: true } } },
  input: {},
  mocks: [],
  expected: { status: 'SUCCEEDED', output: {}, ...more },
  origin,
});

it('adds the types of events, and what each follows, of the test that a recording is from', async () => {
  const [one] = withEventTypes([recorded('tests/test_x.py::TestX::test_one[A (b)]')], clone);
  expect(one?.expected).toMatchObject({ eventTypes: types, previousEventIds: [0, 0, 2, 3] });
  expect(one && (await runCase(one))).toEqual({ kind: 'passed' });
});

it('finds one of several histories, and says what differs', async () => {
  const [two] = withEventTypes([recorded('tests/test_x.py::TestX::test_two (second)')], clone);
  expect(two && (await runCase(two))).toMatchObject({
    kind: 'failed',
    differences: [{ part: 'eventTypes' }, { part: 'previousEventIds' }],
  });
});

it('leaves open what concurrency leaves open, and recordings as they are that have no history', () => {
  const unordered = recorded('tests/test_x.py::TestX::test_one[A (b)]', { statesEnteredUnordered: ['P'] });
  expect(withEventTypes([unordered], clone)[0]?.expected).toEqual({
    ...unordered.expected,
    eventTypesUnordered: types,
  });
  for (const origin of ['tests/test_x.py::TestX::test_two (other)', 'tests/test_x.py::TestX::test_two'])
    expect(withEventTypes([recorded(origin)], clone)).toEqual([recorded(origin)]);
});
