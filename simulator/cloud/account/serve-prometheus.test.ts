import { startPrometheusWire } from '../../../test/material/cloud/prometheus-wire.ts';
import { signedRequest } from '../../../test/material/cloud/signing.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { addCluster } from '../../eks/add-cluster.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };
const workspace = 'arn:aws:aps:eu-central-1:111111111111:workspace/ws-1';
/** It has each character that URLs and signatures encode in different ways. */
const query = `sum(increase(http_requests_total{path=~"/a*'!+ ~%",code!="5.."}[1m]))`;
const { fake } = testWorld((state) => {
  const cluster = addCluster(state, { ...scope, name: 'shop', version: '1.36' });
  Object.assign(cluster, { createdAt: 0, prometheus: [{ workspace, requests: query, worse: {} }] });
});
const now = new Date(fake.state.now);
const span = { from: new Date(now.getTime() - 7_200_000), to: now };
let wire: Awaited<ReturnType<typeof startPrometheusWire>>;
beforeEach(async () => {
  wire = await startPrometheusWire(fake.state, now);
});
afterEach(() => wire.close());

test('a query with every sign is asked of its workspace, signed, and answered minute by minute', async () => {
  expect(await wire.prometheus.readMinutes({ workspace, query }, [], span)).toHaveLength(120);
  expect(wire.calls).toMatchObject([
    { service: 'aps', operation: 'QueryMetrics', input: { workspaceId: 'ws-1' }, region: 'eu-central-1' },
  ]);
  expect(await wire.prometheus.readMinutes({ workspace, query: 'up' }, [], span)).toEqual([]);
  expect(wire.notes).toEqual([]);
});

test('who may not ask is told as AWS denies, as is a signature of another', async () => {
  wire.denied = true;
  const asked = () => wire.prometheus.readMinutes({ workspace, query }, [], span);
  await expect(asked()).rejects.toMatchObject({ name: 'AccessDeniedException', message: 'User: a is not authorized' });
  wire.denied = false;
  wire.secret = 'of another';
  await expect(asked()).rejects.toMatchObject({ name: 'AccessDeniedException', message: /signature/ });
});

test('no workspace, no query, a span without end and too many points are refused for good', async () => {
  const refused = { name: 'QueryRefused' };
  const other = workspace.replace('ws-1', 'ws-2');
  await expect(wire.prometheus.readMinutes({ workspace: other, query }, [], span)).rejects.toMatchObject(refused);
  await expect(wire.prometheus.readMinutes({ workspace, query: '' }, [], span)).rejects.toMatchObject(refused);
  const backwards = { from: now, to: span.from };
  await expect(wire.prometheus.readMinutes({ workspace, query }, [], backwards)).rejects.toMatchObject(refused);
  const long = { from: new Date(now.getTime() - 12_000 * 60_000), to: now };
  await expect(wire.prometheus.readMinutes({ workspace, query }, [], long)).rejects.toMatchObject({
    ...refused,
    message: /exceeded maximum resolution of 11000 points/,
  });
});

test('what else Prometheus is asked is noted, and refused by its name', async () => {
  const signer = { service: 'aps', region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 's' };
  const labels = await signedRequest({ method: 'GET', path: '/workspaces/ws-1/api/v1/labels' }, signer);
  expect((await wire.answer(labels)).status).toBe(501);
  expect(wire.notes).toEqual([expect.stringContaining('/workspaces/ws-1/api/v1/labels is not modelled')]);
  expect(wire.calls).toEqual([]);
});
