import { beforeCommit, clusterArn, discover, mutationsOf, smallFleet, startByHand, versionOf } from './small-fleet.ts';

const manual = { trigger: 'manual' };

describe('a version is one minor up or nothing', () => {
  test.each([
    ['a downgrade, which EKS would take for a rollback', '1.34', 'Downgrade'],
    ['two minors at once', '1.37', 'NotOneHop'],
    ['the version it has', '1.35', 'AlreadyThere'],
  ])('%s is refused and nothing is sent', async (_, targetVersion, code) => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] }],
      policy: manual,
    });
    await discover(world);
    for (const machine of ['upgrade-cluster', 'upgrade-control-plane'] as const) {
      const ended = await startByHand(world, machine, { cluster: clusterArn('web'), targetVersion });
      expect(ended.status).toBe('FAILED');
      expect(ended.error).toBe('Blocked');
      expect(ended.cause).toContain(code);
    }
    expect(mutationsOf(world)).toEqual([]);
    expect(world.eks.state.refusedMutations).toEqual([]);
    expect(versionOf(world, 'web')).toBe('1.35');
  });

  test('a target that EKS does not offer is blocked by the scan', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.37', nodegroups: [{ name: 'workers' }] }],
      policy: manual,
    });
    await discover(world);
    const ended = await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.38' });
    expect(ended.cause).toContain('NotOffered');
    expect(mutationsOf(world)).toEqual([]);
  });

  test('a cluster that EKS moved between decision and call is observed anew, not moved twice', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] }],
      policy: { target: '1.36' },
      faults: [
        beforeCommit(async (inner) => {
          const caller = {
            account: '111111111111',
            region: 'eu-central-1',
            principal: 'arn:aws:iam::111111111111:role/terraform',
          };
          inner.eks.operation(
            'UpdateClusterVersion',
            { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] },
            caller,
            inner.clock.now(),
          );
        }),
      ],
    });
    const { run } = await import('./small-fleet.ts');
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.36');
    expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toEqual([]);
  });
});
