import { clusterItemsFromEvent } from '../../core/inventory/cluster-events.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { restored } from './restored.ts';
import { discover, hours, recordOf, smallFleet } from './small-fleet.ts';

const START = '2026-11-30T02:00:00.000Z';
const nodegroup = (name: string) => `arn:aws:eks:eu-central-1:111111111111:nodegroup/a/${name}/0d0d0d0d`;

/** AWS Health tells of a change of one node group of the cluster `a`; what has many entities it tells in pages. */
async function hear(
  world: World,
  name: string,
  status: 'PENDING' | 'RESOLVED',
  statusCode = 'upcoming',
  said: { readonly lastUpdatedTime?: string; readonly startTime?: string } = {},
) {
  const event = {
    source: 'aws.health',
    'detail-type': 'AWS Health Event',
    detail: {
      eventArn: 'arn:aws:health:eu-central-1::event/EKS/AWS_EKS_MAINTENANCE/1',
      eventTypeCode: 'AWS_EKS_MAINTENANCE',
      eventTypeCategory: 'scheduledChange',
      startTime: new Date(START).toUTCString(),
      statusCode,
      affectedEntities: [{ entityValue: nodegroup(name), status }],
      ...said,
    },
  };
  for (const item of clusterItemsFromEvent(event)) await recordCluster(world.ports, item);
}

const planned = async (world: World) => (await recordOf(world, 'a')).plannedChanges;
const awaitedBy = (...names: string[]) => [
  expect.objectContaining({ at: START, affectedEntities: names.map(nodegroup) }),
];

async function discovered(): Promise<World> {
  const world = await smallFleet({ clusters: [{ name: 'a', version: '1.36' }], policies: [] });
  await discover(world);
  return world;
}

// docs/events.md (PlannedChangeApproaching): a change is one of the cluster as long as a part of it awaits it.
test('a change of which AWS Health tells in pages is kept until every part of the cluster is through, or all of it is over', async () => {
  const world = await discovered();
  await hear(world, 'g1', 'PENDING');
  await hear(world, 'g2', 'RESOLVED');
  expect(await planned(world)).toEqual(awaitedBy('g1'));
  await hear(world, 'g2', 'PENDING');
  await hear(world, 'g1', 'RESOLVED');
  expect(await planned(world)).toEqual(awaitedBy('g2'));
  await hear(world, 'g2', 'RESOLVED');
  expect(await planned(world)).toBeUndefined();
  await hear(world, 'g1', 'PENDING');
  await hear(world, 'g2', 'PENDING', 'closed');
  expect(await planned(world)).toBeUndefined();
});

const saidAt = (hour: number) => ({ lastUpdatedTime: new Date(Date.UTC(2026, 10, 20, hour)).toUTCString() });

// docs/events.md (PlannedChangeApproaching): queues deliver again and in any order, and what was redriven is days old.
test('a message of AWS Health that is older than what it has said since changes nothing of that', async () => {
  const world = await discovered();
  await hear(world, 'g1', 'PENDING', 'upcoming', saidAt(5));
  await hear(world, 'g1', 'RESOLVED', 'upcoming', saidAt(7));
  await hear(world, 'g1', 'PENDING', 'upcoming', saidAt(5));
  expect(await planned(world)).toBeUndefined();
  // A page that comes late tells of parts of which nothing was heard.
  const later = { ...saidAt(6), startTime: new Date('2026-12-24T00:00:00Z').toUTCString() };
  await hear(world, 'g2', 'PENDING', 'upcoming', later);
  await hear(world, 'g2', 'RESOLVED', 'upcoming', later);
  await hear(world, 'g2', 'PENDING', 'closed', saidAt(6));
  await hear(world, 'g3', 'PENDING', 'closed', later);
  expect(await planned(world)).toEqual(awaitedBy('g2'));
  await hear(world, 'g2', 'PENDING', 'closed', saidAt(8));
  const { clusterKey } = await recordOf(world, 'a');
  const written = (await world.table.auditOf(clusterKey)).length;
  for (const name of ['g1', 'g2', 'g3']) await hear(world, name, 'PENDING', 'open', later);
  expect(await planned(world)).toBeUndefined();
  expect(await world.table.auditOf(clusterKey)).toHaveLength(written);
  await hear(world, 'g1', 'PENDING', 'open', saidAt(9));
  expect(await planned(world)).toEqual(awaitedBy('g1'));
});

test('what AWS Health has said last of a change outlives a cluster that cannot be read, and is forgotten once the time of the change is over', async () => {
  const world = await discovered();
  await hear(world, 'g1', 'PENDING', 'closed', saidAt(8));
  const { describeCluster } = world.ports.eks;
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  Object.assign(world.ports.eks, { describeCluster: () => Promise.reject(denied) });
  await hear(world, 'g1', 'PENDING', 'open', saidAt(5));
  expect(await planned(world)).toBeUndefined();
  Object.assign(world.ports.eks, { describeCluster });
  await hours(world, 3);
  await hear(world, 'g1', 'PENDING', 'open', saidAt(5));
  expect(await planned(world)).toBeUndefined();
  expect((await recordOf(world, 'a')).changesTold).toHaveLength(1);
  await world.clock.runUntil(new Date(Date.parse(START) + 3 * 3_600_000));
  await hours(world, 3);
  expect(await recordOf(world, 'a')).not.toHaveProperty('changesTold');
});

// docs/protocol.md (Restore of the table): what AWS plans is on record, since nobody can be asked for it again.
test('a planned change, and the end of one, outlive a restore of the table', async () => {
  for (const [last, expected] of [
    ['PENDING', awaitedBy('g1')],
    ['RESOLVED', undefined],
  ] as const) {
    const world = await discovered();
    if (last === 'RESOLVED') await hear(world, 'g1', 'PENDING');
    const copy = world.table.snapshot();
    const restoredTo = world.clock.now();
    await hours(world, 0.5);
    await hear(world, 'g1', last);
    await hours(world, 0.5);
    await restored(world, copy, restoredTo);
    await hours(world, 3);
    expect(await planned(world)).toEqual(expected);
  }
});

// docs/semantics.md (Clusters that are not touched): denied is not gone, and AWS Health tells of a change once.
test('a planned change of a cluster that cannot be read just then is kept, and passes there too', async () => {
  const world = await discovered();
  const { describeCluster } = world.ports.eks;
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  Object.assign(world.ports.eks, { describeCluster: () => Promise.reject(denied) });
  await hear(world, 'g1', 'PENDING');
  expect(await planned(world)).toEqual(awaitedBy('g1'));
  const { clusterKey } = await recordOf(world, 'a');
  const written = (await world.table.auditOf(clusterKey)).length;
  await hear(world, 'g1', 'PENDING');
  expect(await world.table.auditOf(clusterKey)).toHaveLength(written);
  Object.assign(world.ports.eks, { describeCluster });
  await hours(world, 3);
  expect(await planned(world)).toEqual(awaitedBy('g1'));
  Object.assign(world.ports.eks, { describeCluster: () => Promise.reject(denied) });
  await world.clock.runUntil(new Date(START));
  await hear(world, 'g1', 'PENDING');
  expect(await planned(world)).toBeUndefined();
});
