import { readLimits } from '../../adapters/aws/request-limits.ts';
import { createTokenBucket } from '../../adapters/aws/token-bucket.ts';
import { MemoryTable } from '../../adapters/memory/table.ts';
import { UNANSWERED_SECONDS } from '../../core/contracts/look-limits.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import type { EksReader } from '../../core/ports/eks.ts';
import { concludeUpgrade } from '../../core/steps/conclude-upgrade.ts';
import { listNodeGroups } from '../../core/steps/list-node-groups.ts';
import { Upgrades } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { synthesize } from '../material/infra/synthesize.ts';
import { readable, resourcesOf } from '../material/infra/template.ts';
import { memberItem } from '../material/items/rollout-items.ts';
import { policyWith } from '../material/policy/policies.ts';
import { HOLDER, KEY, type Kept, NOON, policyConfig } from '../material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../material/steps/one-step.ts';

const { hub } = synthesize();
const timeouts = new Map(
  resourcesOf(hub, 'AWS::Lambda::Function').map(({ Properties }) => {
    const { FunctionName, Timeout } = readable(Properties) as { FunctionName: string; Timeout: number };
    return [FunctionName, Timeout];
  }),
);

/** 30 node groups are the quota of EKS, which may be raised (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html). */
const named = <Part>(count: number, prefix: string, part: Part) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}-${index}`, part]));

/** How long EKS takes for each call; Infinity where it never answers. */
type Seconds = number;

/**
 * One invocation by virtual time: calls go at the rate of Liftlock's own bucket, and what EKS does not answer fails when the SDK has given up. Lambda
 * ends a function at its timeout, which nothing of it catches: the call that is under way then has no end.
 */
async function invoke(name: string, groups: number, addons: number, latency: Seconds = 0, kept: Kept = {}) {
  let now = NOON.getTime();
  const clock = { now: () => new Date(now) };
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  const bucket = createTokenBucket({ clock, sleep });
  const end = NOON.getTime() + (timeouts.get(name) ?? 0) * 1_000;
  const killed = Promise.withResolvers<'timed out'>();
  const ports = await oneStep(new MemoryTable(), {
    kept,
    eks: {
      cluster: { version: '1.37' },
      nodegroups: named(groups, 'group', { version: '1.37' }),
      addons: named(addons, 'addon', {}),
      more: { listInsights: async () => [], listFargateProfiles: async () => [] },
    },
  });
  const slow = (operation: keyof EksReader) => async (scope: never, input: never) => {
    await bucket.take();
    await sleep(Math.min(latency, UNANSWERED_SECONDS) * 1_000);
    if (now > end) {
      killed.resolve('timed out');
      return new Promise(() => {});
    }
    if (latency > UNANSWERED_SECONDS) throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
    return (ports.eks[operation] as (scope: never, input: never) => unknown)(scope, input);
  };
  const eks = new Proxy(ports.eks, { get: (_, key) => slow(key as keyof EksReader) });
  return { ports: { ...ports, eks, clock }, killed: killed.promise };
}

const CLUSTERS = [
  [10, 10, 0],
  [30, 20, 0],
  [60, 10, 0],
  [200, 20, 0],
  [1, 1, UNANSWERED_SECONDS - 1],
  [1, 1, Number.POSITIVE_INFINITY],
] as const;

test.each(CLUSTERS)(
  'the upgrade of a cluster with %i node groups and %i add-ons is concluded where each call takes EKS %d seconds',
  async (groups, addons, latency) => {
    const { ports, killed } = await invoke('liftlock-conclude-upgrade', groups, addons, latency);
    const execution = { arn: HOLDER, name: 'upgrade-name', startTime: NOON.toISOString() };
    const outcome = { status: 'done', reasons: [] };
    await Promise.race([concludeUpgrade(ports, stepInput({}, { outcome, execution })), killed]);
    expect((await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data.status).toBe('Succeeded');
  },
);

test.each(CLUSTERS.slice(0, 4))(
  'a cluster with %i node groups and %i add-ons comes into the inventory',
  async (groups, addons) => {
    const { ports, killed } = await invoke('liftlock-record-clusters', groups, addons);
    const item = { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' } as const;
    expect(await Promise.race([recordCluster(ports, item), killed])).toBe('recorded');
  },
);

test('the node groups of a cluster with 200 of them are listed where each is asked for its version', async () => {
  const policy = policyConfig(policyWith({ name: 'p', waves: '[{ name: all, rollNodes: whenSkewRequires }]' }));
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, to: '1.38' });
  const { ports, killed } = await invoke('liftlock-list-node-groups', 200, 0, 0, { policy, member });
  const listed = await Promise.race([listNodeGroups(ports, stepInput()), killed]);
  expect(listed).toMatchObject({ status: 'done', reasons: [{ code: 'NodesLater' }] });
});

test('a call that EKS does not answer is over when it is reckoned to be', () => {
  const { maxAttempts, requestHandler } = readLimits;
  const tries = (maxAttempts * requestHandler.requestTimeout) / 1_000;
  expect(UNANSWERED_SECONDS).toBeGreaterThan(tries);
  expect(UNANSWERED_SECONDS).toBeLessThan(tries + 10);
});
