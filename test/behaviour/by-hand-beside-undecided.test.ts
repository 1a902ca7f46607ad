import { requestUpgrade } from '../../core/operations/requests.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { ANA, at, hold, lookAround, spec, statusOf } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutIdOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('who is advised to take a cluster by hand past a rollout that waits for a promotion is told what refuses that now, and to approve it', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    calendars: { c: { windows: [{ name: 'w', schedule: '0 3 * * *', duration: '4h' }] } },
    policy: spec(at('dev', { calendar: 'c', approval: { approvals: 1 } }), at('prod', { calendar: 'c' })),
  });
  await hours(world, 0.5);
  await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: ANA });
  await hours(world, 0.1);
  expect(await statusOf(world, 'dev')).toBe('Open');
  await hold(world, 'd');
  await hours(world, 2);
  expect(await statusOf(world, 'dev')).toBe('Undecided');
  for (const one of staged('dev', ['e'])) addCluster(world.eks.state, one);
  await lookAround(world);
  await hours(world, 2);
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'e'));
  expect(when.condition).toMatch(/takes it there by hand: liftlock upgrade cluster e --to 1\.37/);
  const refused = await requestUpgrade(world.ports, await recordOf(world, 'e'), '1.37', PERSON, {
    approve: true,
  }).catch(({ message }: Error) => message);
  expect(refused).toMatch(/is not upgraded: closed by calendar c/);
  expect([when.condition, reasons.map(({ code }) => code)]).toEqual([
    expect.stringMatching(/--to 1\.37 --approve/),
    expect.arrayContaining(['WindowClosed']),
  ]);
});
