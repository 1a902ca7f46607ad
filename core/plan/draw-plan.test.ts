import { fleetOf, NOW, type SmallPlan, smallPlan } from '../../test/material/plan/small-plan.ts';
import type { PlanDocument } from './document/plan-schema.ts';
import { drawPlan } from './draw-plan.ts';

function planOf(given: SmallPlan, now = NOW): PlanDocument {
  const { rules, inventory } = smallPlan(given);
  return drawPlan(rules, inventory, { now, seed: 1, runs: 3 });
}

const times = ({ waves }: PlanDocument) =>
  waves.flatMap(({ clusters }) =>
    clusters.map(({ name, start, end }) => `${name} ${start?.slice(8, 16)}-${end?.slice(8, 16)}`),
  );

const SCANNED = '2026-11-19T08:00:00.000Z';

test('concurrency, hops back to back, and positions in the order of the policy', () => {
  const clusters = [{ name: 'old', version: '1.34' }, ...fleetOf(2)];
  const plan = planOf({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 2 }] } });
  expect(times(plan)).toEqual(['old 20T08:00-20T10:00', 'c000 20T08:00-20T09:00', 'c001 20T09:00-20T10:00']);
  expect(plan.waves[0]?.clusters.map(({ hops, position }) => [hops, position])).toEqual([
    [['1.35', '1.36'], 1],
    [['1.36'], 2],
    [['1.36'], 3],
  ]);
});

test('a bake parks the cluster between two halves of the hop, and frees its cap meanwhile', () => {
  const waves = [{ name: 'all', maxConcurrency: 2, bake: '3h' }];
  const plan = planOf({ clusters: fleetOf(2), caps: { total: 1 }, policy: { waves } });
  // The second one uses the cap while the first one bakes.
  expect(times(plan)).toEqual(['c000 20T08:00-20T12:00', 'c001 20T08:30-20T12:30']);
});

test('approvals are taken to be given at once, and gates to be green', () => {
  const first = { name: 'first', clusters: ['c000'], soak: '1h' };
  const plan = (asked: object) =>
    times(planOf({ clusters: fleetOf(2), policy: { waves: [{ ...first, ...asked }, { name: 'all' }] } }));
  const alone = plan({});
  expect(alone).toEqual(['c000 20T08:00-20T09:00', 'c001 20T10:00-20T11:00']);
  expect(plan({ approval: {} })).toEqual(alone);
  expect(plan({ gates: [{ alarm: 'errors' }] })).toEqual(alone);
});

test('an upgrade that would not end in its window waits for the next one, unless it may overrun', () => {
  const calendars = { nights: { windows: [{ name: 'n', schedule: '0 9 * * *', duration: '90m' }] } };
  const wave = { name: 'all', maxConcurrency: 1, calendar: 'nights' };
  const plan = planOf({ clusters: fleetOf(2), calendars, policy: { waves: [wave] } });
  expect(times(plan)).toEqual(['c000 20T09:00-20T10:00', 'c001 21T09:00-21T10:00']);
  const overrun = planOf({ clusters: fleetOf(2), calendars, policy: { waves: [{ ...wave, mayOverrun: true }] } });
  expect(times(overrun)).toEqual(['c000 20T09:00-20T10:00', 'c001 20T10:00-20T11:00']);
});

test('what runs past its window says so: what may overrun, and nodes that begin late after a bake', () => {
  const calendars = {
    nights: {
      timeZone: 'Europe/Berlin',
      windows: [{ name: 'n', schedule: '0 9 * * *', duration: '90m' }],
      freezes: [{ name: 'f', from: '2026-11-23T10:15', to: '2026-11-24T00:00' }],
    },
  };
  const past = (wave: object, now = NOW) =>
    planOf({ clusters: fleetOf(2), calendars, policy: { waves: [{ name: 'all', calendar: 'nights', ...wave }] } }, now)
      .waves.flatMap(({ clusters }) => clusters)
      .map(({ reasons }) => reasons.flatMap(({ code, message }) => (code === 'RunsPastWindow' ? [message] : [])));
  const said = (until: string, what: string) =>
    `The upgrade to 1.36 is taken to go on until 2026-11-${until}+01:00, and ${what}: what EKS works on then finishes, what is left waits for the next opening.`;
  const closes = 'the window n closes at 2026-11-20T10:30+01:00';
  expect(past({})).toEqual([[], []]);
  expect(past({ mayOverrun: true })).toEqual([[], [said('20T11:00', closes)]]);
  expect(past({ maxConcurrency: 2, bake: '40m' })).toEqual([[said('20T10:40', closes)], [said('20T10:40', closes)]]);
  const frozen = new Date('2026-11-23T08:30:00Z');
  expect(past({ maxConcurrency: 2, mayOverrun: true }, frozen)).toEqual([
    [said('23T10:30', 'the freeze f begins at 2026-11-23T10:15+01:00')],
    [said('23T10:30', 'the freeze f begins at 2026-11-23T10:15+01:00')],
  ]);
});

