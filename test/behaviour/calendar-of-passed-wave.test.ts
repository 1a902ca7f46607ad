import { calendarSchema } from '../../core/config/schema/calendar.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, groupsOf, spec, statusOf } from './changed-policy.ts';
import { DAY, hours, memberOf, minutes, PERSON, recordOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

// docs/rollouts.md, When the policy, the versions or the fleet change:
// "where none does [select it] … what is half done goes on by the calendars that the wave had last";
// docs/semantics.md, Windows, bakes, watches and estimates: "the upgrade parks and goes on when the window opens".
// And explain says "The next tick of the reconciler, within a minute".
const calendar = (duration: string) =>
  calendarSchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Calendar',
    metadata: { name: 'c' },
    spec: { windows: [{ name: 'w', schedule: '0 9 * * *', duration }] },
  });

/** The straggler y of the wave dev, which has passed, is parked half-way; then no wave of the policy takes it any more. */
async function halfDone(): Promise<World> {
  const groups = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name) => ({ name }));
  const createdAt = new Date(DAY.getTime() - 6 * 3_600_000 + 150 * 60_000);
  const asking = at('prod', { approval: { approvals: 1 } });
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d']),
      ...staged('dev', ['y']).map((one) => ({ ...one, nodegroups: groups, createdAt })),
      ...staged('prod', ['p']),
    ],
    calendars: { c: calendar('70m').spec as never },
    policy: spec(at('dev', { calendar: 'c' }), asking),
  });
  await hours(world, 28);
  expect([await statusOf(world, 'dev'), (await memberOf(world, 'y')).status]).toEqual(['Completed', 'Parked']);
  expect(groupsOf(world, 'y')).toEqual(expect.arrayContaining(['1.36', '1.37']));
  await apply(world, asking);
  return world;
}
const wordOf = async (world: World) => (await explainCluster(world.ports, await recordOf(world, 'y'))).when.condition;

test('what a wave that has passed and is given up has left half done goes on as soon as its last calendar opens', async () => {
  const world = await halfDone();
  // 22 November, 08:55.
  await hours(world, 20 + 50 / 60);
  while (world.clock.now() < new Date('2026-11-22T09:00:00Z')) await minutes(world, 1);
  await minutes(world, 1);
  const said = await wordOf(world);
  await minutes(world, 4);
  expect([said, (await memberOf(world, 'y')).status]).toEqual([
    expect.stringMatching(/within a minute|It runs now/),
    'Running',
  ]);
});

test('and also where each of its openings is over before the hourly full look', async () => {
  const world = await halfDone();
  // 21 November, 12:30: full looks come at half past.
  await hours(world, 0.5);
  await applyConfig(world.ports, [calendar('15m')], PERSON);
  await hours(world, 20.5);
  const before = groupsOf(world, 'y')?.filter((version) => version === '1.36').length ?? 0;
  await hours(world, 5 * 24);
  const after = groupsOf(world, 'y')?.filter((version) => version === '1.36').length ?? 0;
  expect([before, after, await wordOf(world)]).toEqual([expect.any(Number), 0, expect.any(String)]);
});
