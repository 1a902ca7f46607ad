import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { KEY, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quietAccount } from '../../test/material/steps/quiet-account.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AccountReader, MetricData } from '../ports/account.ts';
import type { ClusterAccess } from '../ports/cluster-access.ts';
import type { GateReader } from '../ports/outside.ts';
import type { AskedQuery, Prometheus } from '../ports/prometheus.ts';
import { API_SERVER_METRICS } from '../probes/asked-rates.ts';
import { comparisonOf } from '../probes/probe-verdict.ts';
import { Members, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { compareHopRates } from './compare-hop-rates.ts';
import { smokeCheck } from './smoke-check.ts';

const at = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const scan = { status: 'done' as const, reasons: [], startedAt: at(-61).toISOString() };
const scanned: Upgrade['steps'] = {
  'scan-cluster': {
    ...scan,
    detail: { baseline: { takenAt: at(-60).toISOString(), probes: { urls: { count: 0, unwell: {} } } } },
  },
};

interface Given {
  readonly minutes?: number;
  /** Errors of 3,000 requests a minute, before the hop and after it; or what CloudWatch answers. */
  readonly errors?: readonly [number, number] | Error;
  /** The same for the metric `Failed`, and milliseconds of each request for the metric `Time`. */
  readonly failed?: readonly [number, number];
  readonly time?: readonly [number, number];
  /** Errors of 3,000 requests a minute in Prometheus; or its answer to that query. */
  readonly queried?: readonly [number, number] | Error;
  /** The partial answers of CloudWatch, with their times. */
  readonly partial?: readonly [metric: string, when: 'before' | 'after'];
  readonly rates?: NonNullable<UpgradePolicySpec['smoke']['rates']> | null;
  readonly of?: Partial<Upgrade>;
  /** The answer of a URL in the policy. */
  readonly status?: number;
}

/** Ports of a step that only calls EKS and a URL, and the requests to CloudWatch. */
async function world(given: Given, table = new MemoryTable()) {
  const {
    minutes = 0,
    errors = [12, 12],
    failed = [12, 12],
    time = [80, 80],
    queried = [12, 12],
    partial,
    rates = { apiServer: true as const, wait: '45m' },
    of = {},
    status = 200,
  } = given;
  const base = policyWith({ name: 'p' });
  const smoke = { deployments: [], urls: ['https://shop.example/'], ...(rates && { rates }) };
  const policy = policyConfig({ ...base, spec: { ...base.spec, verification: 'eks-api', smoke } });
  const asked: MetricData[] = [];
  const account: AccountReader = {
    ...quietAccount,
    async getMetricData(_, one) {
      asked.push(one);
      if (errors instanceof Error) throw errors;
      const all = Array.from({ length: (one.to.getTime() - one.from.getTime()) / 60_000 }, (_none, index) => index);
      const part = one.to <= NOON ? 0 : 1;
      const minutes = (value: (index: number) => number) =>
        all.map((index) => ({ at: new Date(one.from.getTime() + index * 60_000), value: value(index) }));
      const around = (mean: number, phase = 1.7) => minutes((index) => mean * (1 + 0.1 * Math.sin(index * phase)));
      return one.metrics.map(({ metric, statistic }) => {
        if (metric === partial?.[0] && partial[1] === (part === 0 ? 'before' : 'after'))
          return Object.assign(new Error('CloudWatch answered with PartialData data.'), { name: 'IncompleteAnswer' });
        if (metric === API_SERVER_METRICS.errors) return around(errors[part]);
        if (metric === 'Failed') return around(failed[part], 2.3);
        if (metric === 'Time' && statistic === 'Sum') return around((3_000 * time[part]) / 1_000, 1.3);
        return minutes(() => 3_000);
      });
    },
  };
  const questions: AskedQuery[] = [];
  const prometheus: Prometheus = {
    async readMinutes(question, _, { from, to }) {
      questions.push(question);
      const { query } = question;
      if (query === 'errors' && queried instanceof Error) throw queried;
      const errors = queried instanceof Error ? 0 : queried[to <= NOON ? 0 : 1];
      const mean = { errors, seconds: 240 }[query] ?? 3_000;
      const scatter = query === 'requests' ? 0 : 0.1;
      return Array.from({ length: (to.getTime() - from.getTime()) / 60_000 }, (_, index) => ({
        at: new Date(from.getTime() + index * 60_000),
        value: mean * (1 + scatter * Math.sin(index * 1.1)),
      }));
    },
  };
  const ports = await oneStep(table, {
    ...{ eks: { cluster: { version: '1.37' } }, minutes },
    kept: { policy, upgrades: [upgrade({ steps: scanned, ...of })] },
  });
  const gates = {} as GateReader;
  const clusters = {} as ClusterAccess;
  const probe = { get: async () => ({ status }) };
  return { ports: { ...ports, account, gates, clusters, probe, prometheus }, asked, questions, table };
}

async function compared(given: Given, startTime = NOON.toISOString()) {
  const { ports, asked, questions } = await world(given);
  const input = stepInput({}, { execution: { ...stepInput().execution, startTime } });
  const context = await contextOf(ports, input, 'read');
  const { spec } = await context.policy();
  const verdicts = (await compareHopRates(ports, context, spec)) ?? [];
  return { verdict: verdicts[0], verdicts, asked, questions };
}

/** Smoke checks at these minutes, each with the kept state of the earlier ones. */
async function checks(given: Given, minutes: readonly number[], table?: MemoryTable) {
  let steps = given.of?.steps ?? scanned;
  let last: Awaited<ReturnType<typeof smokeCheck>> | undefined;
  let reads = 0;
  for (const [index, minute] of minutes.entries()) {
    const isLast = index === minutes.length - 1;
    const now = await world({ ...given, minutes: minute, of: { ...given.of, steps } }, isLast ? table : undefined);
    last = await smokeCheck(now.ports, stepInput());
    steps = (await load(now.table, Upgrades, KEY, '1.36-1.37'))?.data.steps ?? {};
    reads += now.asked.length;
  }
  const told = (last?.reasons ?? []).map(({ code, message }) => `${code}: ${message}`);
  return { status: last?.status, seconds: last?.waitSeconds, told, reads, steps };
}

test('two hours before the scan and the minutes since the check began are asked for, of this cluster', async () => {
  const { asked } = await compared({ minutes: 40 });
  const common = { namespace: 'AWS/EKS', dimensions: { ClusterName: 'web' }, statistic: 'Sum' };
  const metrics = [
    { ...common, metric: 'apiserver_request_total_5XX' },
    { ...common, metric: 'apiserver_request_total' },
  ];
  expect(asked).toEqual([
    { metrics, from: at(-180), to: at(-60) },
    { metrics, from: at(0), to: at(35) },
  ]);
});

/** A load balancer whose errors and latency a policy compares. */
const balancer = (name: string, more: object = { requests: 'Requests', errors: 'Failed', latency: 'Time' }) => ({
  ...{ name, namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: `app/${name}-{cluster}/5` } },
  ...more,
});
const of = (name: string) => ({ name, source: `AWS/ApplicationELB {"LoadBalancer":"app/${name}-web/5"}` });
const both = { apiServer: true as const, metrics: [balancer('checkout')], wait: '45m' };

