import { retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, calendars, keyOf, retag, spec, statusOf } from './changed-policy.ts';
import { hours, memberOf, membersOf, PERSON, recordOf, rolloutIdOf, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

async function told(world: World, name: string) {
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, name));
  return { condition: when.condition, codes: reasons.map(({ code }) => code) };
}

test('a cluster that was blocked in a wave and belongs to a later one by now is retried by nobody: a rollout that a person creates takes it', async () => {
  const blocked = staged('dev', ['e']).map((one) => ({ ...one, addons: { 'vpc-cni': 'v1.0.0-eksbuild.1' } }));
  const waves = spec(at('dev', { onUndecided: 'pass' }), at('prod'));
  const world = await smallFleet({ clusters: [...blocked, ...staged('prod', ['p'])], policy: waves });
  await hours(world, 6);
  expect((await memberOf(world, 'e')).status).toBe('Blocked');
  expect(await told(world, 'e')).toMatchObject({ condition: expect.stringMatching(/liftlock retry cluster e$/) });
  await retag(world, 'e', { stage: 'prod' });
  expect(await told(world, 'e')).toEqual({
    condition: 'Somebody runs: liftlock rollout create policy-0',
    codes: expect.arrayContaining(['NoWave']),
  });
  await expect(retryCluster(world.ports, await keyOf(world, 'e'), PERSON)).rejects.toThrow(
    'e belongs to the wave prod by now',
  );
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 1);
  const places = (await membersOf(world)).filter(({ name }) => name === 'e').map(({ waveIndex }) => waveIndex);
  expect(places).toEqual(expect.arrayContaining([0, 1]));
});

test('a cluster that belongs to a later wave than the one it was to begin in hears who ends that rollout', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['e']), ...staged('prod', ['p'])],
    calendars,
    policy: spec(at('dev', { calendar: 'nights' }), at('prod')),
  });
  await hours(world, 1);
  await retag(world, 'e', { stage: 'prod' });
  await hours(world, 1);
  expect([(await memberOf(world, 'e')).status, await statusOf(world, 'dev')]).toEqual(['Quarantined', 'Undecided']);
  const { condition, codes } = await told(world, 'e');
  expect(codes).toEqual(['NoWave']);
  expect(condition).toMatch(
    /liftlock rollout abort \S+, since .*; then somebody runs: liftlock rollout create policy-0\.$/,
  );
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'as it was said');
  await hours(world, 2);
  expect(touched(world, 'e')).toBe(false);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 4);
  expect(touched(world, 'e')).toBe(true);
});

test('such a cluster is not told to be taken by hand to a target that nobody knows', async () => {
  const waves = [at('dev', { calendar: 'nights' }), at('prod')];
  const world = await smallFleet({
    clusters: [...staged('dev', ['e']), ...staged('prod', ['p'])],
    calendars,
    policy: spec(...waves),
  });
  await hours(world, 1);
  await retag(world, 'e', { stage: 'prod' });
  await hours(world, 1);
  await applySpec(world, { ...spec(...waves), target: { channel: 'own' } });
  expect(await told(world, 'e')).toEqual({
    condition: 'The Channel that its policy names is applied, and can be read.',
    codes: ['NoWave', 'UnknownChannel'],
  });
});
