import { listUnit, runUnits, told } from '../../../test/material/scan/run-units.ts';
import { listOf, type Said } from '../../../test/material/scan/scripted-reader.ts';

const path = '/api/v1/configmaps';
const head = (release: string, revision: number, status = 'deployed') => ({
  metadata: {
    name: `${release}.v${revision}`,
    namespace: 'a',
    labels: { owner: 'helm', name: release, version: String(revision), status },
  },
});
const manifest = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n';
const release = (changes: object = {}) => ({
  kind: 'ConfigMap',
  data: { release: Buffer.from(JSON.stringify({ name: 'web', manifest, ...changes })).toString('base64') },
});
const one = '/api/v1/namespaces/a/configmaps/web.v2';
const run = (script: Record<string, Said | readonly Said[]>) =>
  runUnits([{ type: 'helm', storage: 'configmaps' }], { '/version': '{}', ...script });

test('only the revision that counts is read', async () => {
  const { state, asked } = await run({
    [path]: listOf([head('web', 1, 'superseded'), head('web', 2)]),
    [one]: release(),
  });
  expect(told(state)).toEqual(['read helm releases in configmaps 1']);
  expect(asked).toEqual([`${path}?labelSelector=owner%3Dhelm&limit=500`, one]);
  expect(state.observations).toMatchObject([
    { source: 'helm', owner: 'Helm release a/web', confidence: 'high', subject: { name: 'web', namespace: 'a' } },
  ]);
});

test('a list that expires begins anew', async () => {
  const { state } = await run({
    [path]: [listOf([head('web', 2)], 'x'), { status: 410 }, listOf([head('web', 2)])],
    [one]: release(),
  });
  expect(told(state)).toEqual(['read helm releases in configmaps 1']);
});

test.each<[string, Said, string]>([
  ['403', { status: 403 }, 'denied'],
  ['404', { status: 404 }, 'error'],
  ['HTML', '<html></html>', 'error'],
])('%s for the list is a gap', async (_name, said, status) => {
  expect(told((await run({ [path]: said })).state)).toEqual([
    expect.stringMatching(`^${status} helm releases in configmaps 0`),
  ]);
});

test.each<[string, Said, RegExp]>([
  ['403', { status: 403 }, /^denied helm release a\/web/],
  ['404', { status: 404 }, /^error helm release a\/web .*404/],
  ['nothing in it', { kind: 'ConfigMap', data: {} }, /^error helm release a\/web .*holds no release/],
  ['nonsense in it', { kind: 'ConfigMap', data: { release: '%%%' } }, /^error helm release a\/web .*unpacked/],
  [
    'half a manifest',
    release({ manifest: `${manifest}---\nkind: {[` }),
    /^error helm release a\/web .*1 of its documents/,
  ],
])('%s for a release is a gap, and the others are read', async (_name, said, gap) => {
  const two = '/api/v1/namespaces/a/configmaps/api.v1';
  const { state } = await run({ [path]: listOf([head('web', 2), head('api', 1)]), [one]: said, [two]: release() });
  expect(told(state)).toEqual(['read helm releases in configmaps 1', expect.stringMatching(gap)]);
  expect(state.observations.length).toBeGreaterThan(0);
});

test('a release that was uninstalled since it was listed is no gap', async () => {
  const text = JSON.stringify({ kind: 'Status', message: 'configmaps "web.v2" not found' });
  const { state } = await run({ [path]: listOf([head('web', 2)]), [one]: { status: 404, text } });
  expect(told(state)).toEqual(['read helm releases in configmaps 1']);
});

test('credentials that end meanwhile end the scan', async () => {
  const script = {
    [path]: listOf([head('web', 2), head('api', 1)]),
    [one]: { status: 401 },
    '/version': { status: 401 },
  };
  const { state } = await runUnits([{ type: 'helm', storage: 'configmaps' }, listUnit('/v1/pods', 'Pod')], script);
  expect(told(state)).toEqual([
    expect.stringMatching(/^error helm releases in configmaps 0: .*1 more releases are left/),
    expect.stringMatching(/^error helm release a\/web/),
    expect.stringMatching(/^error pods 0/),
  ]);
});

test('what a pending upgrade needs first is said', async () => {
  const heads = listOf([head('web', 2), head('web', 3, 'pending-upgrade')]);
  const { state } = await run({ [path]: heads, [one]: release() });
  expect(state.observations[0]?.evidence[0]).toMatch(/newest revision 3 is pending-upgrade; roll it back first/);
});
