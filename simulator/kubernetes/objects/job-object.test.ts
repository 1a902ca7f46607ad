import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

// biome-ignore lint/suspicious/noExplicitAny: whatever the API server says
const ask = async (...request: Parameters<ServerUnderTest['ask']>): Promise<{ status: number; json: any }> =>
  under.ask(...request);
const get = async (path: string) => (await ask('GET', path)).json;

describe('a Job', () => {
  const jobs = '/apis/batch/v1/namespaces/shop/jobs';
  const job = (name = 'probe', spec: object = {}, pod: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'probe:1' }], ...pod } },
      ...spec,
    },
  });
  const podOf = async () => (await get('/api/v1/namespaces/shop/pods?labelSelector=job-name%3Dprobe')).items;

  test('is made once under its name, and its pod runs and ends by the time', async () => {
    expect((await ask('POST', jobs, { body: job() })).status).toBe(201);
    expect(await ask('POST', jobs, { body: job() })).toMatchObject({ status: 409, json: { reason: 'AlreadyExists' } });
    expect((await get(`${jobs}/probe`)).status).toMatchObject({ active: 1 });
    expect((await podOf())[0].status.phase).toBe('Running');
    under.world.pass(1);
    expect((await get(`${jobs}/probe`)).status.conditions).toMatchObject([{ type: 'Complete', status: 'True' }]);
    expect((await podOf())[0].status.phase).toBe('Succeeded');
  });

  test.each([
    ['without such a rule', {}, 'BackoffLimitExceeded'],
    [
      'by a rule about codes',
      { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } }] } },
      'PodFailurePolicy',
    ],
    [
      'by a rule about other codes',
      { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [4] } }] } },
      'BackoffLimitExceeded',
    ],
    ['after its deadline', { activeDeadlineSeconds: 10 }, 'DeadlineExceeded'],
  ])('that ends with 3 has failed %s', async (_, spec, reason) => {
    under.cluster.kubernetes.jobRuns = { 'probe:1': { exitCode: 3 } };
    await ask('POST', jobs, { body: job('probe', spec) });
    under.world.pass(1);
    const { conditions } = (await get(`${jobs}/probe`)).status;
    expect(conditions.find(({ type }: { type: string }) => type === 'Failed')).toMatchObject({
      status: 'True',
      reason,
    });
  });

  test.each([
    ['restarts its pod', job('probe', {}, { restartPolicy: 'Always' }), 'spec.template.spec.restartPolicy'],
    ['says nothing of restarts', job('probe', {}, { restartPolicy: undefined }), 'spec.template.spec.restartPolicy'],
    [
      'has rules for pods that are started anew in place',
      job('probe', { podFailurePolicy: { rules: [] } }, { restartPolicy: 'OnFailure' }),
      'spec.template.spec.restartPolicy',
    ],
    ['has no container', job('probe', {}, { containers: [] }), 'spec.template.spec.containers'],
    ['has a name that is no label', job('p'.repeat(64)), 'spec.template.labels'],
  ])('that %s is refused', async (_, body, field) => {
    const { status, json } = await ask('POST', jobs, { body });
    expect([status, json.details.causes.map((cause: { field: string }) => cause.field)]).toEqual([422, [field]]);
  });

  test.each([
    ['stays where nobody says otherwise', undefined, 1],
    ['stays', 'Orphan', 1],
    ['goes too', 'Background', 0],
  ])('goes, and its pod %s', async (_, propagationPolicy, left) => {
    await ask('POST', jobs, { body: job() });
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy };
    expect((await ask('DELETE', `${jobs}/probe`, { body })).status).toBe(200);
    expect(await podOf()).toHaveLength(left);
  });
});
