import { requestScan } from '../../core/operations/requests.ts';
import { clusterReadiness } from '../../core/queries/list-clusters.ts';
import { minutesLater } from './hooked-fleet.ts';
import { discover, recordOf, smallFleet } from './small-fleet.ts';

test.each(['full', 'eks-api'])(
  'a scan of a cluster that somebody else has upgraded records its version at once, and the look counts (verification: %s)',
  async (verification) => {
    const web = { name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] };
    const world = await smallFleet({ clusters: [web], mode: 'observe', policy: { verification } });
    await discover(world);
    await requestScan(world.ports, await recordOf(world, 'web'), '1.36', 'ana');
    await minutesLater(world, 2);
    // Nobody hears of it: its events are not forwarded, and discovery comes once an hour.
    for (const cluster of Object.values(world.eks.state.clusters)) cluster.version = '1.36';
    const known = await recordOf(world, 'web');
    expect(known.version).toBe('1.35');
    await requestScan(world.ports, known, '1.37', 'ana');
    await minutesLater(world, 12);
    const record = await recordOf(world, 'web');
    expect(record.version).toBe('1.36');
    const { for: next, verdict, reasons } = await clusterReadiness(world.ports, record, undefined);
    expect([next, verdict, reasons]).toEqual(['1.37', 'ready', []]);
  },
);
