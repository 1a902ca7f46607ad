import { parseAllDocuments } from 'yaml';
import { createHookJobs } from '../../adapters/kubernetes/create-hook-jobs.ts';
import type { ApiServer } from '../../core/ports/cluster-access.ts';
import { HOOK_JOB_MARK, type HookJob, type HookJobs, type OpenHookJobs } from '../../core/ports/hook-jobs.ts';
import { HOOK_RUNNERS, RBAC } from '../../core/queries/access-manifest.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { createInMemoryHookJobs } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import type { JobRun } from '../../simulator/kubernetes/kubernetes-state.ts';
import { hookRules, isAllowed } from '../../simulator/kubernetes/permissions.ts';
import { testCaller } from '../material/eks/world.ts';
import { shop, shopOverTls } from './cluster-access-under-test.ts';
import { failure } from './failure.ts';

const scope = { account: testCaller.account, region: testCaller.region };
const ROLE = `arn:aws:iam::${scope.account}:role/LiftlockSpoke-hooks`;

interface UnderTest {
  readonly jobs: HookJobs;
  readonly server: ApiServer;
  readonly cluster: ClusterRecord;
  readonly pass: (seconds: number) => void;
  close(): Promise<void>;
}

/** The fake's own port, in this process. */
async function inMemory(principal = testCaller.principal): Promise<UnderTest> {
  const { world, cluster, fake } = shop(1);
  return {
    jobs: createInMemoryHookJobs(fake, {
      ...{ clock: { now: world.now }, principal: () => principal, sleep: async () => undefined },
    }),
    server: { scope, name: 'shop', endpoint: 'https://in-memory', certificateAuthority: '' },
    cluster,
    pass: (seconds) => world.pass(seconds / 60),
    close: async () => undefined,
  };
}

/** The real adapter over TLS, answered by the same fake. */
async function overTls(): Promise<UnderTest> {
  const { world, cluster, server, options, close } = await shopOverTls(1);
  return { jobs: createHookJobs(options), server, cluster, pass: (seconds) => world.pass(seconds / 60), close };
}

const NAME = { namespace: 'default', name: 'liftlock-hook-1' };
const JOB: HookJob = {
  ...{ ...NAME, serviceAccount: 'hooks', image: 'registry.example/probe:1', key: 'k1' },
  ...{ question: '{"schema":"liftlock.hook/v1"}', deadlineSeconds: 600 },
};
const jobsOf = ({ kubernetes: { objects = [] } }: ClusterRecord, kind = 'Job') =>
  objects.filter((object) => object.kind === kind);

describe.each([
  ['the fake clusters in this process', () => inMemory()],
  ['the adapter over TLS', overTls],
])('jobs of hooks on %s', (_, create) => {
  let under: UnderTest;
  let jobs: OpenHookJobs;
  beforeEach(async () => {
    under = await create();
    jobs = under.jobs.open(under.server);
  });
  afterEach(async () => {
    jobs.close();
    await under.close();
  });

  test('one that is not there is none; once it is made it runs, and it is made once', async () => {
    expect(await jobs.read(NAME)).toBeUndefined();
    expect(await jobs.create(JOB)).toBeUndefined();
    expect(await jobs.create(JOB)).toBeUndefined();
    expect(jobsOf(under.cluster)).toHaveLength(1);
    expect(await jobs.read(NAME)).toMatchObject({ ...NAME, status: 'running', key: 'k1', message: '' });
  });

  test.each<[JobRun, string, string]>([
    [{ seconds: 60, message: 'all well' }, 'succeeded', 'all well'],
    [{ seconds: 60, exitCode: 7, message: 'p99 is high' }, 'refused', 'p99 is high'],
    [{ waiting: 'ImagePullBackOff' }, 'broken', 'Job was active longer than specified deadline'],
  ])('%j has %s', async (run, status, message) => {
    under.cluster.kubernetes.jobRuns = { [JOB.image]: run };
    await jobs.create(JOB);
    under.pass(59);
    expect(await jobs.read(NAME)).toMatchObject({ status: 'running', message: run.waiting ?? '' });
    under.pass(541);
    expect(await jobs.read(NAME)).toMatchObject({ status, message });
  });

  test('it is deleted with its pod, and only under the uid that was read', async () => {
    await jobs.create(JOB);
    const { uid } = (await jobs.read(NAME)) ?? { uid: '' };
    await jobs.delete({ ...NAME, uid: 'another' });
    expect([jobsOf(under.cluster).length, jobsOf(under.cluster, 'Pod').length]).toEqual([1, 1]);
    await jobs.delete({ ...NAME, uid });
    await jobs.delete({ ...NAME, uid });
    expect([jobsOf(under.cluster), jobsOf(under.cluster, 'Pod')]).toEqual([[], []]);
  });

  test('one that is not ours says so', async () => {
    await jobs.create(JOB);
    for (const { metadata } of jobsOf(under.cluster))
      delete (metadata.annotations as Record<string, string>)[HOOK_JOB_MARK];
    expect((await jobs.read(NAME))?.key).toBeUndefined();
  });

  test('a namespace that is not there is a right that is missing: it comes with the tier', async () => {
    const refused = await jobs.create({ ...JOB, namespace: 'none' });
    expect([refused?.name, refused?.message]).toEqual([
      'ClusterForbidden',
      expect.stringContaining('namespaces "none" not found'),
    ]);
  });
});

