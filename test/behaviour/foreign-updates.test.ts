import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { onStep } from './on-step.ts';
import {
  controlsOf,
  memberOf,
  membersOf,
  mutationsOf,
  onlyCluster,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const at = { account: '111111111111', region: 'eu-central-1' };
const MINUTE = 60_000;

describe('what others started', () => {
  test('is waited for, outside the budget, and the job is finished afterwards', async () => {
    const world = await smallFleet({
      clusters: [web],
      policy: { waves: [{ name: 'all', failureBudget: { maxFailures: 0 } }] },
    });
    world.eks.addActor({
      ...at,
      at: world.clock.now().getTime() + 1,
      do: 'operation',
      principal: 'arn:aws:iam::111111111111:role/terraform',
      operation: 'UpdateClusterVersion',
      input: { name: 'web', version: '1.37' },
    });
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(mutationsOf(world).map((mutation) => mutation.operation)).not.toContain('UpdateClusterVersion');
    expect(mutationsOf(world).map((mutation) => mutation.operation)).toContain('UpdateNodegroupVersion');
    expect(world.table.auditTimeline().some((item) => item.event === 'UpgradeParked')).toBe(true);
    // It was seen and waited for, not run into.
    expect(world.eks.state.refusedMutations).toEqual([]);
    // At the target its scan finds nothing to judge and keeps no report; that it looked is told all the same.
    const { scan, scanLooked } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect([scan, scanLooked?.reason.code]).toEqual([null, 'AtTarget']);
  });

  test('is seen while DescribeCluster still says ACTIVE, since EKS shows it late', async () => {
    const world = await smallFleet({ clusters: [web] });
    world.bus.onEvent = ({ event }) => {
      if (
        event.type !== 'StepChanged' ||
        event.detail.step !== 'update-addons-before' ||
        event.detail.status !== 'done'
      )
        return;
      const caller = { ...at, principal: 'arn:aws:iam::111111111111:role/terraform' };
      world.eks.operation('UpdateClusterVersion', { name: 'web', version: '1.37' }, caller, world.clock.now());
      world.bus.onEvent = () => {};
      expect(world.eks.operation('DescribeCluster', { name: 'web' }, caller, world.clock.now()).cluster?.status).toBe(
        'ACTIVE',
      );
    };
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(world.eks.state.refusedMutations).toEqual([]);
  });

  test('on a node group parks the upgrade that has mutated, and it stays counted', async () => {
    const world = await smallFleet({ clusters: [{ ...web, nodegroups: [{ name: 'workers', nodes: 12 }] }] });
    world.bus.onEvent = ({ event }) => {
      if (
        event.type !== 'StepChanged' ||
        event.detail.step !== 'upgrade-control-plane' ||
        event.detail.status !== 'done'
      )
        return;
      world.eks.addActor({
        ...at,
        at: world.clock.now().getTime(),
        do: 'operation',
        principal: 'arn:aws:iam::111111111111:role/terraform',
        operation: 'UpdateNodegroupVersion',
        input: { clusterName: 'web', nodegroupName: 'workers', version: '1.37' },
      });
    };
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    const parked = world.table.auditTimeline().filter((item) => item.event === 'UpgradeParked');
    expect(parked.length).toBeGreaterThan(0);
    expect(parked.every((item) => item.detail.mutated === true)).toBe(true);
  });

  test('a forced upgrade that goes past the target is never taken back', async () => {
    const world = await smallFleet({
      clusters: [{ ...web, version: '1.35' }],
      policy: { target: '1.36', trigger: 'automatic' },
      prepare: (state) => void state.deniedAccounts.push('111111111111'),
    });
    await run(world);
    world.eks.state.deniedAccounts.length = 0;
    for (const minute of [1, 60])
      world.eks.addActor({
        ...at,
        at: world.clock.now().getTime() + minute * MINUTE,
        do: 'auto-upgrade',
        cluster: 'web',
      });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 120 * MINUTE));
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toEqual([]);
    expect((await membersOf(world)).filter((member) => member.status === 'Failed')).toEqual([]);
  });

  test('a refusal by EKS changes nothing, so the upgrade is Blocked and not Failed', async () => {
    const world = await smallFleet({ clusters: [web], policy: { target: '1.37' } });
    world.eks.faults.add({
      operation: 'UpdateClusterVersion',
      effect: { kind: 'error', name: 'AccessDeniedException', message: 'no eks:UpdateClusterVersion' },
    });
    await run(world);
    const [upgrade] = await upgradesOf(world);
    expect([upgrade?.status, upgrade?.mutated, upgrade?.reasons[0]?.code]).toEqual([
      'Blocked',
      false,
      'AccessDeniedException',
    ]);
  });
});

test.each([
  ['upgrade-control-plane', 'done'],
  ['roll-node-group/workers', 'done'],
  ['update-addons-after', 'running'],
])(
  'a cluster that somebody deletes in the middle of its hop is no failure of its wave: %s %s',
  async (step, status) => {
    const world = await smallFleet({ clusters: [web] });
    onStep(world, step, status, 'web', () => {
      onlyCluster(world).nodegroups.length = 0;
      const caller = { ...at, principal: `arn:aws:iam::${at.account}:role/ann` };
      world.eks.operation('DeleteCluster', { name: 'web' }, caller, world.clock.now());
    });
    await run(world);
    expect(world.eks.state.clusters).toEqual({});
    expect(await upgradesOf(world)).toMatchObject([{ status: 'Canceled', reasons: [{ code: 'Gone' }] }]);
    expect((await controlsOf(world)).filter(({ held }) => held !== undefined)).toEqual([]);
    expect(await wavesOf(world)).toMatchObject([{ failed: 0, excluded: 1 }]);
  },
);
