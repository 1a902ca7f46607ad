import { MOST_KEPT, type Observed, takeBaseline } from './baseline.ts';
import { compareStates } from './compare-states.ts';
import type { StateVerdict } from './probe-verdict.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const later = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
const is = (identity: string, how?: 'degraded' | 'down', more: Partial<Observed> = {}): Observed => ({
  ...{ identity, said: how ?? 'well', ...more },
  ...(how !== undefined && { is: how }),
});

/** Readings of workloads at these minutes after the baseline, each compared with the result of the previous one. */
function compared(before: readonly Observed[], readings: readonly (readonly [number, readonly Observed[]])[]) {
  const baseline = takeBaseline({ workloads: before }, NOON);
  let verdicts: StateVerdict[] = [];
  for (const [minutes, workloads] of readings)
    verdicts = compareStates({ baseline, verdicts }, { workloads }, later(minutes));
  return verdicts[0];
}

test('what was well and is not in two readings five minutes apart is worse, and named with what it was', () => {
  const ill = [is('a', 'down', { owner: 'payments' })];
  expect(compared([is('a')], [[60, ill]])).toMatchObject({
    result: 'inconclusive',
    concludesAt: later(65).toISOString(),
    figures: { compared: 1, worse: 1, named: [{ identity: 'a', was: 'well', is: 'down', owner: 'payments' }] },
  });
  expect(
    compared(
      [is('a')],
      [
        [60, ill],
        [64, ill],
      ],
    )?.result,
  ).toBe('inconclusive');
  expect(
    compared(
      [is('a')],
      [
        [60, ill],
        [64, ill],
        [65, ill],
      ],
    ),
  ).toMatchObject({
    result: 'fail',
    figures: { named: [{ since: later(60).toISOString() }] },
  });
});

test('what gets well in between begins anew, and another thing does not make up for it', () => {
  const [a, b] = [
    [is('a', 'down'), is('b')],
    [is('a'), is('b', 'down')],
  ];
  const well = [is('a'), is('b')];
  expect(
    compared(well, [
      [60, a],
      [63, b],
      [65, a],
    ])?.result,
  ).toBe('inconclusive');
  expect(
    compared(well, [
      [60, a],
      [65, b],
    ])?.result,
  ).toBe('inconclusive');
  expect(
    compared(well, [
      [60, a],
      [65, well],
    ]),
  ).toMatchObject({ result: 'pass', figures: { worse: 0 } });
});

test('what was no better before is not blamed, and what got worse than it was is', () => {
  const twice = (one: Observed): [number, Observed[]][] => [
    [60, [one]],
    [65, [one]],
  ];
  for (const [was, now, result] of [
    ['down', 'down', 'pass'],
    ['down', 'degraded', 'pass'],
    ['degraded', 'degraded', 'pass'],
    ['degraded', 'down', 'fail'],
    [undefined, 'degraded', 'fail'],
  ] as const)
    expect([was, now, compared([is('a', was)], twice(is('a', now)))?.result]).toEqual([was, now, result]);
});

test('what somebody made or changed since the baseline is not blamed, and named with its owner', () => {
  const deployed = is('a', 'down', { writtenAt: later(1).toISOString(), owner: 'shop' });
  const verdict = compared(
    [is('a')],
    [
      [60, [deployed]],
      [65, [deployed]],
    ],
  );
  expect(verdict).toMatchObject({
    result: 'pass',
    figures: { changed: 1, changedNamed: ['a (owner shop)'], worse: 0, unwell: 1 },
  });
  // Times of Kubernetes have no fractions of seconds.
  const before = is('a', 'down', { writtenAt: '2026-11-20T12:00:00Z' });
  expect(
    compared(
      [is('a')],
      [
        [60, [before]],
        [65, [before]],
      ],
    )?.result,
  ).toBe('fail');
});

test('what nobody has read before, or was too ill to keep, says nothing', () => {
  const baseline = takeBaseline({}, NOON);
  const [unread] = compareStates({ baseline, verdicts: [] }, { nodes: [is('n', 'down')] }, later(60));
  expect(unread).toMatchObject({
    probe: 'nodes',
    result: 'inconclusive',
    why: expect.stringContaining('before the hop'),
  });
  expect(unread?.concludesAt).toBeUndefined();
  const many = Array.from({ length: MOST_KEPT + 1 }, (_, number) => is(`${number}`, 'down'));
  expect(
    compared(many, [
      [60, [is('a', 'down')]],
      [65, [is('a', 'down')]],
    ])?.result,
  ).toBe('inconclusive');
  expect(
    compared(many.slice(1), [
      [60, [is('a', 'down')]],
      [65, [is('a', 'down')]],
    ])?.result,
  ).toBe('fail');
});

