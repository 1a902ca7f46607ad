import { retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { at, clusterOf, keyOf, lookAround } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet, upgradesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const of = (stage: string, wave: object) => ({
  selector: { matchLabels: { stage } },
  target: 'latest',
  trigger: 'automatic',
  waves: [wave],
});

/** Failed in a rollout of one policy, held, and by its tags another policy's by now, whose calendar is shut. */
async function relabelled() {
  const world = await smallFleet({
    clusters: staged('dev', ['d']),
    prepare: failing('d'),
    calendars: { nights: { windows: [{ name: 'w', schedule: '0 1 * * *', duration: '4h' }] } },
    policies: [of('dev', at('dev')), of('prod', at('prod', { calendar: 'nights' }))],
  });
  await hours(world, 3);
  Object.assign(clusterOf(world, 'd')?.tags ?? {}, { stage: 'prod' });
  await lookAround(world);
  await hours(world, 1);
  return world;
}

test('of who is held in the rollout of another policy than selects it now explain tells that rollout, and by whose calendars a retry goes', async () => {
  const world = await relabelled();
  const id = await rolloutIdOf(world);
  const told = async () => {
    const { rollout, calendars, when } = await explainCluster(world.ports, await recordOf(world, 'd'));
    return { rollout: rollout?.id, calendars, condition: when.condition };
  };
  const retry = 'Somebody removes the cause and runs: liftlock retry cluster d (or release).';
  expect(await told()).toEqual({ rollout: id, calendars: [], condition: retry });
  await retryCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await hours(world, 0.2);
  expect(await told()).toMatchObject({ rollout: id, calendars: [] });
  // Nights are hours away: what explain has said before holds.
  expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Running']);
});
