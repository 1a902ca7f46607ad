import { failure } from '../../test/contract/failure.ts';
import { hookJobsOver } from './create-hook-jobs.ts';
import type { ServerCalls } from './create-node-operator.ts';

const NAME = { namespace: 'hooks', name: 'liftlock-hook-1' };
const JOB = {
  ...{ ...NAME, serviceAccount: 'probe', image: 'registry.example/probe:1', key: 'k', deadlineSeconds: 600 },
  question: '{"a":1}',
};
type Answer = { readonly status: number; readonly text: string };
const answer = (status: number, body: object = {}): Answer => ({ status, text: JSON.stringify(body) });

/** An API server that answers changes, and reads one after the other, as it is told. */
function jobsOf({ gets = [], change = answer(201) }: { gets?: readonly Answer[]; change?: Answer }) {
  const sent: object[] = [];
  const left = [...gets];
  const calls: ServerCalls = {
    get: async () => left.shift() ?? answer(404),
    change: async (one) => {
      sent.push(one);
      return change;
    },
    close: () => undefined,
  };
  return { jobs: hookJobsOver(calls), sent };
}

test('what is made runs once, ends by its deadline, and asks for no privilege', async () => {
  const { jobs, sent } = jobsOf({});
  expect(await jobs.create(JOB)).toBeUndefined();
  const body = JSON.stringify(sent);
  expect(sent).toMatchObject([{ method: 'POST', path: '/apis/batch/v1/namespaces/hooks/jobs' }]);
  for (const part of [
    '"backoffLimit":0',
    '"activeDeadlineSeconds":600',
    '"restartPolicy":"Never"',
    '"serviceAccountName":"probe"',
    '"runAsNonRoot":true',
    '"allowPrivilegeEscalation":false',
    '"drop":["ALL"]',
    '"annotations":{"liftlock.dev/question":"k"}',
  ])
    expect(body).toContain(part);
  expect(body).not.toMatch(/host(Network|PID|IPC|Path)|"privileged"|"volumes"|"command"|"args"/);
});

test('of the question Kubernetes is kept from filling in what looks like a variable', async () => {
  const { jobs, sent } = jobsOf({});
  await jobs.create({ ...JOB, question: '{"cause":"$(KUBERNETES_PORT) of $$"}' });
  expect(sent).toMatchObject([
    {
      body: {
        spec: { template: { spec: { containers: [{ env: [{ value: '{"cause":"$$(KUBERNETES_PORT) of $$$$"}' }] }] } } },
      },
    },
  ]);
});

test.each([
  [201, {}, undefined],
  [409, { reason: 'AlreadyExists' }, undefined],
  [409, { reason: 'Conflict' }, 'ClusterServerFault'],
  [403, { message: 'cannot create resource "jobs"' }, 'ClusterForbidden'],
  [404, { message: 'namespaces "hooks" not found' }, 'ClusterForbidden'],
  [422, { message: 'is invalid' }, 'ClusterServerFault'],
])('to make one is answered with %i %j: %s, and nothing was made', async (status, body, name) => {
  const refusal = await jobsOf({ change: answer(status, body) }).jobs.create(JOB);
  expect(refusal?.name).toBe(name);
  if (name !== undefined) expect(refusal?.message).toContain(`answered ${status}`);
});

test.each([401, 429, 500, 504])('a %i may have made one: that is a fault', async (status) => {
  expect(await failure(jobsOf({ change: answer(status) }).jobs.create(JOB))).toMatch(/^Cluster/);
});

test('it is deleted by its uid and with its pods', async () => {
  const { jobs, sent } = jobsOf({ change: answer(200) });
  await jobs.delete({ ...NAME, uid: 'u' });
  expect(sent).toMatchObject([
    { method: 'DELETE', body: { preconditions: { uid: 'u' }, propagationPolicy: 'Background' } },
  ]);
});

test.each([
  [404, {}, 'none'],
  [409, { message: 'Precondition failed: UID in precondition: a, UID in object meta: b' }, 'none'],
  [409, { message: 'the object has been modified' }, 'ClusterServerFault'],
  [403, {}, 'ClusterForbidden'],
])('a deletion that is answered with %i %j: %s', async (status, body, name) => {
  const { jobs } = jobsOf({ change: answer(status, body) });
  expect(await failure(jobs.delete({ ...NAME, uid: 'u' }))).toBe(name);
});

const condition = (type: string, reason?: string) => ({ type, status: 'True', reason, message: 'so' });
test.each([
  ['nothing', [], 'running'],
  ['Complete', [condition('Complete')], 'succeeded'],
  ['a rule for pods', [condition('FailureTarget'), condition('Failed', 'PodFailurePolicy')], 'refused'],
  ['its deadline', [condition('Failed', 'DeadlineExceeded')], 'broken'],
  ['its limit', [condition('Failed', 'BackoffLimitExceeded')], 'broken'],
  ['what is not so any more', [{ ...condition('Failed', 'PodFailurePolicy'), status: 'False' }], 'running'],
])('a Job that says %s', async (_, conditions, status) => {
  const job = { metadata: { uid: 'u', annotations: { 'liftlock.dev/question': 'k' } }, status: { conditions } };
  const { jobs } = jobsOf({ gets: [answer(200, job), answer(200, { items: [] })] });
  expect(await jobs.read(NAME)).toEqual({
    ...NAME,
    uid: 'u',
    key: 'k',
    status,
    message: status === 'broken' ? 'so' : '',
  });
});

test('what the newest pod has left to be read is the message', async () => {
  const pod = (at: string, message: string) => ({
    metadata: { creationTimestamp: at },
    status: { containerStatuses: [{ state: { terminated: { exitCode: 1, message } } }] },
  });
  const items = [pod('2026-11-20T08:02:00Z', 'second'), pod('2026-11-20T08:00:00Z', 'first')];
  const { jobs } = jobsOf({ gets: [answer(200, { metadata: {} }), answer(200, { items })] });
  expect((await jobs.read(NAME))?.message).toBe('second');
});
