import { applyConfig } from '../../core/operations/apply-documents.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, fleetOf, retag, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, smallFleet, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const fleet = (more: object) => (world: World) => applyConfig(world.ports, [fleetOf(more)], PERSON);

test.each<[string, (world: World) => Promise<unknown>, string]>([
  ['the Fleet only looks', fleet({ mode: 'observe' }), 'Once the Fleet is applied with mode: act.'],
  [
    'a tag keeps Liftlock away',
    (world) => retag(world, 'd', { 'liftlock/paused': 'true' }),
    'Once its tag is changed, which is seen within the hour.',
  ],
])('where %s, what is half done says what lifts that', async (_, forbid, condition) => {
  const world = await smallFleet({ clusters: staged('dev', ['d']), policy: spec(at('dev')) });
  for (let looks = 0; versionOf(world, 'd') === '1.36' && looks < 120; looks += 1) await hours(world, 1 / 60);
  await forbid(world);
  await hours(world, 3);
  const { state, when } = await explainCluster(world.ports, await recordOf(world, 'd'));
  expect([state, when.condition]).toEqual(['Parked', condition]);
});
