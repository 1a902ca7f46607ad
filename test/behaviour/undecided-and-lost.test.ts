import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, clusterOf, lookAround, spec, statusOf } from './changed-policy.ts';
import { hours, rolloutsOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const OTHER = '222222222222';
const second = (world: World, stage: string) =>
  applySpec(world, { ...spec({ name: 'all' }), selector: { matchLabels: { stage } } }, 'second');
const third = (world: World) =>
  applySpec(world, { ...spec(at('dev', { bake: '2h' }), at('prod')), selector: { matchLabels: { stage: 'dev' } } });

const CASES: Record<string, readonly [(world: World) => unknown, (world: World) => unknown]> = {
  'an account that could not be read, and is deleted': [
    ({ eks }) => eks.state.deniedAccounts.push(OTHER),
    (world) => {
      world.eks.state.deniedAccounts.splice(0);
      const { arn = '' } = clusterOf(world, 'p') ?? {};
      delete world.eks.state.clusters[arn];
    },
  ],
  'two policies, and is the other one’s alone': [(world) => second(world, 'prod'), third],
};
test.each(Object.entries(CASES))(
  'a last wave that is undecided before it opened ends when its only cluster is lost: %s',
  async (_, [out, gone]) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p']).map((one) => ({ ...one, account: OTHER }))],
      policy: spec(at('dev', { bake: '2h' }), at('prod')),
    });
    await hours(world, 1);
    await out(world);
    await lookAround(world);
    await hours(world, 6);
    expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Completed', 'Undecided']);
    await gone(world);
    await lookAround(world);
    await hours(world, 24);
    expect(await checkInvariants(world)).toEqual([]);
    expect((await rolloutsOf(world)).map(({ policy, status }) => [policy, status])).toContainEqual([
      'policy-0',
      'Completed',
    ]);
  },
);
