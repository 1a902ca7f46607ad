import { breakGlassOfWave } from '../../core/operations/break-glass.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import {
  ANA,
  apply,
  asking,
  at,
  CARL,
  calendars,
  judge,
  keyOf,
  soaking,
  spec,
  statusOf,
  three,
  two,
} from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, run, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('a rejection', () => {
  test('is not pushed out by a hundred approvals of one other person', async () => {
    const world = await smallFleet({ clusters: staged('prod', ['p']), policy: spec(asking) });
    await hours(world, 2);
    await judge(world, 'Rejected', CARL);
    for (let i = 0; i < 100; i += 1) await judge(world, 'Approved', ANA);
    await hours(world, 3);
    expect(touched(world, 'p')).toBe(false);
  });
});

describe('what was said of a wave that the policy gave up for a while', () => {
  test('an approval is void when the wave comes back', async () => {
    const world = await smallFleet({ clusters: two, policy: spec(soaking, asking) });
    await hours(world, 6);
    await judge(world, 'Approved', CARL);
    await apply(world, soaking);
    await hours(world, 1);
    await apply(world, soaking, asking);
    await run(world);
    expect(touched(world, 'p')).toBe(false);
  });
  test('nobody can approve it while it is given up', async () => {
    const world = await smallFleet({ clusters: two, policy: spec(soaking, asking) });
    await hours(world, 6);
    await apply(world, soaking);
    await hours(world, 1);
    await expect(judge(world, 'Approved', CARL)).rejects.toThrow('The wave prod asks for no approval');
  });
  test('a broken glass is void too', async () => {
    const [S, P] = [at('dev', { soak: '3h' }), at('prod', { calendar: 'nights' })];
    const world = await smallFleet({ clusters: two, calendars, policy: spec(S, P) });
    await hours(world, 1);
    await breakGlassOfWave(world.ports, await rolloutIdOf(world), 'prod', {
      by: CARL,
      reason: 'x',
      milliseconds: 72e6,
    });
    await apply(world, S);
    await hours(world, 0.5);
    await apply(world, S, P);
    await hours(world, 6);
    expect([world.clock.now().getUTCHours(), touched(world, 'p')]).toEqual([15, false]);
  });
});

test('minJudged holds through a rename and back', async () => {
  const W = at('dev', { failureBudget: { minJudged: 2 } });
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p'])],
    policy: spec(W, at('prod')),
  });
  await hours(world, 0.3);
  await skipCluster(world.ports, await keyOf(world, 'e'), PERSON, 'not this one');
  await hours(world, 6);
  expect(await statusOf(world, 'dev')).toBe('Undecided');
  await apply(world, { ...W, name: 'development' }, at('prod'));
  await hours(world, 1);
  await apply(world, W, at('prod'));
  await hours(world, 12);
  expect(touched(world, 'p')).toBe(false);
});

describe('words of a wave', () => {
  test('can be said for a straggler, and are asked for', async () => {
    const other = staged('dev', ['e']).map((one) => ({ ...one, account: '222222222222' }));
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...other, ...staged('prod', ['p'])],
      policy: spec(at('dev'), at('prod', { soak: '200h' })),
    });
    await hours(world, 0.2);
    world.eks.state.deniedAccounts.push('222222222222');
    await world.invoke('discover-clusters', {});
    await hours(world, 8);
    await apply(world, at('dev', { approval: { approvals: 1 } }), at('prod', { soak: '200h' }));
    await hours(world, 1);
    world.eks.state.deniedAccounts.length = 0;
    await world.invoke('discover-clusters', {});
    await hours(world, 8);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'e'));
    expect(reasons[0]?.message).toContain('Run: liftlock approve');
    await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: CARL });
  });
  test('are those of who may judge it, also while its name is given up', async () => {
    const P = at('prod', { approval: { approvals: 1, from: [CARL] } });
    const world = await smallFleet({ clusters: staged('prod', ['d', 'e', 'f']), policy: spec(P) });
    await hours(world, 2);
    await judge(world, 'Approved', CARL);
    await hours(world, 0.2);
    await apply(world, { ...P, name: 'production' });
    await hours(world, 0.2);
    await judge(world, 'Rejected', PERSON).catch(() => undefined);
    await apply(world, P);
    await hours(world, 6);
    expect(touched(world, 'f')).toBe(true);
  });
});

test('no cluster goes without the approvals and windows of its own wave because names were swapped', async () => {
  const A = at('prod', { approval: { approvals: 2 }, calendar: 'nights' });
  const world = await smallFleet({ clusters: two, calendars, policy: spec(at('dev'), A) });
  await hours(world, 4);
  await apply(world, { ...at('dev'), name: 'prod' }, { ...A, name: 'dev' });
  await hours(world, 4);
  expect(touched(world, 'p')).toBe(false);
});

test('no wave opens on a policy that has changed between its decision and its write', async () => {
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '1h' }), at('prod')) });
  const table = world.table as unknown as { transact: (operations: unknown) => Promise<void> };
  const transact = table.transact.bind(table);
  let once = false;
  table.transact = async (operations) => {
    const text = JSON.stringify(operations);
    if (!once && text.includes('"name":"prod"') && text.includes('"status":"Open"')) {
      once = true;
      const careful = { name: 'careful', clusters: ['q'], approval: { approvals: 2 } };
      await apply(world, at('dev', { soak: '1h' }), careful, at('prod'));
    }
    return transact(operations);
  };
  await hours(world, 12);
  expect(touched(world, 'q')).toBe(false);
});

test('nobody is told of a wave that was never approved that its approval is void', async () => {
  const world = await smallFleet({
    clusters: [...three, ...staged('careful', ['c'])],
    policy: spec(at('dev', { soak: '48h' }), at('prod', { approval: { approvals: 1 } })),
  });
  await hours(world, 4);
  await judge(world, 'Approved', CARL);
  await apply(
    world,
    at('dev', { soak: '48h' }),
    at('careful', { approval: { approvals: 1 } }),
    at('prod', { approval: { approvals: 1 } }),
  );
  await hours(world, 0.5);
  const { standings, waveDetails } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  const said = (name: string) =>
    standings?.[waveDetails.findIndex((one) => one.name === name)]?.approvalReasons
      .map(({ message }) => message)
      .join(' ');
  expect([said('careful')?.includes('since it was approved'), said('prod')?.includes('since it was approved')]).toEqual(
    [false, true],
  );
});
