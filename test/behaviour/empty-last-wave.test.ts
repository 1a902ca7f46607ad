import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, clusterOf, hold, keyOf, lookAround, spec, statusOf } from './changed-policy.ts';
import { discover, hours, PERSON, recordOf, rolloutsOf, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const CALENDARS = { nights: { windows: [{ name: 'w', schedule: '0 1 * * *', duration: '4h' }] } };

const TAKEN_OUT: Record<string, (world: World) => Promise<unknown>> = {
  'is skipped': async (world) => skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'not now'),
  'is deleted': async (world) => {
    const { arn = '' } = clusterOf(world, 'p') ?? {};
    delete world.eks.state.clusters[arn];
    await lookAround(world);
  },
};

describe.each(Object.entries(TAKEN_OUT))('a last wave whose only cluster %s', (_, takeOut) => {
  test.each([
    ['before it has opened', { bake: '2h' }, {}],
    ['while it is open', {}, { calendar: 'nights' }],
  ])(
    '%s ends as Skipped, and its rollout with it: nobody has to promote what proves nothing to anybody',
    async (when, dev, prod) => {
      const world = await smallFleet({
        clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
        calendars: CALENDARS,
        policy: spec(at('dev', dev), at('prod', prod)),
      });
      await hours(world, when === 'while it is open' ? 3 : 1);
      expect(await statusOf(world, 'prod')).toBe(when === 'while it is open' ? 'Open' : 'Pending');
      await takeOut(world);
      await hours(world, 6);
      expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Skipped']);
      expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
      expect(await checkInvariants(world)).toEqual([]);
    },
  );
});

test('one that others follow waits for a person: they would begin unproved', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    calendars: CALENDARS,
    policy: spec(at('dev', { calendar: 'nights' }), at('prod')),
  });
  await hours(world, 1);
  await skipCluster(world.ports, await keyOf(world, 'd'), PERSON, 'not now');
  await hours(world, 6);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Undecided', 'Pending']);
});

test('a wave that the policy has dropped behind it makes it no less the last one', async () => {
  const prod = at('prod', { calendar: 'nights' });
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    calendars: CALENDARS,
    policy: spec(at('dev'), prod, at('last')),
  });
  await hours(world, 0.2);
  await apply(world, at('dev'), prod);
  await hours(world, 3);
  expect(await statusOf(world, 'prod')).toBe('Open');
  await TAKEN_OUT['is deleted']?.(world);
  await hours(world, 6);
  expect([await statusOf(world, 'prod'), await statusOf(world, 'last')]).toEqual(['Skipped', 'Skipped']);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
});

test('nor does it keep anybody from taking out its cluster before it has opened, and what waits for that says how', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev'), at('prod', { requireReady: '24h' }), at('last')),
  });
  await hours(world, 0.2);
  await apply(world, at('dev'), at('prod', { requireReady: '24h' }));
  await hours(world, 3);
  expect(await statusOf(world, 'prod')).toBe('Pending');
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect(reasons.map(({ message }) => message).join(' ')).toContain('Without it: liftlock skip cluster p');
  await TAKEN_OUT['is skipped']?.(world);
  await hours(world, 1);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
});

test('one whose only cluster is held waits for nobody, in no rollout, and once that is released another one takes it', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' },
  });
  await discover(world);
  await hours(world, 0.5);
  await hold(world, 'p');
  await apply(world, at('dev'), at('prod'));
  await hours(world, 8);
  for (const late of staged('dev', ['late'])) addCluster(world.eks.state, late);
  await lookAround(world);
  await hours(world, 8);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed', 'Completed']);
  expect((await explainCluster(world.ports, await recordOf(world, 'p'))).state).toBe('Held');
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 8);
  expect(versionOf(world, 'p')).toBe('1.37');
});