test('a new cluster is set aside until it has settled, and is planned after its wave', () => {
  const clusters = [
    { name: 'new', createdAt: '2026-11-20T07:30:00Z' },
    { name: 'old', createdAt: '2025-01-01T00:00:00Z' },
  ];
  const plan = planOf({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 2 }] } });
  expect(times(plan).sort()).toEqual(['new 20T13:30-20T14:30', 'old 20T08:00-20T09:00']);
});

test('a calendar that never opens leaves its clusters without dates, and says why', () => {
  const calendars = { shut: { windows: [{ name: 'n', schedule: '0 9 * * *', duration: '30m' }] } };
  const plan = planOf({ calendars, policy: { waves: [{ name: 'all', calendar: 'shut' }], deadline: '2026-12-02' } });
  const [cluster] = plan.waves[0]?.clusters ?? [];
  expect([cluster?.start, cluster?.end, plan.feasible, plan.eta.p50]).toEqual([null, null, false, null]);
  expect(cluster?.reasons.map(({ code }) => code)).toContain('WindowClosed');
});

test('each cluster says what it waited for right before it started, whoever the decision looked at meanwhile', () => {
  const calendars = { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '150m' }] } };
  const waves = [
    { name: 'first', selector: { matchLabels: { wave: 'first' } }, soak: '2h' },
    { name: 'second', selector: { matchLabels: { wave: 'second' } }, maxConcurrency: 2 },
    { name: 'last', maxConcurrency: 2, calendar: 'nights' },
  ];
  const clusters = [
    { name: 'a', labels: { wave: 'first' } },
    ...fleetOf(4, { labels: { wave: 'second' } }),
    ...fleetOf(6).map(({ name }) => ({ name: `z${name}` })),
  ];
  const { waves: all } = planOf({ clusters, calendars, policy: { waves } });
  const waits = all.map((wave) => wave.clusters.map(({ reasons }) => reasons.slice(1).map(({ code }) => code)));
  expect(waits).toEqual([
    [[]],
    [['Soaking'], ['Soaking'], ['WaveFull'], ['WaveFull']],
    [['WindowClosed'], ['WindowClosed'], ['WaveFull'], ['WaveFull'], ['WindowClosed'], ['WindowClosed']],
  ]);
  const shut = all[2]?.clusters[4]?.reasons[1]?.message;
  expect(shut).toMatch(/window n opens 2026-11-21T22:00/);
});

test.each([
  ['no deadline', {}, null, true],
  ['a bare date is its first instant in UTC, exclusive', { deadline: '2026-11-21' }, '2026-11-21T00:00:00Z', true],
  ['ending at the deadline is too late', { deadline: '2026-11-20T11:00:00Z' }, '2026-11-20T11:00:00Z', false],
  ['ending a minute before is not', { deadline: '2026-11-20T11:01:00Z' }, '2026-11-20T11:01:00Z', true],
])('deadline: %s', (_, policy, deadline, feasible) => {
  const plan = planOf({ policy: { ...policy, waves: [{ name: 'all', maxConcurrency: 1 }] } });
  expect([plan.deadline, plan.feasible, plan.limitedBy === null]).toEqual([deadline, feasible, feasible]);
});

