import { apply, at, lookAround, spec, statusOf } from './changed-policy.ts';
import { hours, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const OTHER = '222222222222';
test('a wave that was Undecided before it opened waits for an approver though its policy drops it: none of its own clusters may begin', async () => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d']),
      ...staged('prod', ['p']).map((one) => ({ ...one, account: OTHER })),
      ...staged('last', ['l']),
    ],
    policy: spec(at('dev', { bake: '2h' }), at('prod'), at('last')),
  });
  await hours(world, 1);
  world.eks.state.deniedAccounts.push(OTHER);
  await lookAround(world);
  await hours(world, 6);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Undecided']);
  await apply(world, at('dev', { bake: '2h' }), at('last'));
  await hours(world, 6);
  // semantics.md, Waves: "or its policy has no such wave any more … Waits for an approver".
  expect([touched(world, 'l'), await statusOf(world, 'prod')]).toEqual([false, 'Undecided']);
});