describe('the tier hooks', () => {
  async function withRole(change: (rules: object[]) => object[] = (rules) => rules) {
    const under = await inMemory(ROLE);
    const { cluster } = under;
    cluster.kubernetes.access.authentication = 'access-entries';
    cluster.description.accessConfig = { authenticationMode: 'API' };
    const entry = { principalArn: ROLE, type: 'STANDARD', createdAt: 0, policies: [] };
    cluster.accessEntries.push({ ...entry, kubernetesGroups: [HOOK_RUNNERS] });
    const [, role, binding] = parseAllDocuments(RBAC.hooks('default')).map((document) => document.toJS());
    cluster.kubernetes.objects = [{ ...role, rules: change(role.rules) }, binding];
    const jobs = under.jobs.open(under.server);
    const work = async () => {
      await jobs.read(NAME);
      const refused = await jobs.create(JOB);
      if (refused !== undefined) throw refused;
      await jobs.delete({ ...NAME, uid: (await jobs.read(NAME))?.uid ?? '' });
      return await jobs.read(NAME);
    };
    return { work, role, jobs, cluster };
  }

  test('is what a fake cluster gives whose owner has defined no role', async () => {
    expect((await withRole()).role.rules).toEqual(hookRules);
  });

  test('is enough to ask and to take away', async () => {
    const { work } = await withRole();
    expect(await work()).toBeUndefined();
  });

  test.each([0, 1])('and without its rule %i it is not', async (index) => {
    const { work } = await withRole((rules) => rules.filter((_, at) => at !== index));
    expect(await failure(work())).toBe('ClusterForbidden');
  });

  test.each(['get', 'create', 'delete'])('nor without the verb %s', async (verb) => {
    const without = (rule: object) => ({
      ...rule,
      verbs: (rule as { verbs: string[] }).verbs.filter((one) => one !== verb),
    });
    const { work } = await withRole((rules) => rules.map(without));
    expect(await failure(work())).toBe('ClusterForbidden');
  });

  test('holds in its namespace alone, and lets nobody drain', async () => {
    const { jobs, role, cluster } = await withRole();
    const elsewhere = await jobs.create({ ...JOB, namespace: 'kube-system' });
    expect([elsewhere?.name, role.kind, role.metadata.namespace]).toEqual(['ClusterForbidden', 'Role', 'default']);
    const eviction = { verb: 'create', group: '', resource: 'pods', subresource: 'eviction', namespace: 'default' };
    expect(isAllowed(cluster, { principal: ROLE }, eviction)).toBe(false);
    expect(JSON.stringify(role.rules)).not.toMatch(/\*|secrets|patch|update/);
  });
});
