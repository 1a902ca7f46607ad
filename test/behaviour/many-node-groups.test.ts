import { applySpec, at, spec } from './changed-policy.ts';
import { clustersOf, discover, hours, minutes, rolloutsOf, smallFleet, wavesOf } from './small-fleet.ts';

const waits = { approval: { approvals: 1 } };
const patching = (...waves: object[]) => ({ ...spec(...waves), patch: { nodes: {} } });

// The images of so many groups are more than one item of the audit holds.
test('a rollout over clusters with many node groups whose images are behind is created, and planned anew', async () => {
  const name = 'workers-of-the-payment-service-in-the';
  const nodegroups = Array.from({ length: 90 }, (_, index) => ({ name: `${name}-${index}`, nodes: 0 }));
  const world = await smallFleet({
    clusters: Array.from({ length: 80 }, (_, index) => ({
      ...{ name: `c${index}`, version: '1.37', tags: { stage: 'dev' } },
      nodegroups,
    })),
    policy: patching(at('dev', waits)),
  });
  await discover(world);
  await minutes(world, 5);
  expect([(await clustersOf(world)).length, (await rolloutsOf(world)).length]).toEqual([80, 1]);
  await applySpec(world, patching(at('canary'), at('dev', { ...waits, name: 'others' })));
  await hours(world, 1);
  expect((await wavesOf(world)).map((wave) => [wave.name, wave.members])).toEqual([
    ['canary', 0],
    ['others', 80],
  ]);
  expect((await rolloutsOf(world)).map(({ following }) => following)).toEqual([undefined]);
});