test('metrics of the policy are in the same two requests, and each verdict says of which it is', async () => {
  const { verdicts, asked } = await compared({ minutes: 40, rates: both, failed: [12, 36], time: [80, 240] });
  expect(asked.map(({ metrics }) => metrics.length)).toEqual([6, 6]);
  expect(asked[0]?.metrics.slice(2)).toMatchObject([
    { metric: 'Failed', dimensions: { LoadBalancer: 'app/checkout-web/5' } },
    { metric: 'Requests', statistic: 'Sum' },
    { metric: 'Time', statistic: 'Sum' },
    { metric: 'Time', statistic: 'SampleCount' },
  ]);
  expect(verdicts).toMatchObject([
    { probe: 'api-errors', result: 'pass' },
    { probe: 'metric-errors', of: of('checkout'), result: 'fail', figures: { effect: expect.closeTo(3, 1) } },
    { probe: 'metric-latency', of: of('checkout'), result: 'fail', figures: { after: expect.closeTo(0.24, 2) } },
  ]);
});

test('without the API server only what the policy names is read', async () => {
  const { verdicts, asked } = await compared({ minutes: 40, rates: { metrics: both.metrics, wait: '45m' } });
  expect([verdicts.map(({ probe }) => probe), asked[0]?.metrics.length]).toEqual([
    ['metric-errors', 'metric-latency'],
    4,
  ]);
});

