import { onStep } from './on-step.ts';
import { memberOf, mutationsOf, run, smallFleet } from './small-fleet.ts';

// docs/probes.md: the alarms of the policy are compared with how they were before the first change, also where that is a patch.

const web = { name: 'web', version: '1.37', nodegroups: [{ name: 'workers' }] };

/** A cluster whose image is newer by now, and whose alarm rings before, or from when its nodes are replaced. */
async function patched(rings: 'before' | 'since') {
  const policy = { finish: 'propose', patch: { nodes: {} }, scan: { alarms: ['errors'] } };
  const world = await smallFleet({ clusters: [web], policy });
  if (rings === 'before') world.gates.set('errors', 'red');
  onStep(world, 'roll-node-group/workers', 'running', 'web', () => world.gates.set('errors', 'red'));
  await run(world);
  expect(mutationsOf(world).map(({ operation }) => operation)).toEqual(['UpdateNodegroupVersion']);
  const { status, reasons } = await memberOf(world, 'web');
  return [status, reasons.some(({ message }) => message.includes('alarm errors (was well'))];
}

test('an alarm that rings since a patch fails it, and one that rang before is not blamed', async () => {
  expect(await patched('since')).toEqual(['Failed', true]);
  expect(await patched('before')).toEqual(['Succeeded', false]);
});
