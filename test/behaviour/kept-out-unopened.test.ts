import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, lookAround, spec, statusOf } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, rolloutsOf, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const OTHER = '222222222222';
const prod = staged('prod', ['p']).map((one) => ({ ...one, account: OTHER }));

/** What keeps the only cluster of prod out before its wave has opened, and what takes that away. */
const CAUSES: Record<string, readonly [keepOut: (world: World) => unknown, letIn: (world: World) => unknown]> = {
  'an account that cannot be read keeps out': [
    ({ eks }) => eks.state.deniedAccounts.push(OTHER),
    ({ eks }) => eks.state.deniedAccounts.splice(0),
  ],
  'a second policy keeps out': [
    (world) => applySpec(world, { ...spec({ name: 'all' }), selector: { matchLabels: { stage: 'prod' } } }, 'second'),
    (world) => applySpec(world, { ...spec({ name: 'all' }), selector: { matchLabels: { stage: 'none' } } }, 'second'),
  ],
};

/** Dev has passed, and nobody of prod could begin. */
async function undecided(cause: string): Promise<{ world: World; letIn: () => Promise<void> }> {
  const [keepOut, letIn] = CAUSES[cause] ?? [];
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...prod, ...staged('last', ['l'])],
    policy: spec(at('dev', { bake: '2h' }), at('prod'), at('last')),
  });
  await hours(world, 1);
  await keepOut?.(world);
  await lookAround(world);
  await hours(world, 6);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Undecided']);
  return {
    world,
    letIn: async () => {
      await letIn?.(world);
      await lookAround(world);
    },
  };
}

test.each(Object.keys(CAUSES))(
  'whom %s before its wave has opened goes on in its rollout once that is over, and nobody has to promote an empty wave',
  async (cause) => {
    const { world, letIn } = await undecided(cause);
    await letIn();
    await hours(world, 20);
    expect([touched(world, 'p'), await statusOf(world, 'prod'), await statusOf(world, 'last')]).toEqual([
      true,
      'Completed',
      'Completed',
    ]);
    expect(await rolloutsOf(world)).toHaveLength(1);
    expect(await checkInvariants(world)).toEqual([]);
  },
);

test('while nothing changes such a wave is planned anew by no look', async () => {
  const { world } = await undecided('a second policy keeps out');
  const events = () => world.table.auditTimeline().filter(({ event }) => /Replanned|Wave/.test(event)).length;
  const before = events();
  await hours(world, 12);
  expect(events()).toBe(before);
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'without it');
  await hours(world, 6);
  expect([touched(world, 'l'), touched(world, 'p')]).toEqual([true, false]);
});

test('whoever waits for such a wave hears that its cluster may come back, and that a promotion goes on without it', async () => {
  const { world } = await undecided('an account that cannot be read keeps out');
  const { when } = await explainCluster(world.ports, await recordOf(world, 'l'));
  expect(when.condition).toMatch(
    /^Once nothing keeps the clusters of the wave prod out any more it goes on by itself; or an approver looks at it and goes on without them: liftlock rollout promote/,
  );
});

test('whose wave has lost its place to another one of its policy is promised no new plan, but hears who ends the rollout', async () => {
  const { world, letIn } = await undecided('an account that cannot be read keeps out');
  await applySpec(world, spec(at('dev'), at('early'), at('prod')));
  await letIn();
  await hours(world, 2);
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect([touched(world, 'p'), reasons.map(({ code }) => code)]).toEqual([false, ['RolloutBusy']]);
  const abort = `liftlock rollout abort ${await rolloutIdOf(world)}`;
  expect(when.condition).toMatch(
    new RegExp(`: ${abort}, since .* would open the waves after it; then another one takes it\\.$`),
  );
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'as it was said');
  await hours(world, 6);
  expect(touched(world, 'p')).toBe(true);
});
