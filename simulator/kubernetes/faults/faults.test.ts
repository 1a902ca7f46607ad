import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';
import type { ApiFault } from './api-fault.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
});
afterEach(() => under.close());

const faults = (...given: ApiFault[]) => {
  under.cluster.kubernetes.faults = given;
};
const get = (path: string, token?: string) => under.ask('GET', path, token === undefined ? {} : { token });
const statuses = async (paths: readonly string[]) => {
  const found: number[] = [];
  for (const path of paths) found.push((await get(path)).status);
  return found;
};
const deployments = '/apis/apps/v1/deployments';

test('the next requests for a resource are too many, and no others', async () => {
  faults({ kind: 'too-many-requests', on: 'deployments.apps', skip: 1, times: 2, retryAfterSeconds: 3 });
  expect((await get(deployments)).status).toBe(200);
  const { status, headers, json } = await get('/apis/apps/v1/namespaces/shop/deployments');
  expect([status, headers['retry-after'], json]).toMatchObject([429, '3', { details: { retryAfterSeconds: 3 } }]);
  expect(await statuses(['/apis/apps/v1/daemonsets', deployments, deployments])).toEqual([200, 429, 200]);
  expect(under.cluster.kubernetes.faults).toEqual([]);
});

test('a resource is forbidden in the words of a missing permission, until the fault goes', async () => {
  faults({ kind: 'forbidden', on: 'secrets' });
  const { status, json } = await get('/api/v1/secrets');
  expect([status, json]).toMatchObject([
    403,
    {
      reason: 'Forbidden',
      message: expect.stringMatching(/^secrets is forbidden: User ".*" cannot list resource "secrets"/),
    },
  ]);
  expect(await statuses(['/api/v1/secrets', '/api/v1/configmaps'])).toEqual([403, 200]);
});

test.each([
  [{}, 500, 'InternalError', undefined],
  [{ status: 504 }, 504, 'Timeout', undefined],
  [{ status: 503, retryAfterSeconds: 5 }, 503, 'ServiceUnavailable', '5'],
])('a server error as in %j', async (given, status, reason, retryAfter) => {
  faults({ kind: 'server-error', on: '/apis', times: 1, ...given });
  const reply = await get('/apis');
  expect(reply).toMatchObject({ status, json: { kind: 'Status', reason } });
  expect(reply.headers['retry-after']).toBe(retryAfter);
  expect(await statuses(['/apis'])).toEqual([200]);
});

test('one page of a list is gone, once', async () => {
  faults({ kind: 'expired-page', on: 'pods', page: 3 });
  const page = async (token?: string) => {
    const reply = await get(`/api/v1/pods?limit=3${token === undefined ? '' : `&continue=${token}`}`);
    return { ...reply, next: (reply.json as { metadata: { continue?: string } }).metadata.continue };
  };
  const first = await page();
  const second = await page(first.next);
  const third = await page(second.next);
  expect([first.status, second.status, third.status]).toEqual([200, 200, 410]);
  expect(third.json).toMatchObject({ reason: 'Expired', metadata: { continue: expect.any(String) } });
  expect((await page(third.next)).status).toBe(200);
  expect((await page(second.next)).status).toBe(200);
});

test.each(['truncated', 'foreign'] as const)('a %s body is a 200 that does not parse', async (damage) => {
  faults({ kind: 'damaged-body', on: 'deployments.apps', times: 1, damage });
  const { status, json, text } = await get(deployments);
  expect([status, json]).toEqual([200, undefined]);
  expect(text.length).toBeGreaterThan(0);
  expect((await get(deployments)).json).toMatchObject({ kind: 'DeploymentList' });
});

test('an answer comes late', async () => {
  faults({ kind: 'delay', on: '*', times: 1, milliseconds: 10 });
  expect((await get('/version')).status).toBe(200);
});

test('an answer that comes later than a test lasts is overtaken by those to requests that were sent after it', async () => {
  faults({ kind: 'delay', on: '/version', times: 1, milliseconds: 600_000 });
  let ended = false;
  const late = get('/version').finally(() => {
    ended = true;
  });
  expect((await get('/metrics')).status).toBe(200);
  expect((await get('/metrics')).status).toBe(200);
  expect(ended).toBe(false);
  await Promise.all([expect(late).rejects.toThrow(), under.close()]);
});

test.each(['before-answer', 'during-body'] as const)('a connection ends %s', async (when) => {
  faults({ kind: 'connection-reset', on: '/metrics', times: 1, when });
  await expect(get('/metrics')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await get('/metrics')).status).toBe(200);
});

test('a token is good for so many requests, and another one again', async () => {
  await under.close();
  under = await startServerUnderTest({ authenticate: async () => ({ principal }) });
  faults({ kind: 'expiring-token', requests: 2 });
  const answers: number[] = [];
  for (const token of ['one', 'one', 'one', 'two', 'one', 'two', 'two'])
    answers.push((await get('/version', token)).status);
  expect(answers).toEqual([200, 200, 401, 200, 401, 200, 401]);
});

test('faults of paths may end in a star, and are no others’', async () => {
  faults({ kind: 'server-error', on: '/apis/apps*' });
  expect(await statuses(['/apis/apps/v1', '/apis/apps', '/apis', deployments])).toEqual([500, 500, 200, 200]);
});