test.each<[string, 'before' | 'after']>([
  ['Failed', 'before'],
  ['Failed', 'after'],
  ['Requests', 'after'],
])(
  'a part of %s from %s is told of its rate alone, with the account and the Region, and read again',
  async (...partial) => {
    const { verdicts } = await compared({ minutes: 40, rates: both, partial });
    expect(verdicts).toMatchObject([
      { probe: 'api-errors', result: 'pass' },
      {
        ...{ probe: 'metric-errors', of: of('checkout'), result: 'inconclusive', concludesAt: at(45).toISOString() },
        why: 'CloudWatch of account 111122223333 in eu-central-1 could not be read: IncompleteAnswer: CloudWatch answered with PartialData data.',
      },
      { probe: 'metric-latency', result: 'pass' },
    ]);
  },
);

const shop = { name: 'shop', url: 'https://prometheus.example.com/', requests: 'requests', errors: 'errors' };
const withQuery = { apiServer: true as const, queries: [{ ...shop, seconds: 'seconds' }], wait: '45m' };

test('queries of a Prometheus API are compared beside metrics, each asked once for before and once for after', async () => {
  const { verdicts, asked, questions } = await compared({ minutes: 40, rates: withQuery, queried: [12, 36] });
  const of = { name: 'shop', source: 'https://prometheus.example.com' };
  expect(verdicts).toMatchObject([
    { probe: 'api-errors', result: 'pass' },
    { probe: 'metric-errors', of, result: 'fail', figures: { minutesBefore: 120, effect: expect.closeTo(3, 1) } },
    { probe: 'metric-latency', of },
  ]);
  expect(asked.map(({ metrics }) => metrics.length)).toEqual([2, 2]);
  const texts = questions.map(({ query }) => query);
  expect(texts.toSorted()).toEqual(['errors', 'errors', 'requests', 'requests', 'seconds', 'seconds']);
});

test('what could not be read of before is not asked for since', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });
  expect((await compared({ minutes: 40, errors: denied })).asked).toHaveLength(1);
  const { questions } = await compared({ minutes: 40, rates: withQuery, queried: denied });
  expect(questions.filter(({ query }) => query === 'errors')).toHaveLength(1);
});

test('where only queries are asked CloudWatch is not', async () => {
  const { verdicts, asked } = await compared({ minutes: 40, rates: { queries: [shop], wait: '45m' } });
  expect([verdicts.map(({ probe, result }) => [probe, result]), asked]).toEqual([[['metric-errors', 'pass']], []]);
});

test.each<[string, string, boolean]>([
  ['QueryRefused', 'It answered with HTTP status 400: parse error.', false],
  ['UrlRefused', 'prometheus.example.com resolves to 10.0.0.1, which is private.', false],
  ['SecretUnreadable', 'Secrets Manager answered AccessDeniedException.', false],
  ['UrlUnreachable', 'It did not answer within 10 seconds.', true],
  ['IncompleteAnswer', 'It warns: a store is down.', true],
])(
  'a query that fails with %s is told alone, by host, and asked again only where that may help',
  async (name, message, isAgain) => {
    const queried = Object.assign(new Error(message), { name });
    const { verdicts } = await compared({ minutes: 40, rates: withQuery, queried });
    const [server, errors, latency] = verdicts;
    expect([server?.result, latency?.why]).toEqual(['pass', undefined]);
    expect(errors).toMatchObject({
      result: 'inconclusive',
      why: `prometheus.example.com could not be read: ${name}: ${message}`,
    });
    expect(errors?.concludesAt).toBe(isAgain ? at(45).toISOString() : undefined);
  },
);

test('the API server and a query that are worse fail the hop, and two queries of one server do not', async () => {
  const two = { queries: [shop, { ...shop, name: 'again' }], wait: '45m' };
  const ended = async (given: Given) => (await checks(given, [0, 10, 30, 35])).status;
  expect(await ended({ rates: withQuery, errors: [12, 36], queried: [12, 36] })).toBe('failed');
  expect(await ended({ rates: two, queried: [12, 36] })).toBe('done');
});

test('a rate is not more significant because another could not be read', async () => {
  const many = ['a', 'b', 'c', 'd'].map((name) => balancer(name, { requests: 'Requests', errors: 'Failed' }));
  const rates = { apiServer: true as const, metrics: many, wait: '45m' };
  const detectable = async (given: Given) =>
    (await compared({ minutes: 30, errors: [12, 24], ...given })).verdict?.figures.detectable ?? 0;
  const unread = await detectable({ rates, partial: ['Failed', 'after'] });
  expect(unread).toBe(await detectable({ rates }));
  expect(unread).toBeGreaterThan(await detectable({}));
});

