import { runUnits, told } from '../../../test/material/scan/run-units.ts';
import { listOf, type Said } from '../../../test/material/scan/scripted-reader.ts';
import { type CalledService, noFacts } from '../reference/cluster-facts.ts';
import type { Coverage } from '../report/report-schema.ts';

const path = '/apis/discovery.k8s.io/v1/namespaces/a/endpointslices';
const caller = (changes: Partial<CalledService> = {}): CalledService => ({
  namespace: 'a',
  name: 'guard',
  kind: 'ValidatingWebhookConfiguration',
  object: 'guard',
  cause: 'object:guard',
  failsClosed: true,
  about: 'pods',
  ...changes,
});
const slice = (...ready: (boolean | undefined)[]) => ({
  endpoints: ready.map((one) => ({ conditions: { ready: one } })),
});

async function run(said: Said, services: CalledService[] = [caller()]) {
  const facts = { ...noFacts(), services, storageClasses: { gp3: true } };
  const { state, asked } = await runUnits(
    [{ type: 'references' }],
    { [path]: said, '/version': '{}' },
    { state: { facts } },
  );
  const found = state.observations.map((one) => (one.type === 'problem' ? `${one.severity} ${one.reason}` : one.type));
  return { found, told: told(state), asked, state };
}

test.each<[string, Said, string[]]>([
  ['somebody', listOf([slice(false, true)]), []],
  ['somebody of whom nobody says whether he is ready', listOf([slice(undefined)]), []],
  ['nobody ready', listOf([slice(false), slice()]), ['error unavailable']],
  ['no slice', listOf([]), ['error unavailable']],
])('behind a webhook that fails closed: %s', async (_name, said, expected) => {
  expect(await run(said)).toMatchObject({ found: expected, told: ['read services behind webhooks 1'] });
});

test('one that fails open is a warning', async () => {
  expect((await run(listOf([]), [caller({ failsClosed: false })])).found).toEqual(['warning unavailable']);
});

test('what is left of an operator is a warning that tells when it is called', async () => {
  const left = caller({ kind: 'CustomResourceDefinition', failsClosed: false });
  const { found, state } = await run(listOf([]), [left]);
  expect(found).toEqual(['warning unavailable']);
  expect(state.observations[0]).toMatchObject({
    message: expect.stringContaining('it is called only where an object is asked for in another version'),
    fix: expect.not.stringContaining('drained'),
  });
});

test('a Service is asked for once, whoever needs it', async () => {
  const { found, asked } = await run(listOf([]), [caller(), caller({ object: 'other' })]);
  expect([found, asked.length]).toEqual([['error unavailable', 'error unavailable'], 1]);
});

test.each<[string, Said, string]>([
  ['403', { status: 403 }, 'denied'],
  ['404', { status: 404 }, 'error'],
  ['HTML', '<html></html>', 'error'],
])('%s is a gap', async (_name, said, status) => {
  const result = await run(said);
  expect(result.found).toEqual([]);
  expect(result.told).toContainEqual(expect.stringMatching(`^${status} endpoints of Service a/guard 0`));
});

const classes = async (storageClasses: Record<string, boolean>, status: Coverage['status']) => {
  const coverage: Coverage[] = [
    { what: 'storageclasses.storage.k8s.io', source: 'object', status, detail: '', count: 1 },
  ];
  const facts = { ...noFacts(), storageClasses };
  const { state } = await runUnits([{ type: 'references' }], {}, { state: { facts, coverage } });
  return state.observations.map((one) => (one.type === 'rule' ? one.rule : one.type));
};

test('a default StorageClass is missed only when all of them were read', async () => {
  expect(await classes({ gp2: false }, 'read')).toEqual(['no-default-storage-class']);
  expect(await classes({ gp2: false, gp3: true }, 'read')).toEqual([]);
  expect(await classes({}, 'denied')).toEqual([]);
});
