import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, at, keyOf, lookAround, spec } from './changed-policy.ts';
import { hours, minutes, PERSON, recordOf, rolloutIdOf, smallFleet, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** prod has failed by hand before it opened, and somebody has accepted that: the rollout goes on with `last`. */
async function failedUnopened(last: object, names: readonly string[]) {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p']), ...staged('last', names)],
    calendars: { nights: { windows: [{ name: 'w', schedule: '0 1 * * *', duration: '4h' }] } },
    policy: spec(at('dev', { soak: '12h' }), at('prod'), at('last', last)),
    prepare: failing('p'),
  });
  await hours(world, 3);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 14);
  const id = await rolloutIdOf(world);
  await resumeRollout(world.ports, id, PERSON, 'known', { acceptFailures: true });
  const wave = async (name: string) => (await wavesOf(world)).find((one) => one.rolloutId === id && one.name === name);
  return { world, id, wave };
}

const retry = async (world: World): Promise<void> => {
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await lookAround(world);
};

test('a wave that is open stays open when a cluster of an earlier one that never opened is retried', async () => {
  const { world, wave } = await failedUnopened({ calendar: 'nights' }, ['l', 'm']);
  for (let tries = 0; tries < 30 && (await wave('last'))?.status !== 'Open'; tries += 1) await hours(world, 0.2);
  const before = await wave('last');
  await retry(world);
  expect([before?.status, await wave('last')]).toMatchObject(['Open', { status: 'Open', openedAt: before?.openedAt }]);
  await hours(world, 30);
  expect(await checkInvariants(world)).toEqual([]);
});

test('and keeps its approval and its members', async () => {
  const { world, id, wave } = await failedUnopened({ approval: { approvals: 1 } }, ['l', 'm']);
  await hours(world, 1);
  await voteOnWave(world.ports, id, 'last', { decision: 'Approved', by: ANA });
  await minutes(world, 10);
  for (const late of staged('last', ['n'])) addCluster(world.eks.state, late);
  await retry(world);
  await hours(world, 24);
  expect(await wave('last')).toMatchObject({ status: 'Completed', members: 2, succeeded: 2 });
  expect(await checkInvariants(world)).toEqual([]);
});

test('a wave that has ended stays as it ended', async () => {
  const { world, wave } = await failedUnopened({}, ['l']);
  await hours(world, 6);
  const before = await wave('last');
  await retry(world);
  expect([before?.status, await wave('last')]).toEqual(['Completed', before]);
  await hours(world, 12);
  expect(await checkInvariants(world)).toEqual([]);
});
