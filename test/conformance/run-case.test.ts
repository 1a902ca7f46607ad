import type { Json } from '../../simulator/asl/json/json.ts';
import type { Outcome, RecordedCase } from './cases.ts';
import { runCase, runInvalid } from './run-case.ts';

const resource = 'arn:aws:states:::lambda:invoke';
const definition = {
  QueryLanguage: 'JSONata',
  StartAt: 'T',
  States: {
    T: {
      Type: 'Task',
      Resource: resource,
      Arguments: '{% $states.input %}',
      TimeoutSeconds: 5,
      Assign: { got: '{% $states.result %}' },
      End: true,
    },
  },
};

function recorded(mock: Json, expected: Outcome, changes: Partial<RecordedCase> = {}): RecordedCase {
  const mocks = JSON.parse(JSON.stringify([{ resource, match: { a: '__ANY__' }, responses: [mock] }]));
  return { name: 'n', group: 'g', definition, input: { a: 1, b: 2 }, mocks, expected, ...changes };
}

describe('a recorded execution', () => {
  it('agrees when everything it mentions happened', async () => {
    const stateExits = [{ state: 'T', output: { id: '__ANY__' }, assigned: { got: { id: '__ANY__' } } }];
    const expected = { status: 'SUCCEEDED', output: { id: '__ANY__' }, statesEntered: ['T'], stateExits };
    expect(await runCase(recorded({ output: { id: 7 } }, expected))).toEqual({ kind: 'passed' });
  });

  it('differs part by part', async () => {
    const expected = { status: 'SUCCEEDED', output: 1, statesEntered: ['T', 'U'] };
    expect(await runCase(recorded({ output: 2 }, expected))).toMatchObject({
      kind: 'failed',
      differences: [
        { part: 'output', expected: 1, actual: 2 },
        { part: 'statesEntered', expected: ['T', 'U'], actual: ['T'] },
      ],
    });
  });

  it('fails tasks with errors whose causes are JSON text, and lets those that hang time out', async () => {
    const failed = { status: 'FAILED', error: 'E', cause: { k: [1] } };
    expect(await runCase(recorded({ error: 'E', cause: { k: [1] } }, failed))).toEqual({ kind: 'passed' });
    expect(await runCase(recorded({ hang: true }, { status: 'FAILED', error: 'States.Timeout' }))).toEqual({
      kind: 'passed',
    });
  });

  it('does not compare event numbers in causes', async () => {
    const cause =
      "An error occurred while executing the state 'T' (entered at the event id #99). The JSONata expression '$x' specified " +
      "for the field 'Arguments' returned nothing (undefined).";
    const error = 'States.QueryEvaluationError';
    const failure = { state: 'T', location: 'Arguments', error, cause };
    const states = { T: { ...definition.States.T, Arguments: '{% $x %}' } };
    const expected = { status: 'FAILED', error, cause, evaluationFailures: [failure] };
    expect(await runCase(recorded({}, expected, { definition: { ...definition, States: states } }))).toEqual({
      kind: 'passed',
    });
  });

  it('is refused, not failed, for what is not supported', async () => {
    const { QueryLanguage: _, ...inPaths } = { ...definition, States: { T: { Type: 'Succeed' } }, StartAt: 'T' };
    expect(await runCase(recorded({}, { status: 'SUCCEEDED' }, { definition: inPaths }))).toEqual({
      kind: 'refused',
      reason: 'JSONPath query language',
    });
  });
});

describe('a recorded refusal', () => {
  const recordedRefusal = {
    name: 'n',
    definition: {},
    expectedCode: 'SCHEMA_VALIDATION_FAILED',
    expectedLocation: '/',
    expectedMessage: 'These fields are required: [States, StartAt]',
  };

  it('agrees when code, place and words do', () => {
    expect(runInvalid(recordedRefusal)).toEqual({ kind: 'passed' });
    expect(runInvalid({ ...recordedRefusal, expectedLocation: '/States' }).kind).toBe('failed');
    expect(runInvalid({ ...recordedRefusal, expectedMessage: 'No' }).kind).toBe('failed');
    expect(runInvalid({ ...recordedRefusal, definition }).kind).toBe('failed');
  });
});