test('while one rate is open the others are judged anew with it: what has failed and does no more is no second source', async () => {
  const partial = ['Failed', 'after'] as const;
  const { status, steps } = await checks({ rates: both, errors: [12, 36], partial }, [0, 10, 30, 35]);
  const kept = comparisonOf({ steps })?.verdicts.filter(({ kind }) => kind === 'rate');
  expect([status, kept]).toMatchObject(['wait', [{ result: 'fail' }, { concludesAt: at(40).toISOString() }, {}]]);
  const { verdicts } = await compared({ minutes: 40, rates: both, failed: [12, 36], of: { steps } });
  expect(verdicts.map(({ result }) => result)).toEqual(['pass', 'fail', 'pass']);
});

test('the API server and a load balancer that are worse fail the hop, and one load balancer alone does not', async () => {
  const check = async (given: Given) => {
    const { status, told } = await checks({ rates: both, ...given }, [0, 10, 30, 35]);
    return [status, told.map((one) => one.split(':')[0]).filter((code) => /Worse$/.test(code ?? ''))];
  };
  expect(await check({ errors: [12, 36], failed: [12, 36] })).toEqual(['failed', ['ApiServerWorse', 'MetricWorse']]);
  expect(await check({ failed: [12, 36], time: [80, 240] })).toEqual(['done', ['MetricWorse', 'MetricWorse']]);
  expect(await check({ failed: [12, 36] })).toEqual(['done', ['MetricWorse']]);
});

test.each<[string, Partial<Upgrade>, Date]>([
  ['it first began', { firstStartedAt: at(-500).toISOString(), startedAt: at(-90).toISOString() }, at(-500)],
  ['it began', { startedAt: at(-90).toISOString() }, at(-90)],
])('where no scan has kept a baseline the upgrade tells when: %s', async (_, of, to) => {
  expect((await compared({ of: { steps: {}, ...of } })).asked[0]).toMatchObject({ to });
});

test.each<[string, Given]>([
  ['whose policy asks for none', { rates: null }],
  ['that has taken the cluster back', { of: { machine: 'rollback-cluster', from: '1.38', to: '1.37' } }],
])('nothing is read for an upgrade %s', async (_, given) => {
  expect(await compared(given)).toEqual({ verdict: undefined, verdicts: [], asked: [], questions: [] });
});

test('a rate that is open is waited for by looks of five minutes, and read when it is to be decided', async () => {
  const first = await checks({}, [0]);
  expect(first).toMatchObject({ status: 'wait', seconds: 300, reads: 1 });
  expect(first.told).toEqual([
    expect.stringMatching(/^ProbeInconclusive: .* 0 minutes of data since the hop .* 2026-11-20 12:30 UTC\.$/),
  ]);
  expect(await checks({}, [0, 5, 10, 15, 29])).toMatchObject({ status: 'wait', seconds: 60, reads: 1 });
  const passed = await checks({}, [0, 5, 10, 15, 30]);
  expect(passed).toMatchObject({ status: 'done', reads: 3 });
  expect(passed.told.map((one) => one.split(':')[0])).toEqual(['NotVerified', 'Looked']);
  expect(passed.told[1]).toBe('Looked: EKS says 1.37; 1 URL asked.');
});

test('errors that tripled are told, and fail nothing alone', async () => {
  const risen = { errors: [12, 36] } as const;
  expect(await checks(risen, [0, 10, 30])).toMatchObject({ status: 'wait', seconds: 300 });
  const { status, told } = await checks(risen, [0, 10, 30, 35]);
  expect([status, told]).toEqual([
    'done',
    expect.arrayContaining([expect.stringMatching(/^ApiServerWorse: .* 3\.0 times/)]),
  ]);
});

test('what was well when all should have been is not looked at again, and what was not is', async () => {
  const { steps } = await checks({}, [0, 10]);
  expect(await checks({ of: { steps }, status: 500 }, [30])).toMatchObject({ status: 'done' });
  const early = await checks({}, [0]);
  expect(await checks({ of: { steps: early.steps }, status: 500 }, [9])).toMatchObject({ status: 'wait' });
  const late = await checks({ of: { steps: early.steps }, status: 500 }, [30]);
  expect([late.status, late.told[0]]).toEqual(['failed', expect.stringMatching(/^UrlFailed/)]);
});

