import { listUnit, runUnits, told } from '../../../test/material/scan/run-units.ts';
import { listOf, type Said, unreachable } from '../../../test/material/scan/scripted-reader.ts';

const budgets = '/apis/policy/v1/poddisruptionbudgets';
const unit = listUnit('policy/v1/poddisruptionbudgets', 'PodDisruptionBudget');
const old = (name: string) => ({
  metadata: {
    name,
    namespace: 'a',
    managedFields: [{ manager: 'm', operation: 'Apply', apiVersion: 'policy/v1beta1' }],
  },
});
const run = (said: Said | readonly Said[]) => runUnits([unit], { [budgets]: said, '/version': '{}' });
const gone = { status: 410 };

test('pages are read to the end', async () => {
  const { state, asked } = await run([listOf([old('a')], 'x y'), listOf([old('b'), {}])]);
  expect(told(state)).toEqual(['read poddisruptionbudgets.policy 3']);
  expect(state.observations.map(({ subject }) => subject.name)).toEqual(['a', 'b']);
  expect(asked).toEqual([`${budgets}?limit=500`, `${budgets}?limit=500&continue=x%20y`]);
});

test('a list that expires begins anew, and what it had found does not count twice', async () => {
  const { state } = await run([listOf([old('a')], 'x'), gone, listOf([old('a')], 'y'), listOf([old('b')])]);
  expect(told(state)).toEqual(['read poddisruptionbudgets.policy 2']);
  expect(state.observations.map(({ subject }) => subject.name)).toEqual(['a', 'b']);
  expect(Object.values(state.sorts)).toEqual([2]);
});

test('one that expires again and again is a gap, and what was found of it stays', async () => {
  const { state } = await run([listOf([old('a')], 'x'), gone, gone, gone, listOf([old('a')], 'x'), gone]);
  expect(told(state)).toEqual([
    expect.stringMatching(/^error poddisruptionbudgets.policy 1: It was not read after 1 /),
  ]);
  expect(state.observations).toHaveLength(1);
});

test.each<[string, Said, string]>([
  ['HTML', '<html></html>', 'error'],
  ['half of a list', JSON.stringify(listOf([old('a')])).slice(0, 60), 'error'],
  ['an item that is none', '{"kind":"List","items":[1,{"metadata":{}}]}', 'error'],
  ['another list', { kind: 'APIGroupList', groups: [] }, 'error'],
  ['a status', { kind: 'Status', status: 'Failure' }, 'error'],
  ['404', { status: 404 }, 'error'],
  ['403', { status: 403 }, 'denied'],
  ['a page that leads to itself', listOf([], 'again'), 'error'],
])('%s is not an empty list', async (_name, said, status) => {
  const { state } = await run([said, said]);
  expect(told(state)).toEqual([expect.stringMatching(`^${status} poddisruptionbudgets.policy 0: It was not read`)]);
});

test('an empty list is one', async () => {
  expect(told((await run('{"kind":"PartialObjectMetadataList","items":null}')).state)).toEqual([
    'read poddisruptionbudgets.policy 0',
  ]);
});

test('what was read of a list that breaks off stays, and so does the gap', async () => {
  const { state } = await run([listOf([old('a')], 'x'), { status: 403 }]);
  expect(told(state)).toEqual([expect.stringMatching(/^denied poddisruptionbudgets.policy 1: .* after 1 objects/)]);
  expect(state.observations).toHaveLength(1);
});

test('a page that is too long is asked for in smaller ones', async () => {
  const tooLong = Object.assign(Object.create(unreachable), { name: 'ClusterServerFault', message: 'too long' });
  const { state, asked } = await run([tooLong, tooLong, listOf([])]);
  expect(asked.map((path) => path.split('limit=')[1])).toEqual(['500', '100', '20']);
  expect(told(state)).toEqual(['read poddisruptionbudgets.policy 0']);
});

test('a conversion webhook that does not answer is a finding beside the gap', async () => {
  const text = JSON.stringify({ message: 'conversion webhook for example.com/v1, Kind=Widget failed: refused' });
  const widgets = listUnit('example.com/v1/widgets', 'Widget');
  const { state } = await runUnits([widgets], { '/apis/example.com/v1/widgets': { status: 500, text } });
  expect(told(state)).toEqual([expect.stringContaining('error widgets.example.com 0')]);
  expect(state.observations).toMatchObject([
    { reason: 'unavailable', severity: 'error', subject: { name: 'widgets.example.com' } },
  ]);
});

test('one list that fails for ever does not end the scan, and an API server that is gone does', async () => {
  const pods = listUnit('/v1/pods', 'Pod', true);
  const there = await runUnits([unit, pods], { [budgets]: unreachable, '/version': '{}', '/api/v1/pods': listOf([]) });
  expect(told(there.state)).toEqual([expect.stringContaining('error poddisruptionbudgets'), 'read pods 0']);
  const away = await runUnits([unit, pods], { [budgets]: unreachable, '/version': unreachable });
  expect(told(away.state)).toEqual([
    expect.stringContaining('error poddisruptionbudgets'),
    'error pods 0: It was not read: connect ECONNREFUSED.',
  ]);
  const refused = await runUnits([unit, pods], { [budgets]: { status: 401 }, '/version': { status: 401 } });
  expect(told(refused.state)).toHaveLength(2);
});

const webhook = {
  metadata: { name: 'guard' },
  webhooks: [
    {
      clientConfig: { service: { namespace: 'a', name: 'b' } },
      rules: [{ resources: ['pods'] }],
      admissionReviewVersions: ['v1'],
    },
  ],
};

test('what a list that begins anew has told other parts counts once', async () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  const list = listUnit(
    'admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    true,
  );
  const { state } = await runUnits([list], { [path]: [listOf([webhook], 'x'), gone, listOf([webhook])] });
  expect(state.facts.services).toHaveLength(1);
});

test('a custom resource is asked for at a version that its definition does not call deprecated', async () => {
  const definition = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget' },
      versions: [
        { name: 'v2', served: true, deprecated: true },
        { name: 'v1', served: false },
        { name: 'v2beta1', served: true, storage: true },
      ],
    },
  };
  const { asked } = await runUnits(
    [
      listUnit('apiextensions.k8s.io/v1/customresourcedefinitions', 'CustomResourceDefinition', true),
      listUnit('example.com/v2/widgets', 'Widget'),
    ],
    { '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': listOf([definition]) },
  );
  expect(asked[1]).toBe('/apis/example.com/v2beta1/widgets?limit=500');
});
