import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { ANA, at, judge, spec, statusOf } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/policies.md, waves[].gates: what must be green while the wave soaks, and right before the next one begins.
const fleet = (prod: object, more: object = {}) =>
  smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { gates: [{ alarm: 'errors' }] }), at('prod', prod)),
    ...more,
  });
const word = async (world: Awaited<ReturnType<typeof smallFleet>>) => {
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
  return reasons.map(({ code }) => code);
};

describe('after its own approval a wave does not begin while a gate of the wave before it is red', () => {
  const red = async () => {
    const world = await fleet({ approval: { approvals: 1 } });
    await hours(world, 6);
    expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Pending']);
    world.gates.set('errors', 'red');
    await hours(world, 2);
    expect(await word(world)).toEqual(expect.arrayContaining(['GateRed', 'ApprovalMissing']));
    await judge(world, 'Approved', ANA);
    await hours(world, 2);
    expect([touched(world, 'p'), await word(world)]).toEqual([false, ['GateRed']]);
    return world;
  };

  test('it begins once all are green again', async () => {
    const world = await red();
    world.gates.set('errors', 'green');
    await hours(world, 2);
    expect(touched(world, 'p')).toBe(true);
  });

  test('or when an approver promotes that', async () => {
    const world = await red();
    await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'a known alarm');
    await hours(world, 2);
    expect([touched(world, 'p'), await statusOf(world, 'dev')]).toEqual([true, 'Completed']);
  });
});

test('nor when its window opens, days after the soak', async () => {
  const world = await fleet(
    { calendar: 'nights' },
    { calendars: { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '4h' }] } } },
  );
  await hours(world, 6);
  world.gates.set('errors', 'red');
  await hours(world, 12);
  expect([await statusOf(world, 'prod'), touched(world, 'p'), await word(world)]).toEqual([
    ...['Open', false, expect.arrayContaining(['GateRed'])],
  ]);
});

test('what comes back to a wave that was let pass without any grant waits for no gate, which nobody reads any more', async () => {
  const OTHER = '222222222222';
  const clusters = [
    ...staged('dev', ['d']),
    ...staged('stage', ['s']).map((one) => ({ ...one, account: OTHER })),
    ...staged('prod', ['p']),
  ];
  const world = await smallFleet({
    clusters,
    policy: spec(
      at('dev', { gates: [{ alarm: 'errors' }] }),
      at('stage', { onUndecided: 'pass', calendar: 'nights' }),
      at('prod', {}),
    ),
    calendars: { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '4h' }] } },
  });
  await hours(world, 6);
  expect(await statusOf(world, 'stage')).toBe('Open');
  world.eks.state.deniedAccounts.push(OTHER);
  await world.invoke('discover-clusters', {});
  await hours(world, 6);
  expect([await statusOf(world, 'stage'), touched(world, 's'), touched(world, 'p')]).toEqual([
    'Completed',
    false,
    true,
  ]);
  world.eks.state.deniedAccounts.splice(0);
  await hours(world, 16);
  expect(touched(world, 's')).toBe(true);
});