test('a look of an execution before this one is not gone on from', async () => {
  const { steps } = await checks({}, [0, 10]);
  const old = JSON.parse(JSON.stringify(steps).replaceAll('2026-11-20T12:', '2026-11-20T11:'));
  expect(await checks({ of: { steps: old }, status: 500 }, [15])).toMatchObject({ status: 'failed', reads: 2 });
});

test('what is decided after the wait of the policy is not waited for', async () => {
  const { status, told } = await checks(
    { errors: [12, 36], rates: { apiServer: true as const, wait: '35m' } },
    // A look in between failed, so the first one of a rise is late.
    [0, 10, 33],
  );
  expect([status, told[1]]).toEqual([
    'done',
    expect.stringMatching(/one more look decides\. It would take until 2026-11-20 12:38 UTC, .*smoke\.rates\.wait/),
  ]);
});

test('the least wait is long enough for a verdict, also of a check that begins within a minute', async () => {
  const rates = { apiServer: true as const, wait: '35m' };
  const { verdict } = await compared({ minutes: 1, rates }, new Date(NOON.getTime() + 25_000).toISOString());
  expect(verdict?.concludesAt).toBe(at(31).toISOString());
});

test('a denied read is told by its permission at once, and one that fails is tried again', async () => {
  const error = (name: string) => Object.assign(new Error('no'), { name });
  const denied = await checks({ errors: error('AccessDenied') }, [0]);
  expect([denied.status, denied.told[1]]).toEqual([
    'done',
    expect.stringMatching(
      /^ProbeInconclusive: .* CloudWatch of account 111122223333 in eu-central-1 .*AccessDenied: no\. The spoke role of account 111122223333 needs cloudwatch:GetMetricData\.$/,
    ),
  ]);
  for (const name of ['Throttling', 'IncompleteAnswer', 'Http500'])
    expect(await checks({ errors: error(name) }, [0])).toMatchObject({ status: 'wait', seconds: 300 });
});

/** A smoke check beside two clusters of the rollout that have found the same as it would without them. */
async function amongThree(given: Given, rename: (detail: string) => string = (detail) => detail) {
  const table = new MemoryTable();
  const failing = await checks(given, [0, 10, 30, 35]);
  const text = JSON.stringify(failing.steps['smoke-check']?.detail);
  for (const clusterKey of ['b#1', 'c#1']) {
    const step = { ...scan, detail: JSON.parse(rename(text)) };
    const other = upgrade({ clusterKey, steps: { 'smoke-check': step } });
    const member = memberItem({ clusterKey, waveIndex: 1, upgradeId: other.id });
    await table.transact([put(Upgrades, other, 'absent'), put(Members, member, 'absent')]);
  }
  return { failing, among: await checks(given, [0, 10, 30, 35], table) };
}

test('a rate that fails for three clusters of a rollout is a broken source', async () => {
  const { failing, among } = await amongThree({ errors: [12, 36] });
  expect(comparisonOf(failing)?.verdicts).toMatchObject([{ result: 'pass' }, { result: 'fail' }]);
  expect([among.status, among.told]).toEqual([
    'done',
    expect.arrayContaining([expect.stringMatching(/^ProbeInconclusive: .*broken source/)]),
  ]);
});

test('a metric that clusters share is a broken source where it fails for three, and one of each cluster is not', async () => {
  const { among } = await amongThree({ rates: { metrics: both.metrics, wait: '45m' }, failed: [12, 36] });
  expect(among.told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: Of the errors of checkout .*broken/));
  const own = await amongThree({ rates: { metrics: both.metrics, wait: '45m' }, failed: [12, 36] }, (detail) =>
    detail.replaceAll('checkout-web', 'checkout-other'),
  );
  expect(own.among.told).toContainEqual(expect.stringMatching(/^MetricWorse: The errors of checkout rose from 0\.4/));
  const old = await amongThree({ rates: { metrics: both.metrics, wait: '45m' }, failed: [12, 36] }, (detail) =>
    detail.replace(/"comparedAt":"[^"]+"/, '"comparedAt":"2026-11-20T11:50:00.000Z"'),
  );
  expect(old.among.told).toContainEqual(expect.stringMatching(/^MetricWorse: /));
});