describe('beforeEndOf', () => {
  const ofVersions = (versions: readonly string[], margin: string, more: object = {}) =>
    planOf({
      clusters: versions.map((version, index) => ({ name: `c${index}`, version, ...more })),
      policy: { deadline: { beforeEndOf: 'standardSupport', margin } },
    });
  const frozen = {
    calendars: { late: { freezes: [{ name: 'f', from: '2026-11-01', to: '2026-12-20', reason: 'year end' }] } },
  };

  test('is the earliest over the versions of the clusters', () => {
    const { deadline, feasible, deadlines } = ofVersions(['1.34', '1.35'], '7d');
    expect([deadline, feasible]).toEqual(['2026-11-25T00:00:00Z', true]);
    expect(deadlines).toMatchObject([{ policy: 'standard', overdue: [] }]);
  });

  test('is the end of support itself once the margin has begun, and no plan is green because it came closer', () => {
    const { deadline, feasible, limitedBy } = planOf({
      ...frozen,
      clusters: [{ name: 'a', version: '1.34' }],
      policy: {
        deadline: { beforeEndOf: 'standardSupport', margin: '14d' },
        waves: [{ name: 'all', calendar: 'late' }],
      },
    });
    expect([deadline, feasible, limitedBy?.kind]).toEqual(['2026-12-02T00:00:00Z', false, 'freeze']);
    const now = ofVersions(['1.34'], '14d');
    expect(now).toMatchObject({ deadline: '2026-12-02T00:00:00Z', feasible: true });
    expect(now.deadlines[0]?.source).toBe('14d before the end of standard support, which has begun: the end itself');
  });

  test.each([
    [['1.33', '1.35'], '2027-03-20T00:00:00Z', 'one cluster'],
    [['1.33', '1.32'], null, '2 clusters'],
  ])('is missed where the support of a cluster is over: %j', (versions, at, who) => {
    const { deadline, feasible, deadlines, limitedBy } = ofVersions(versions, '7d');
    expect([deadline, feasible]).toEqual([at, false]);
    expect(deadlines[0]?.overdue).toContainEqual(expect.objectContaining({ name: 'c0', at: '2026-07-29T00:00:00Z' }));
    expect(limitedBy).toEqual({
      kind: 'support',
      name: 'standard',
      change: `the support of ${who} of the policy standard is over already, and no plan is in time for that; see OVERDUE`,
    });
  });

  test('counts the end of standard support where a cluster has no other', () => {
    const policy = { deadline: { beforeEndOf: 'extendedSupport', margin: '1d' } };
    const at = (supportType: string) =>
      planOf({ clusters: [{ name: 'a', version: '1.34', supportType }], policy }).deadlines[0];
    const force = 'when EKS upgrades by force';
    expect([at('STANDARD'), at('EXTENDED')]).toMatchObject([
      { at: '2026-12-01T00:00:00Z', source: `1d before the end of standard support, ${force}` },
      { at: '2027-12-01T00:00:00Z', source: '1d before the end of extended support' },
    ]);
  });
});

test('a plan in which clusters never start is not feasible, without a deadline too', () => {
  const calendars = {
    day: { windows: [{ name: 'd', schedule: '0 8 * * *', duration: '8h' }] },
    night: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '8h' }] },
  };
  const { feasible, limitedBy, eta } = planOf({
    calendars,
    clusters: [{ name: 'a' }, { name: 'b', tags: { 'liftlock/calendar': 'night' } }],
    policy: {
      waves: [
        { name: 'first', clusters: ['a'] },
        { name: 'second', calendar: 'day' },
      ],
    },
  });
  expect([feasible, eta.p50, limitedBy]).toEqual([
    false,
    null,
    {
      kind: 'several',
      name: null,
      change: 'some clusters of the policy standard never end as things are; see their reasons',
    },
  ]);
});

test('who begins only when EKS may have moved the control plane by force is told so, and pays nothing before', () => {
  const planned = (supportType: string) => {
    const { waves, costOfWaiting } = planOf({
      calendars: { late: { freezes: [{ name: 'f', from: '2026-11-01', to: '2026-12-20', reason: 'year end' }] } },
      clusters: [{ name: 'a', version: '1.34', supportType }],
      policy: { target: '1.35', waves: [{ name: 'all', calendar: 'late' }] },
    });
    const told = waves[0]?.clusters[0]?.reasons.filter(({ code }) => code === 'ForcedUpgrade');
    return [told?.map(({ message }) => message), costOfWaiting.untilDone > 0];
  };
  const said =
    'EKS moves its control plane by force from 2026-12-02 on, at any time: its nodes and add-ons stay behind then.';
  expect([planned('STANDARD'), planned('EXTENDED')]).toEqual([
    [[said], false],
    [[], true],
  ]);
});

test('of several policies the earliest deadline counts, and each is held to its own', () => {
  const policies = {
    slow: {
      selector: { matchLabels: { p: 'slow' } },
      deadline: '2026-11-30',
      waves: [{ name: 'a', maxConcurrency: 1 }],
    },
    tight: { selector: { matchLabels: { p: 'tight' } }, deadline: '2026-11-20T09:30:00Z' },
  };
  const clusters = [...fleetOf(20, { labels: { p: 'slow' } }), { name: 'one', labels: { p: 'tight' } }];
  const plan = planOf({ policies, clusters });
  expect([plan.deadline, plan.feasible]).toEqual(['2026-11-20T09:30:00Z', true]);
  expect(plan.deadlines.map(({ policy, endsAt }) => [policy, endsAt])).toEqual([
    ['slow', '2026-11-21T04:00:00Z'],
    ['tight', '2026-11-20T09:00:00Z'],
  ]);
});

