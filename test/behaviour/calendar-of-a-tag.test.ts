import { deleteConfig } from '../../core/operations/delete-config.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { at, spec, two } from './changed-policy.ts';
import { hours, PERSON, recordOf, smallFleet } from './small-fleet.ts';

const nights = { timeZone: 'UTC', windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '8h' }] };

test('a Calendar that a tag names and somebody deletes while a plan waits is told once', async () => {
  const clusters = two.map((one) => ({ ...one, tags: { ...one.tags, 'liftlock/calendar': 'nights' } }));
  const world = await smallFleet({ clusters, calendars: { nights }, policy: spec(at('dev'), at('prod')) });
  await hours(world, 1);
  await deleteConfig(world.ports, { kind: 'Calendar', name: 'nights' }, PERSON, 'mistaken');
  await hours(world, 0.1);
  const { reasons, placement } = await explainCluster(world.ports, await recordOf(world, 'd'));
  expect([...reasons, ...placement].filter(({ code }) => code === 'BadTag')).toEqual([
    { code: 'BadTag', message: 'The tag liftlock/calendar asks for "nights", and there is no Calendar of that name.' },
  ]);
});
