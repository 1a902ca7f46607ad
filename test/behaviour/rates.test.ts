import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { comparisonOf, probeText } from '../../core/probes/probe-verdict.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { hours, recordOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/probes.md, Rates.

const cluster = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const clusterIn = (state: FakeEksState) => Object.values(state.clusters).find(({ name }) => name === 'web');
const tripled = (state: FakeEksState): void => {
  Object.assign(clusterIn(state) ?? {}, { apiErrors: { from: '1.37', times: 3 } });
};

const checkout = (more: object = {}) => ({
  ...{ name: 'checkout', namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/checkout-{cluster}/5' } },
  ...{ requests: 'RequestCount', errors: 'HTTPCode_Target_5XX_Count', latency: 'TargetResponseTime' },
  ...more,
});
const both = { apiServer: true, metrics: [checkout()] };
/** The load balancer of `web`, of which something is three times as much on the new minor. */
const worseCheckout =
  (...what: readonly ('errors' | 'latency')[]) =>
  (state: FakeEksState): void => {
    const worse = Object.fromEntries(what.map((one) => [one, { from: '1.37', times: 3 }]));
    Object.assign(clusterIn(state) ?? {}, { loadBalancers: [{ name: 'app/checkout-web/5', ...worse }] });
  };
const resultsOf = (upgrade: Upgrade | undefined) =>
  Object.fromEntries((comparisonOf(upgrade)?.verdicts ?? []).map((one) => [probeText(one), one.result]));

interface Given {
  readonly prepare?: (state: FakeEksState) => void;
  readonly rates?: object;
  readonly policy?: object;
  readonly before?: (world: World) => void;
}

/** One hop from 1.36 to 1.37, whose API server is compared. */
async function hop({ prepare, rates = { apiServer: true }, policy = {}, before = () => {} }: Given = {}) {
  const world = await smallFleet({
    clusters: [cluster],
    policy: { smoke: { rates }, ...policy },
    ...(prepare !== undefined && { prepare }),
  });
  let reads = 0;
  const { getMetricData } = world.ports.account;
  Object.assign(world.ports.account, {
    getMetricData: (...asked: Parameters<typeof getMetricData>) => {
      reads += 1;
      return getMetricData(...asked);
    },
  });
  before(world);
  await hours(world, 4);
  const [upgrade] = await upgradesOf(world);
  const smoke = upgrade?.steps['smoke-check'];
  const minutes = (Date.parse(smoke?.endedAt ?? '') - Date.parse(smoke?.startedAt ?? '')) / 60_000;
  const rate = comparisonOf(upgrade)?.verdicts.find(({ probe }) => probe === 'api-errors');
  const told = smoke?.reasons.map(({ code, message }) => `${code}: ${message}`) ?? [];
  return { world, upgrade, smoke, minutes, rate, told, reads: () => reads };
}

test('errors that triple on the new minor are told, and fail no hop alone', async () => {
  const { world, upgrade, minutes, rate, told } = await hop({ prepare: tripled });
  expect([upgrade?.status, rate]).toMatchObject(['Succeeded', { result: 'fail', figures: { minutesBefore: 120 } }]);
  expect(told).toContainEqual(
    expect.stringMatching(
      /^ApiServerWorse: The errors of the API server rose from 0\.\d\d % to \d\.\d\d %, [23]\.\d times/,
    ),
  );
  expect(minutes).toBeGreaterThanOrEqual(35);
  expect(minutes).toBeLessThanOrEqual(45);
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const record = await recordOf(world, 'web');
  const lines = clusterText(await loadClusterDetail(world.ports, record), shown).map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^api-errors +fail .* [23]\.\d times$/));
  expect(explanationText(await explainCluster(world.ports, record), shown).join()).toContain('worse: api-errors');
});

test('a stop in the middle of the wait leaves the smoke check to its end, and explain says so', async () => {
  const said: Promise<string | null>[] = [];
  const { upgrade, minutes } = await hop({
    before: (world) =>
      onStep(world, 'smoke-check', 'running', 'web', () => {
        const record = () => recordOf(world, 'web');
        const stopped = stopFleet(world.ports, 'ann', 'x').then(record);
        said.push(stopped.then((one) => explainCluster(world.ports, one)).then(({ when }) => when.condition));
      }),
  });
  expect(await said[0]).toMatch(/^It runs now, and looks on to its end, since a smoke check changes nothing;/);
  expect(upgrade?.status).toBe('Succeeded');
  expect(minutes).toBeGreaterThanOrEqual(30);
});