test('the deadline of a policy whose clusters are all done stands with it, and nobody has to meet it', () => {
  const policies = {
    done: { selector: { matchLabels: { p: 'done' } }, deadline: '2026-11-01' },
    open: { selector: { matchLabels: { p: 'open' } }, deadline: '2026-12-01' },
  };
  const clusters = [
    { name: 'a', version: '1.36', labels: { p: 'done' } },
    { name: 'b', labels: { p: 'open' } },
  ];
  const plan = planOf({ policies, clusters });
  expect([plan.deadline, plan.feasible]).toEqual(['2026-12-01T00:00:00Z', true]);
  expect(plan.deadlines.map(({ policy, at, endsAt }) => [policy, at, endsAt])).toEqual([
    ['done', '2026-11-01T00:00:00Z', null],
    ['open', '2026-12-01T00:00:00Z', '2026-11-20T09:00:00Z'],
  ]);
  expect(planOf({ policies, clusters: clusters.slice(0, 1) })).toMatchObject({
    deadline: '2026-11-01T00:00:00Z',
    feasible: true,
  });
});

test('waiting costs: a cluster in extended support until its hop ends, and what staying would cost after', () => {
  const plan = planOf({
    clusters: [{ name: 'late', version: '1.33' }],
    policy: { target: '1.34', estimates: { upgrade: '12h' } },
  });
  // $12 a day: half a day until it is done; from then until 1.34 itself is in extended support, on 2026-12-02, 11 days and 4 hours.
  expect(plan.costOfWaiting).toEqual({ perDayNow: 12, untilDone: 6, avoided: 134 });
  expect(plan.waves[0]?.costOfWaiting).toEqual(plan.costOfWaiting);
});

test('the hash changes with who goes where and not with time, caps and concurrency', () => {
  const base = planOf({});
  expect(planOf({}, new Date('2026-11-21T08:00:00Z')).hash).toBe(base.hash);
  expect(planOf({ caps: { total: 1 }, policy: { waves: [{ name: 'all', maxConcurrency: 3 }] } }).hash).toBe(base.hash);
  expect(planOf({ policy: { target: '1.37' } }).hash).not.toBe(base.hash);
  expect(planOf({ clusters: fleetOf(4) }).hash).not.toBe(base.hash);
});

test('latest is what EKS has released by the plan’s now', () => {
  const latest = (now: string) => planOf({ policy: { target: 'latest' } }, new Date(now)).waves[0]?.target;
  expect([latest('2026-09-30T00:00:00Z'), latest('2026-10-01T00:00:00Z')]).toEqual(['1.36', '1.37']);
});

test('two policies for one cluster: it is excluded once', () => {
  const plan = planOf({ policies: { a: {}, b: {} }, clusters: fleetOf(1) });
  expect(plan.excluded.map(({ name, reason }) => [name, reason])).toEqual([['c000', 'AmbiguousPolicy']]);
  expect(plan.waves.map(({ policy, clusters }) => [policy, clusters.length])).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
});

test('what a plan cannot see is said: how far it looks, and by which clocks', () => {
  const { assumptions } = drawPlan(smallPlan({}).rules, smallPlan({}).inventory, {
    now: NOW,
    seed: 1,
    timeZoneData: '2026c',
  });
  expect(assumptions).toContain('Time runs until 2029-11-22T08:00:00Z: what has not ended by then has no end here.');
  expect(assumptions).toContain('Clocks of time zones go by the data 2026c.');
});

test('a wave whose failures in flight count says how many go at once, and not what is asked for', () => {
  const waves = [{ name: 'all', maxConcurrency: 5, failureBudget: { maxFailures: 2, countInFlight: true } }];
  expect(planOf({ clusters: fleetOf(9), policy: { waves } }).waves[0]?.maxConcurrency).toBe(2);
});

