import { isDoubtful, isWithoutEffect } from '../../core/contracts/errors.ts';
import { type EksLoopback, startEksLoopback, type WireHandler } from '../../test/contract/eks-loopback.ts';
import { createEksConnections } from './eks-connections.ts';
import { createEksMutator } from './eks-mutator.ts';
import { createEksReader } from './eks-reader.ts';
import type { SpokeSessions } from './spoke-role.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };
const update = { id: 'u-1', status: 'InProgress', type: 'VersionUpdate', createdAt: new Date(0), params: [] };
const upgrade = { name: 'web', version: '1.36', clientRequestToken: 'token-1' };
let loopback: EksLoopback;
let policies: object[];
let slept: number[];
let forgotten: string[];

const sessions: SpokeSessions = {
  forAccount: async (account) => credentialsOf(account),
  forget: (account) => void forgotten.push(account),
  narrowedTo: async (account, policy) => {
    policies.push(policy);
    return credentialsOf(account);
  },
};
/** The key is the account, and for each time that its session was forgotten it ends with a dash. */
const credentialsOf = (account: string) => ({
  accessKeyId: `${account}${'-'.repeat(forgotten.length)}`,
  secretAccessKey: 'secret',
  sessionToken: 'token',
  expiration: new Date(Date.now() + 3_600_000),
});

beforeEach(async () => {
  policies = [];
  slept = [];
  forgotten = [];
  loopback = await startEksLoopback(() => ({}));
});
afterEach(() => loopback.close());

function ports(options: { burst?: number; requestTimeout?: number; milliseconds?: number; now?: () => Date } = {}) {
  const { burst = 100, requestTimeout, milliseconds, now = () => new Date(0) } = options;
  const connections = createEksConnections({
    sessions,
    clock: { now },
    sleep: async (milliseconds) => void slept.push(milliseconds),
    burst,
    client: {
      endpoint: loopback.endpoint,
      ...(requestTimeout === undefined ? {} : { requestHandler: { requestTimeout, throwOnRequestTimeout: true } }),
    },
  });
  return { ...createEksReader(connections), ...createEksMutator(connections, 'aws', milliseconds) };
}

const answer = (handler: WireHandler) => {
  loopback.handler = handler;
};
const refuse = (name: string, status: number): never => {
  throw Object.assign(new Error(`${name} happened`), { name, $metadata: { httpStatusCode: status } });
};
const operations = () => loopback.calls.map((call) => call.operation);

test('every member of a mutating call is named: a force that came along is sent for a roll alone, and no size is', async () => {
  answer(() => ({ update }));
  const eks = ports();
  const begun = await eks.updateClusterVersion(scope, {
    ...upgrade,
    force: true,
    rollbackConfig: {},
  } as typeof upgrade);
  expect(begun.requestId).toMatch(/^[0-9a-f-]{36}$/);
  const release = { version: '1.36', releaseVersion: '1.36.2-20261112' };
  const of = { clusterName: 'web', nodegroupName: 'workers' };
  const group = { ...of, ...release, clientRequestToken: 'token-2' };
  await eks.updateNodegroupVersion(scope, { ...group, force: true });
  const settings = { ...of, updateConfig: { maxUnavailable: 3 }, clientRequestToken: 'token-4' };
  await eks.updateNodegroupConfig(scope, { ...settings, scalingConfig: { desiredSize: 0 } } as typeof settings);
  const addon = { clusterName: 'web', addonName: 'coredns', addonVersion: 'v1', clientRequestToken: 'token-3' };
  await eks.updateAddon(scope, { ...addon, resolveConflicts: 'PRESERVE' });
  expect(loopback.calls.map((call) => call.input)).toEqual([
    upgrade,
    { ...group, force: true },
    settings,
    { ...addon, resolveConflicts: 'PRESERVE' },
  ]);
  expect(policies).toHaveLength(4);
});

test('a rollback in Auto Mode says how long its nodes have', async () => {
  answer(() => ({ update }));
  await ports().updateClusterVersion(scope, { ...upgrade, timeoutMinutes: 180 });
  expect(loopback.calls[0]?.input).toEqual({ ...upgrade, rollbackConfig: { timeoutMinutes: 180 } });
});

test('what EKS offers of an add-on is read once in an hour for an account and Region', async () => {
  answer(({ input }) => ({ addons: [{ addonName: (input as { addonName?: string }).addonName ?? 'any' }] }));
  let now = 0;
  const eks = ports({ now: () => new Date(now) });
  const cni = { addonName: 'vpc-cni' };
  const read = async (of = scope, input: typeof cni & { kubernetesVersion?: string } = cni) => {
    const before = loopback.calls.length;
    const [first] = await eks.describeAddonVersions(of, input);
    return [first?.addonName, loopback.calls.length - before];
  };
  expect(await read()).toEqual(['vpc-cni', 1]);
  expect(await read()).toEqual(['vpc-cni', 0]);
  expect(await read({ ...scope, account: '222222222222' })).toEqual(['vpc-cni', 1]);
  expect(await read({ ...scope, region: 'us-east-1' })).toEqual(['vpc-cni', 1]);
  expect(await read(scope, { addonName: 'coredns' })).toEqual(['coredns', 1]);
  expect(await read(scope, { ...cni, kubernetesVersion: '1.37' })).toEqual(['vpc-cni', 1]);
  now = 60 * 60_000 - 1;
  expect(await read()).toEqual(['vpc-cni', 0]);
  now += 1;
  expect(await read()).toEqual(['vpc-cni', 1]);
});

