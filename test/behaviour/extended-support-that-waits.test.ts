import { requestRollback } from '../../core/operations/request-rollback.ts';
import { onStep } from './on-step.ts';
import { PERSON, recordOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

test('--extend-support of a person counts also where the rollback waits for the hop that runs there', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'shop', version: '1.33', supportType: 'STANDARD', nodegroups: [{ name: 'a' }, { name: 'b' }] }],
    policy: { target: '1.34' },
  });
  let status: string | undefined;
  onStep(world, 'roll-node-group/a', 'running', 'shop', async () => {
    const asked = await requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, {
      approve: true,
      extendSupport: true,
    });
    status = asked.status;
  });
  await run(world);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect([status, back?.status, back?.reasons.map(({ code }) => code), versionOf(world, 'shop')]).toEqual([
    'Started',
    'Succeeded',
    ['Looked'],
    '1.33',
  ]);
});