test('what is not read now is not judged', () => {
  const baseline = takeBaseline({ nodes: [], workloads: [] }, NOON);
  expect(compareStates({ baseline, verdicts: [] }, { nodes: [] }, later(60)).map(({ probe }) => probe)).toEqual([
    'nodes',
  ]);
});

/** A test whose runs have ended, each this number of minutes after the baseline: `x` has failed. */
const ran = (runs: string, awaitedUntil = later(90)): Observed => {
  const ended = runs.split(' ').map((run) => {
    const [minute = '', hasFailed] = run.split('x');
    return { begunAt: later(Number(minute)).toISOString(), hasFailed: hasFailed !== undefined };
  });
  const last =
    ended.at(-1)?.hasFailed === true ? ({ is: 'down', awaitedUntil: awaitedUntil.toISOString() } as const) : {};
  return { identity: 'Jobs shop/t', said: runs, ...last, runs: ended };
};
function tested(was: Observed, ...readings: readonly (readonly [number, Observed])[]) {
  const baseline = takeBaseline({ 'test-jobs': [was] }, NOON);
  let verdicts: StateVerdict[] = [];
  for (const [minutes, seen] of readings)
    verdicts = compareStates({ baseline, verdicts }, { 'test-jobs': [seen] }, later(minutes));
  return verdicts[0];
}

test('one run of a test that failed decides nothing, however often it is read: another one that fails after it does', () => {
  const [well, failed] = [ran('0'), ran('60x')];
  expect(tested(well, [61, failed], [66, failed], [80, failed])).toMatchObject({
    ...{ result: 'inconclusive', concludesAt: later(90).toISOString() },
    why: expect.stringMatching(/^One run failed, and no other one .* Run it again/),
    figures: { worse: 1 },
  });
  const over = tested(well, [61, failed], [90, failed]);
  expect([over?.result, over?.concludesAt]).toEqual(['inconclusive', undefined]);
  expect(tested(well, [66, ran('60x 65x')])?.result).toBe('fail');
  expect(tested(well, [66, ran('60x 65 70x')])?.result).toBe('inconclusive');
  expect(tested(well, [66, ran('60x 65x 70')])?.result).toBe('pass');
  expect(tested(ran('0x'), [61, failed])?.result).toBe('pass');
  const { awaitedUntil: _, ...unawaited } = failed;
  expect(tested(well, [61, unawaited])?.result).toBe('inconclusive');
});

test('of a test the runs that failed count across readings, since a CronJob keeps one of them, and one that was well ends that', () => {
  const well = ran('0');
  expect(tested(well, [61, ran('60x')], [71, ran('70x')])?.result).toBe('fail');
  expect(tested(well, [61, ran('60x')], [71, ran('65 70x')])?.result).toBe('inconclusive');
  expect(tested(well, [61, ran('60x')], [66, ran('65')], [71, ran('70x')])?.result).toBe('inconclusive');
  expect(tested(well, [61, ran('60x')], [63, ran('60x')], [71, ran('70x')], [73, ran('70x')])?.result).toBe('fail');
});

test('pods of what nobody can date, such as a TaskRun or a canary of Argo Rollouts, are not blamed where it was made since', () => {
  const undated = (name: string, how?: 'down'): Observed => is(name, how, { isUndated: true });
  const pods = [
    undated('ReplicaSet shop/web-7d', 'down'),
    undated('TaskRun ci/build', 'down'),
    is('Deployment a', 'down'),
  ];
  const comparing = (before: readonly Observed[]) =>
    compareStates({ baseline: takeBaseline({ pods: before }, NOON), verdicts: [] }, { pods }, later(60))[0]?.figures;
  expect(comparing([undated('ReplicaSet shop/web-7d')])).toMatchObject({
    changedNamed: ['TaskRun ci/build'],
    named: [{ identity: 'Deployment a' }, { identity: 'ReplicaSet shop/web-7d' }],
  });
  const among = (most: number) => [
    undated('ReplicaSet shop/web-7d'),
    ...Array.from({ length: most }, (_, number) => undated(`${number}`)),
  ];
  expect(comparing(among(MOST_KEPT + 1))).toMatchObject({ changedNamed: ['TaskRun ci/build'], worse: 2 });
  expect(comparing(among(2_000))).toMatchObject({ changed: 2, worse: 1 });
});

