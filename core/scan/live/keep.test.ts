import type { Observation } from '../judge/observation.ts';
import { furtherOnes, keep, type LiveScanState, startLiveScan } from './keep.ts';

const api = (index: number, changes: Partial<Observation> = {}) =>
  ({
    type: 'api',
    source: 'object',
    subject: { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', namespace: 'a', name: `b${index}` },
    cause: 'manager:terraform',
    evidence: [],
    confidence: 'high',
    ...changes,
  }) as Observation;
const many = (count: number, changes: Partial<Observation> = {}) =>
  Array.from({ length: count }, (_, index) => api(index, changes));
const kept = (...all: Observation[][]): LiveScanState => {
  const state = startLiveScan(new Date(0), []);
  for (const some of all) keep(state, some);
  return state;
};

test('a hundred of a sort stand for the others, whose number is told', () => {
  const state = kept(many(60), many(190));
  expect(state.observations).toHaveLength(100);
  expect(furtherOnes(state)).toMatchObject([
    { status: 'skipped', source: 'object', detail: expect.stringMatching(/^150 more/) },
  ]);
  expect(furtherOnes(kept(many(100)))).toEqual([]);
});

test('fewer traces are enough', () => {
  const state = kept(many(30, { stale: true } as Partial<Observation>), many(30));
  expect(state.observations).toHaveLength(35);
  const listed = { type: 'listed', list: 'own', stale: true } as Partial<Observation>;
  expect(kept(many(30, listed)).observations).toHaveLength(5);
});

test('where findings may be forgiven, those that are listed do not stand for the others', () => {
  expect(furtherOnes(kept(many(101)), { forgiven: true })).toMatchObject([{ status: 'error' }]);
  const traces = kept(many(101, { stale: true } as Partial<Observation>));
  expect(furtherOnes(traces, { forgiven: true })).toMatchObject([{ status: 'skipped' }]);
});

test('a sort of which nothing could be kept is a gap', () => {
  const crowd = Array.from({ length: 12_001 }, (_, index) => many(1, { cause: `manager:${index}` }));
  const state = kept(...crowd);
  expect(state.observations).toHaveLength(12_000);
  expect(furtherOnes(state)).toMatchObject([{ status: 'error', detail: expect.stringContaining('none is listed') }]);
});

const reference = (resource: string): Partial<Observation> =>
  ({
    type: 'reference',
    source: 'reference',
    named: { group: 'extensions', resource },
    severity: 'warning',
  }) as Partial<Observation>;
const problem = (severity: string): Partial<Observation> =>
  ({ type: 'problem', reason: 'unavailable', severity }) as Partial<Observation>;
const image = (version: string): Partial<Observation> =>
  ({ type: 'controller', component: 'karpenter', version }) as Partial<Observation>;

test.each([
  ['namespaces', { subject: { namespace: 'a' } }, { subject: { namespace: 'b' } }],
  ['causes', { cause: 'helm:a/b' }, { cause: 'helm:a/c' }],
  ['what is referred to', reference('ingresses'), reference('deployments')],
  [
    'what else is referred to',
    reference('ingresses'),
    { ...reference('ingresses'), also: [reference('deployments')] } as Partial<Observation>,
  ],
  [
    'lists',
    { type: 'listed', list: 'a' } as Partial<Observation>,
    { type: 'listed', list: 'b' } as Partial<Observation>,
  ],
  ['severities', problem('warning'), problem('error')],
  ['versions of a controller', image('1.0'), image('2.0')],
  ['rules', { type: 'rule', rule: 'a' } as Partial<Observation>, { type: 'rule', rule: 'b' } as Partial<Observation>],
])('%s are told apart: none stands for another one', (_name, one, other) => {
  const state = kept(many(101, one), many(1, other));
  expect(Object.values(state.sorts).sort((a, b) => a - b)).toEqual([1, 101]);
  expect(state.observations).toHaveLength(101);
});