test('what the inventory proves to stop a cluster stops it in the plan, with why and without an end; the others go on', () => {
  const group = { name: 'g', version: '1.32' };
  const clusters = [
    { name: 'al2', version: '1.32', nodegroups: [{ ...group, amiType: 'AL2_x86_64' }] },
    { name: 'later', version: '1.31', nodegroups: [{ name: 'g', version: '1.31', amiType: 'AL2_x86_64' }] },
    { name: 'own', version: '1.35', nodegroups: [{ ...group, amiType: 'CUSTOM' }] },
    ...fleetOf(1),
  ];
  const plan = planOf({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 4 }] } });
  expect(times(plan)).toEqual([
    'later 20T08:00-undefined',
    'al2 undefined-undefined',
    'c000 20T08:00-20T09:00',
    'own undefined-undefined',
  ]);
  const codes = plan.waves[0]?.clusters.map(({ name, reasons }) => [name, reasons[0]?.code]);
  expect(codes).toEqual([
    ['later', 'ScanFinding'],
    ['al2', 'ScanFinding'],
    ['c000', 'Wave'],
    ['own', 'VersionSkew'],
  ]);
  expect([plan.feasible, plan.eta.p50, plan.limitedBy]).toEqual([
    false,
    null,
    { kind: 'blockers', name: null, change: 'repair what stops later, al2, own; see their reasons' },
  ]);
});

test('a kube-proxy that is newer than its API server stops the hop, and no older one does, since the add-on step brings it along', () => {
  const proxy = (version: string) => ({ addons: [{ name: 'kube-proxy', version }] });
  const clusters = [
    { name: 'new', version: '1.35', ...proxy('v1.36.6-eksbuild.2') },
    { name: 'brought', version: '1.35', ...proxy('v1.32.6-eksbuild.2') },
  ];
  const plan = planOf({ clusters });
  expect(times(plan).sort()).toEqual(['brought 20T08:00-20T09:00', 'new undefined-undefined']);
  const reasons = plan.waves[0]?.clusters.find(({ name }) => name === 'new')?.reasons;
  expect(reasons?.[0]?.message).toMatch(/^kube-proxy on every node is 1\.36, newer than the API server/);
});

test('what the last scan for a hop refused stops that hop in the plan, and which hops nobody has scanned is said', () => {
  const scan = (target: string, verdict: string, more = {}) => ({ target, scannedAt: SCANNED, verdict, ...more });
  const found = { causes: [{ cause: 'psp', severity: 'error', findings: 2 }] };
  const clusters = [
    { name: 'bad', scans: [scan('1.36', 'fail', found)] },
    { name: 'blind', scans: [scan('1.36', 'incomplete', { gaps: 2 })] },
    { name: 'good', scans: [scan('1.36', 'pass')] },
    { name: 'lapsed', scans: [scan('1.36', 'pass', { waivedUntil: '2026-11-20T08:00:00Z' })] },
    ...fleetOf(1),
  ];
  const plan = planOf({ clusters });
  expect(times(plan)).toEqual([
    'bad undefined-undefined',
    'blind undefined-undefined',
    'c000 20T08:00-20T09:00',
    'good 20T08:00-20T09:00',
    'lapsed undefined-undefined',
  ]);
  expect(plan.waves[0]?.clusters.slice(0, 2).map(({ reasons }) => reasons[0]?.message)).toEqual([
    `The scan of ${SCANNED} for 1.36 found: psp.`,
    `The scan of ${SCANNED} for 1.36 could not read 2 things. Run: liftlock scan cluster blind`,
  ]);
  expect(plan.limitedBy?.change).toBe('repair what stops bad, blind, lapsed; see their reasons');
  const aboutScans = (given: typeof plan) => given.assumptions.filter((text) => text.includes('scan'));
  expect(aboutScans(plan)).toEqual([
    'What the last scan for a hop found stops that hop, until somebody mends it and scans again. Of 1 of 5 hops no scan is known, and no finding stops those.',
  ]);
  expect(aboutScans(planOf({ clusters: fleetOf(1) }))).toEqual(['Findings of scans are not known, and stop nobody.']);
});

test('nodes that are behind are planned where the policy finishes them', () => {
  const clusters = [{ name: 'left', version: '1.36', nodegroups: [{ name: 'g', version: '1.35' }] }];
  const planned = (finish: string, state = 'NodesBehind') =>
    planOf({ clusters: clusters.map((one) => ({ ...one, state })), policy: { finish } });
  expect(times(planned('always'))).toEqual(['left 20T08:00-20T09:00']);
  expect(planned('propose').excluded.map(({ name, reason }) => [name, reason])).toEqual([['left', 'NodesBehind']]);
  const told = (state: string) => planned('propose', state).excluded[0]?.message;
  expect(told('NodesBehind')).toMatch(
    / Somebody runs: liftlock rollout create \S+ --finish \(whom it takes says --dry-run\)\.$/,
  );
  // During its bake nobody has to act.
  expect(told('NodesKept')).toMatch(/ the hop to 1\.39\. Its upgrade had not ended when the inventory was printed\.$/);
});
