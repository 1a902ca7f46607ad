import { muteStatus } from '../../simulator/cloud/alarms/mute-rules.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { onStep } from './on-step.ts';
import { hours, smallFleet, upgradesOf } from './small-fleet.ts';

const at = { account: '111111111111', region: 'eu-central-1' };

test.each(['delete-cluster', 'recreate-cluster'] as const)(
  'alarms that others share do not stay silent once their cluster is gone: %s',
  async (act) => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }] }],
      policy: { silences: [{ alarms: ['all-errors'], during: ['roll-node-group'], longest: '12h' }] },
    });
    onStep(world, 'roll-node-group/workers', 'running', 'web', () => {
      world.clock.schedule(new Date(world.clock.now().getTime() + 180_000), async () => {
        expect(world.muteRules.all().map((rule) => muteStatus(rule, world.clock.now()))).toEqual(['ACTIVE']);
        world.eks.addActor({ ...at, at: world.clock.now().getTime() + 1, do: act, cluster: 'web' });
      });
    });
    await hours(world, 3);
    expect(world.muteRules.all().map((rule) => muteStatus(rule, world.clock.now()))).not.toContain('ACTIVE');
    const undo = (await upgradesOf(world)).find(({ id }) => id === 'undo-1.36-1.37');
    expect(undo?.reasons.map(({ code }) => code)).toEqual(['Gone', 'Silenced']);
    expect(await checkInvariants(world)).toEqual([]);
  },
);
