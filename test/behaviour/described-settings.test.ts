import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { discover, hours, recordOf, run, smallFleet } from './small-fleet.ts';

test('describe shows how EKS replaces the nodes of a group, by whose settings, during its roll and after it', async () => {
  const seen: string[] = [];
  const describe = async (world: World) => {
    const detail = await loadClusterDetail(world.ports, await recordOf(world, 'web'));
    const lines = clusterText(detail, { paint: (_, text) => text, now: world.clock.now() });
    seen.push(
      ...lines.filter((line) => line.startsWith('  workers ')).map((line) => line.slice(line.indexOf('ACTIVE') + 8)),
    );
  };
  const armed = new Faults([
    {
      ...{ when: 'after', operation: 'call', function: 'roll-node-group', skip: 1 },
      effect: { kind: 'act', act: describe },
    },
  ]);
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', updateConfig: { maxUnavailable: 1 } }] },
    ],
    policy: { nodes: { updateConfig: { maxUnavailable: 3 } } },
    armed,
  });
  await run(world);
  await describe(world);
  const own = '1 node at once, new ones first';
  expect(seen).toEqual([`3 nodes at once, new ones first (set by Liftlock; its own: ${own})`, own]);
});

// docs/cli.md: what an upgrade has changed since the inventory was read is not told as it was before.
test('node groups and add-ons say of when they are while an upgrade changes them', async () => {
  const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  const headings: string[] = [];
  const look = async () => {
    const detail = await loadClusterDetail(world.ports, await recordOf(world, 'web'));
    const lines = clusterText(detail, { paint: (_, text) => text, now: world.clock.now() });
    headings.push(...lines.filter((line) => /^(Node groups|Add-ons)/.test(line)));
  };
  await discover(world);
  await look();
  onStep(world, 'roll-node-group/workers', 'done', 'web', look);
  await hours(world, 6);
  await look();
  expect(headings).toEqual([
    'Node groups:',
    'Add-ons:',
    expect.stringMatching(/^Node groups, as seen at most .* ago:$/),
    expect.stringMatching(/^Add-ons, as seen at most .* ago:$/),
    'Node groups:',
    'Add-ons:',
  ]);
});