test('a second source that is worse makes it one, and the cluster goes back', async () => {
  const nightly = (name: string, image: string, creationTimestamp: string): StoredObject => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { namespace: 'shop', name, creationTimestamp, ownerReferences: [{ kind: 'CronJob', name: 'nightly' }] },
    spec: { template: { spec: { containers: [{ name: 'job', image }] } } },
  });
  const world = await smallFleet({
    clusters: [{ ...cluster, objects: [nightly('nightly-1', 'works:1', '2026-11-20T07:00:00Z')] }],
    policy: { smoke: { rates: { apiServer: true } }, rollback: { automatic: true } },
    prepare: (state) => {
      tripled(state);
      Object.assign(clusterIn(state)?.kubernetes ?? {}, { jobRuns: { 'fails:1': { exitCode: 1 } } });
    },
  });
  // Seen first in the last look at everything, so that one more decides.
  onStep(world, 'smoke-check', 'running', 'web', () => {
    const soon = new Date(world.clock.now().getTime() + 6 * 60_000);
    world.clock.schedule(soon, async () => {
      const job = nightly('nightly-2', 'fails:1', soon.toISOString());
      clusterIn(world.eks.state)?.kubernetes.objects?.push(job);
    });
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.36');
  const upgrades = await upgradesOf(world);
  const [up, back] = ['1.36-1.37', 'rollback-1.37-1.36'].map((id) => upgrades.find((one) => one.id === id));
  expect([up?.status, back?.status]).toEqual(['RolledBack', 'Succeeded']);
  const codes = up?.steps['smoke-check']?.reasons.map(({ code }) => code);
  expect([up?.steps['smoke-check']?.status, codes]).toEqual([
    'failed',
    expect.arrayContaining(['ApiServerWorse', 'JobFailed']),
  ]);
  const begun = world.table.auditTimeline().find(({ event }) => event === 'RollbackBegun');
  expect(JSON.stringify(begun?.detail)).toContain('ApiServerWorse');
  // Nobody waits for rates on the way back.
  expect(comparisonOf(back)?.verdicts.filter(({ kind }) => kind === 'rate')).toEqual([]);
});

test('errors that stay pass within half an hour and a look, by a few reads', async () => {
  const { upgrade, minutes, rate, told, reads } = await hop();
  expect([upgrade?.status, rate?.result]).toEqual(['Succeeded', 'pass']);
  expect(told).toEqual([expect.stringMatching(/^Looked: EKS says 1\.37; .*nodes: 2/)]);
  expect(minutes).toBeGreaterThanOrEqual(30);
  expect(minutes).toBeLessThanOrEqual(35);
  expect(reads()).toBeLessThanOrEqual(6);
});

test('a policy that asks for no rates has nothing read and nothing waited for', async () => {
  const { upgrade, minutes, rate, reads } = await hop({ rates: undefined as never, policy: { smoke: {} } });
  expect([upgrade?.status, rate, reads()]).toEqual(['Succeeded', undefined, 0]);
  expect(minutes).toBeLessThan(1);
});

test('a role that may not read CloudWatch is told by the name of the permission, and nothing is waited for', async () => {
  const { upgrade, minutes, rate, told } = await hop({
    prepare: tripled,
    before: (world) => {
      const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
      Object.assign(world.ports.account, { getMetricData: () => Promise.reject(denied) });
    },
  });
  expect([upgrade?.status, rate?.result]).toEqual(['Succeeded', 'inconclusive']);
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*AccessDenied.*cloudwatch:GetMetricData/));
  expect(minutes).toBeLessThan(1);
});

test('CloudWatch that fails is asked again, and no longer than the policy waits', async () => {
  const { upgrade, minutes, told } = await hop({
    rates: { apiServer: true, wait: '35m' },
    before: (world) => {
      const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      Object.assign(world.ports.account, { getMetricData: () => Promise.reject(throttled) });
    },
  });
  expect(upgrade?.status).toBe('Succeeded');
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*slow down.*smoke\.rates\.wait/));
  expect(minutes).toBeGreaterThanOrEqual(30);
  expect(minutes).toBeLessThanOrEqual(35);
});

test('the least wait that a policy may ask for is enough to prove a rise', async () => {
  const { rate, minutes, told } = await hop({ prepare: tripled, rates: { apiServer: true, wait: '35m' } });
  expect([rate?.result, told.some((one) => one.startsWith('ApiServerWorse'))]).toEqual(['fail', true]);
  expect(minutes).toBeLessThan(36);
});