test('a mutating call is tried once', async () => {
  answer(() => refuse('ServiceUnavailableException', 503));
  await expect(ports().updateClusterVersion(scope, upgrade)).rejects.toMatchObject({
    name: 'ServiceUnavailableException',
  });
  expect(operations()).toHaveLength(1);
});

test.each([
  ['ResourceInUseException', 409],
  ['InvalidRequestException', 400],
  ['AccessDeniedException', 403],
  ['InvalidStateException', 400],
])('%s has its name and is not tried again', async (name, status) => {
  answer(() => refuse(name, status));
  await expect(ports().updateClusterVersion(scope, upgrade)).rejects.toMatchObject({
    name,
    message: `${name} happened`,
  });
  expect(operations()).toHaveLength(1);
});

test('a throttled read is tried again until it gets through', async () => {
  let calls = 0;
  answer(() => (++calls < 3 ? refuse('TooManyRequestsException', 429) : { clusters: ['web'] }));
  expect(await ports().listClusters(scope)).toEqual(['web']);
  expect(operations()).toHaveLength(3);
});

test('an answer that does not come is a TimeoutError, of which nobody knows what it did', async () => {
  answer(() => new Promise(() => {}));
  // On a busy machine it may take a while until the request has come.
  await expect(ports({ requestTimeout: 500 }).updateClusterVersion(scope, upgrade)).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  // A second try could be refused for what the first has begun.
  expect(operations()).toHaveLength(1);
});

test('a mutating call has one hard end, whatever its attempts would still wait for', async () => {
  answer(() => new Promise(() => {}));
  // An attempt alone would wait for longer than this test may last, and be followed by the next one.
  const failed = await ports({ milliseconds: 150, requestTimeout: 600_000 })
    .updateClusterVersion(scope, upgrade)
    .catch((error: unknown) => error);
  expect([isWithoutEffect(failed), isDoubtful(failed)]).toEqual([false, false]);
  expect((failed as Error).name).toMatch(/AbortError|TimeoutError/);
  expect(operations()).toHaveLength(1);
});

test('a session that EKS does not take any more, as after its role was made anew, is used no further', async () => {
  answer(({ account }) =>
    account === scope.account ? refuse('UnrecognizedClientException', 403) : { clusters: ['web'] },
  );
  const eks = ports();
  await expect(eks.listClusters(scope)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  expect(await eks.listClusters(scope)).toEqual(['web']);
  expect(forgotten).toEqual([scope.account]);
  answer(() => refuse('AccessDeniedException', 403));
  await expect(eks.listClusters(scope)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(forgotten).toHaveLength(1);
});

test('each page takes its turn in the rate of its account and Region', async () => {
  answer(({ input }) => {
    const at = Number(input.nextToken ?? 0);
    return { clusters: [`web-${at}`], ...(at < 4 ? { nextToken: String(at + 1) } : {}) };
  });
  const eks = ports({ burst: 2 });
  expect(await eks.listClusters(scope)).toEqual(['web-0', 'web-1', 'web-2', 'web-3', 'web-4']);
  expect(slept).toEqual([500, 1000, 1500]);
  await eks.listClusters({ ...scope, region: 'us-east-1' });
  expect(slept).toEqual([500, 1000, 1500, 500, 1000, 1500]);
});

test('calls are signed for the Region and by the account they are for', async () => {
  answer(() => ({ clusters: [] }));
  const eks = ports();
  await eks.listClusters(scope);
  await eks.listClusters({ account: '222222222222', region: 'us-east-1' });
  expect(loopback.calls.map(({ account, region }) => [account, region])).toEqual([
    ['111111111111', 'eu-central-1'],
    ['222222222222', 'us-east-1'],
  ]);
});

test.each([
  ['no cluster', {}],
  ['a cluster without version', { cluster: { name: 'web', arn: 'arn', createdAt: new Date(0), status: 'ACTIVE' } }],
])('an answer with %s is not taken for one', async (_, body) => {
  answer(() => body);
  await expect(ports().describeCluster(scope, { name: 'web' })).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('an insight without status is UNKNOWN, and an update without params has none', async () => {
  answer(({ operation }) =>
    operation === 'ListInsights'
      ? { insights: [{ id: 'i', name: 'n', category: 'UPGRADE_READINESS' }] }
      : { update: { ...update, params: undefined } },
  );
  const eks = ports();
  expect(await eks.listInsights(scope, { clusterName: 'web' })).toMatchObject([
    { insightStatus: { status: 'UNKNOWN' } },
  ]);
  expect(await eks.describeUpdate(scope, { name: 'web', updateId: 'u-1' })).toMatchObject({ params: [] });
});