test('pods that are just starting do not last, however long others have been, and those that do not get there do', () => {
  const starting = [is('a', 'degraded', { isStarting: true })];
  const stuck = [is('a', 'degraded')];
  const each = (...readings: (readonly [number, readonly Observed[]])[]) => compared([is('a')], readings);
  expect(each([60, starting], [66, starting], [72, starting])).toMatchObject({
    result: 'inconclusive',
    concludesAt: later(77).toISOString(),
    figures: { named: [{ since: later(72).toISOString(), said: 'degraded, just starting' }] },
  });
  expect(each([60, stuck], [64, starting], [66, stuck])?.result).toBe('inconclusive');
  expect(each([60, starting], [65, stuck], [70, stuck])?.result).toBe('fail');
});

test('what wanted no pods before the hop, and is scaled up since, is not blamed, nor are its pods and Services', () => {
  const idle = (identity: string) => is(identity, undefined, { isIdle: true });
  const before = { workloads: [idle('Deployment a'), is('Deployment b')], services: [idle('Service a')], pods: [] };
  const baseline = takeBaseline(before, NOON);
  const down = (identity: string) => is(identity, 'down');
  const reading = {
    workloads: [down('Deployment a'), down('Deployment b')],
    pods: [down('Deployment a'), down('Deployment b')],
    services: [down('Service a')],
  };
  const figures = compareStates({ baseline, verdicts: [] }, reading, later(60)).map((one) => [
    one.probe,
    one.figures.changedNamed,
    one.figures.named.map(({ identity }) => identity),
  ]);
  expect(figures).toEqual([
    ['workloads', ['Deployment a'], ['Deployment b']],
    ['pods', ['Deployment a'], ['Deployment b']],
    ['services', ['Service a'], []],
  ]);
});

test('a Service whose workloads somebody has deleted is not blamed, and one that an operator made pods for is', () => {
  const undated = (name: string, how?: 'down') => is(name, how, { isUndated: true });
  const before = [is('Service shop/api'), undated('Service shop/db')];
  const services = [undated('Service shop/api', 'down'), undated('Service shop/db', 'down')];
  const baseline = takeBaseline({ services: before }, NOON);
  expect(compareStates({ baseline, verdicts: [] }, { services }, later(60))[0]?.figures).toMatchObject({
    ...{ changedNamed: ['Service shop/api'], named: [{ identity: 'Service shop/db' }] },
  });
});

test('a DaemonSet that wants no pod any more is told, with whose it is, and blames nothing', () => {
  const idle = (identity: string, more: Partial<Observed> = {}) => is(identity, undefined, { isIdle: true, ...more });
  const agent = { owner: 'platform' };
  const emptied = [idle('DaemonSet ops/agent', agent), idle('DaemonSet gpu/plugin'), idle('Deployment shop/batch')];
  const rewritten = idle('DaemonSet ops/paused', { writtenAt: later(30).toISOString() });
  const before = [is('DaemonSet ops/agent'), idle('DaemonSet gpu/plugin'), is('Deployment shop/batch')];
  expect(compared(before, [[60, [...emptied, rewritten]]])).toMatchObject({
    ...{ result: 'pass', figures: { changed: 0, worse: 0, emptied: ['DaemonSet ops/agent (owner platform)'] } },
  });
  // A test that was empty before proves nothing, nor does one whose earlier state is not known.
  expect(
    compared(
      before.map(({ identity }) => idle(identity)),
      [[60, emptied]],
    )?.figures.emptied,
  ).toBeUndefined();
  const many = Array.from({ length: MOST_KEPT + 1 }, (_, number) => idle(`${number}`));
  expect(compared([...before, ...many], [[60, emptied]])?.figures.emptied).toBeUndefined();
});

test('what was only just starting before the hop counts as well then, unless somebody had written it just before', () => {
  const starting = (identity: string, minutesBefore: number) =>
    is(identity, 'down', { isStarting: true, writtenAt: later(-minutesBefore).toISOString() });
  const before = [starting('a', 60), starting('b', 59), is('c', 'down'), is('d', 'down', { isStarting: true })];
  const broken = before.map(({ identity }) => is(identity, 'down'));
  expect(
    compared(before, [
      [60, broken],
      [66, broken],
    ]),
  ).toMatchObject({
    ...{ result: 'fail', figures: { unwellBefore: 3, worse: 1, named: [{ identity: 'a', was: 'well' }] } },
  });
});