test('a cluster that EKS gives CloudWatch no counts of goes on at once', async () => {
  const { upgrade, minutes, told } = await hop({
    before: (world) => void Object.assign(world.ports.account, { getMetricData: async () => [] }),
  });
  expect(upgrade?.status).toBe('Succeeded');
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*0 minutes of data from before the hop/));
  expect(minutes).toBeLessThan(1);
});

test('a metric that CloudWatch has nothing of is named with all that finds it, and with the command that lists what there is', async () => {
  const { told } = await hop({ rates: { metrics: [checkout()] } });
  const said = expect.stringMatching(
    /^ProbeInconclusive: Of the errors of checkout .*0 minutes .* CloudWatch of account \d+ in eu-central-1 has none of RequestCount of AWS\/ApplicationELB with LoadBalancer=app\/checkout-web\/5\. Compare the names with: aws cloudwatch list-metrics --namespace 'AWS\/ApplicationELB' --region eu-central-1$/,
  );
  expect(told).toContainEqual(said);
});

test('the API server and a load balancer that are worse fail the hop, and the cluster goes back by itself', async () => {
  const world = await smallFleet({
    clusters: [cluster],
    policy: { smoke: { rates: both }, rollback: { automatic: true } },
    prepare: (state) => {
      tripled(state);
      worseCheckout('errors')(state);
    },
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.36');
  const upgrades = await upgradesOf(world);
  const [up, back] = ['1.36-1.37', 'rollback-1.37-1.36'].map((id) => upgrades.find((one) => one.id === id));
  expect([up?.status, back?.status]).toEqual(['RolledBack', 'Succeeded']);
  expect(up?.steps['smoke-check']?.reasons.map(({ code }) => code)).toEqual(['ApiServerWorse', 'MetricWorse']);
  const begun = world.table.auditTimeline().find(({ event }) => event === 'RollbackBegun');
  expect(JSON.stringify(begun?.detail)).toContain('The errors of checkout rose from 0.');
});

test('a load balancer that alone fails more requests is told by its name, and the hop succeeds', async () => {
  const { world, upgrade, told } = await hop({ prepare: worseCheckout('errors'), rates: both });
  expect([upgrade?.status, resultsOf(upgrade)]).toMatchObject([
    'Succeeded',
    { 'api-errors': 'pass', 'metric-errors of checkout': 'fail', 'metric-latency of checkout': 'pass' },
  ]);
  expect(told).toContainEqual(
    expect.stringMatching(
      /^MetricWorse: The errors of checkout rose from 0\.\d\d % to \d\.\d\d %, [23]\.\d times \(p = /,
    ),
  );
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const record = await recordOf(world, 'web');
  const lines = clusterText(await loadClusterDetail(world.ports, record), shown).map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^metric-errors of checkout +fail .* [23]\.\d times$/));
  const explained = explanationText(await explainCluster(world.ports, record), shown).join();
  expect(explained).toContain('worse: metric-errors of checkout');
});

test('errors and latency of one load balancer are one source, and the hop succeeds', async () => {
  const { upgrade, told } = await hop({ prepare: worseCheckout('errors', 'latency'), rates: both });
  expect([upgrade?.status, resultsOf(upgrade)]).toMatchObject([
    'Succeeded',
    { 'metric-errors of checkout': 'fail', 'metric-latency of checkout': 'fail' },
  ]);
  expect(told.filter((one) => one.startsWith('MetricWorse'))).toHaveLength(2);
});

test('of a load balancer that stays as it was all passes, by two reads a look', async () => {
  const { upgrade, told, reads } = await hop({ prepare: worseCheckout(), rates: both });
  expect([upgrade?.status, new Set(Object.values(resultsOf(upgrade)))]).toEqual(['Succeeded', new Set(['pass'])]);
  expect(told).toEqual([expect.stringMatching(/^Looked/)]);
  expect(reads()).toBeLessThanOrEqual(6);
});

test('a denied read is told of each rate by its name, with the permission, and nothing is waited for', async () => {
  const { upgrade, minutes, told } = await hop({
    ...{ prepare: worseCheckout('errors'), rates: both },
    before: (world) => {
      const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
      Object.assign(world.ports.account, { getMetricData: () => Promise.reject(denied) });
    },
  });
  expect(upgrade?.status).toBe('Succeeded');
  for (const whose of ['errors of the API server', 'errors of checkout', 'latency of checkout'])
    expect(told).toContainEqual(
      expect.stringMatching(
        new RegExp(`^ProbeInconclusive: Of the ${whose} .*account 111111111111 in eu-central-1 .*cloudwatch:GetMetric`),
      ),
    );
  expect(minutes).toBeLessThan(1);
});

test('a metric that three clusters share is a broken source once it is worse for all of them', async () => {
  const shared = checkout({ dimensions: { LoadBalancer: 'app/checkout-web/5' }, latency: undefined });
  const world = await smallFleet({
    clusters: ['web', 'api', 'jobs'].map((name) => ({ ...cluster, name })),
    policy: { smoke: { rates: { metrics: [shared] } }, rollback: { automatic: true } },
    prepare: worseCheckout('errors'),
  });
  await run(world);
  const upgrades = await upgradesOf(world);
  expect(upgrades.map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
  const told = upgrades.flatMap(({ steps }) => steps['smoke-check']?.reasons ?? []).map(({ message }) => message);
  expect(told).toContainEqual(expect.stringMatching(/^Of the errors of checkout .* broken source, and no regression/));
});

/** What Prometheus counts of the requests to a service of `web`, of which more fail on the new minor. */
const requests = 'sum(increase(http_requests_total{cluster="{cluster}"}[1m]))';
const errors = 'sum(increase(http_requests_total{cluster="{cluster}",code=~"5.."}[1m]))';
const queried = { queries: [{ name: 'shop', url: 'https://prometheus.example.com', requests, errors }] };
const workspace = 'arn:aws:aps:eu-west-1:222222222222:workspace/ws-1';
const ofWorkspace = { queries: [{ name: 'shop', workspace, requests, errors }] };
const worseShop = (state: FakeEksState, place: { readonly workspace?: string } = {}): void => {
  const of = (query: string) => query.replaceAll('{cluster}', 'web');
  const worse = { errors: { from: '1.37', times: 3 } };
  Object.assign(clusterIn(state) ?? {}, {
    prometheus: [{ ...place, requests: of(requests), errors: of(errors), worse }],
  });
};

test.each([
  ['at a URL', queried, {}],
  ['in a workspace', ofWorkspace, { workspace }],
])(
  'the API server and a service that Prometheus counts %s are worse, and the cluster goes back by itself',
  async (_, rates, place) => {
    const world = await smallFleet({
      clusters: [cluster],
      policy: { smoke: { rates: { apiServer: true, ...rates } }, rollback: { automatic: true } },
      prepare: (state) => {
        tripled(state);
        worseShop(state, place);
      },
    });
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.36');
    const up = (await upgradesOf(world)).find(({ id }) => id === '1.36-1.37');
    expect(up?.steps['smoke-check']?.reasons.map(({ code }) => code)).toEqual(['ApiServerWorse', 'MetricWorse']);
  },
);

test('a query that is refused is told with what was answered, once, and nothing is waited for', async () => {
  const { upgrade, minutes, told } = await hop({
    rates: queried,
    before: (world) => {
      const refused = Object.assign(new Error('It answered with HTTP status 403.'), { name: 'QueryRefused' });
      Object.assign(world.ports.prometheus, { readMinutes: () => Promise.reject(refused) });
    },
  });
  expect([upgrade?.status, minutes]).toEqual(['Succeeded', expect.any(Number)]);
  expect(minutes).toBeLessThan(1);
  expect(told).toContainEqual(
    'ProbeInconclusive: Of the errors of shop it cannot be told: prometheus.example.com could not be read: QueryRefused: It answered with HTTP status 403.',
  );
});

test('a workspace that may not be asked is told with its account and the permission, and nothing is waited for', async () => {
  const { upgrade, minutes, told } = await hop({
    rates: ofWorkspace,
    before: (world) => {
      const refused = Object.assign(new Error('User: a is not authorized.'), { name: 'AccessDeniedException' });
      Object.assign(world.ports.prometheus, { readMinutes: () => Promise.reject(refused) });
    },
  });
  expect(upgrade?.status).toBe('Succeeded');
  expect(minutes).toBeLessThan(1);
  expect(told).toContainEqual(
    `ProbeInconclusive: Of the errors of shop it cannot be told: ${workspace} could not be read: AccessDeniedException: User: a is not authorized. The spoke role of account 222222222222 needs aps:QueryMetrics.`,
  );
});

test('a series that Prometheus does not know is too little data, and nothing is waited for', async () => {
  const { upgrade, minutes, told } = await hop({ rates: queried });
  expect(upgrade?.status).toBe('Succeeded');
  expect(minutes).toBeLessThan(1);
  const said = expect.stringMatching(
    /^ProbeInconclusive: Of the errors of shop .*0 minutes of data.* prometheus\.example\.com has nothing for this query; try it there: sum\(increase\(http_requests_total\{cluster="web"\}\[1m\]\)\)$/,
  );
  expect(told).toContainEqual(said);
});
