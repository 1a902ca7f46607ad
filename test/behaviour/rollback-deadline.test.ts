import type { LiftlockEvent } from '../../core/contracts/events.ts';
import { noticeOf } from '../../core/notices/notice-of.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { writeUnrecorded } from '../../core/store/change.ts';
import { Clusters } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { machineDefinitions } from '../../simulator/process/machines.ts';
import { onStep } from './on-step.ts';
import { DAY, hours, PERSON, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const HOUR = 3_600_000;

test('the last day on which EKS takes an upgrade back is announced once, while it does', async () => {
  const world = await smallFleet({ clusters: [web, { ...web, name: 'there', version: '1.37' }] });
  await run(world);
  const [upgrade] = await upgradesOf(world);
  await hours(world, 8 * 24);
  const told = world.bus.published.flatMap(({ at, event }) =>
    event.type === 'RollbackDeadlineApproaching' ? [{ at, detail: event.detail }] : [],
  );
  expect(told.map(({ detail }) => [detail.cluster.split('/')[1], detail.kubernetesVersion, detail.to])).toEqual([
    ['web', '1.37', '1.36'],
  ]);
  const [{ at, detail } = { at: DAY, detail: undefined }] = told;
  const end = Date.parse(upgrade?.controlPlaneCompletedAt ?? '') + 7 * 24 * HOUR;
  // The event of its end has told of that day already.
  const ended = world.bus.published.flatMap(({ event }) => (event.type === 'UpgradeChanged' ? event.detail : []));
  expect(ended.map(({ status, reasons }) => [status, reasons.at(-1)?.message])).toEqual([
    [
      'Succeeded',
      `EKS takes web back from 1.37 to 1.36 until ${new Date(end).toISOString()} at the latest: liftlock rollback cluster web --dry-run says what that would do.`,
    ],
  ]);
  expect([detail?.endsAt, detail?.hoursLeft]).toEqual([new Date(end).toISOString(), expect.any(Number)]);
  const left = (end - at.getTime()) / HOUR;
  expect(left).toBeLessThanOrEqual(24);
  // The look at everything comes each hour.
  expect(left).toBeGreaterThan(22);
});

test('where nobody looked while its update ended, as after a stopped execution, no more is promised than EKS gives', async () => {
  const world = await smallFleet({ clusters: [web] });
  onStep(world, 'upgrade-control-plane', 'running', 'web', async () => {
    for (const { arn: machineArn } of machineDefinitions())
      for (const { executionArn } of world.runner.listExecutions({ machineArn, statusFilter: 'RUNNING' }).executions)
        await world.runner.stopExecution({ executionArn });
  });
  await hours(world, 6);
  const [{ updates } = { updates: [] }] = Object.values(world.eks.state.clusters);
  const ended = updates.find(({ type }) => type === 'VersionUpdate')?.endedAt ?? Number.NaN;
  expect((await upgradesOf(world))[0]?.status).toBe('Failed');
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, Date.parse(upgrade?.controlPlaneCompletedAt ?? '') > ended + 4 * HOUR]).toEqual([
    'Succeeded',
    true,
  ]);
  const { rollback } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const until = Date.parse(rollback.until ?? '');
  expect(until).toBeLessThanOrEqual(ended + 7 * 24 * HOUR);
  expect(until).toBeGreaterThan(ended + 7 * 24 * HOUR - HOUR);
});

test('the hold by a hop that failed after its control plane had moved is told with how long EKS takes it back', async () => {
  const world = await smallFleet({
    clusters: [web],
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
        ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
      }),
  });
  await run(world);
  const [upgrade] = await upgradesOf(world);
  const end = new Date(Date.parse(upgrade?.controlPlaneCompletedAt ?? '') + 7 * 24 * HOUR).toISOString();
  const [held] = world.bus.published.flatMap(({ event }) => (event.type === 'ClusterHeld' ? [event] : []));
  expect(held?.detail.reasons.at(-1)).toEqual({
    code: 'HopReversible',
    message: `EKS takes web back from 1.37 to 1.36 until ${end} at the latest: liftlock rollback cluster web --dry-run says what that would do.`,
  });
  expect(noticeOf(held as LiftlockEvent)?.why).toContain(end);
});

test('the list of clusters has it as explain does, without a query of each, and not of clusters that are gone', async () => {
  const world = await smallFleet({ clusters: [web, { ...web, name: 'gone' }, { ...web, name: 'third' }] });
  await run(world);
  const gone = await load(world.table, Clusters, (await recordOf(world, 'gone')).clusterKey);
  if (gone === undefined) throw new Error('no record');
  const deleted = { ...gone.data, deletedAt: world.clock.now().toISOString() };
  await writeUnrecorded(world.table, [replace(Clusters, gone, deleted)]);
  const untilOf = async (name: string) =>
    (await explainCluster(world.ports, await recordOf(world, name))).rollback.until;
  const until = { third: await untilOf('third'), web: await untilOf('web') };
  const { reads } = world.table;
  const listed = async (limit: number) => {
    const before = reads.partition;
    const { items } = await listClusters(world.ports, { gone: true, limit });
    return { of: items.map(({ name, reversibleUntil }) => [name, reversibleUntil]), queries: reads.partition - before };
  };
  const { of, queries } = await listed(3);
  expect(of).toEqual([
    ['gone', null],
    ['third', until.third],
    ['web', until.web],
  ]);
  expect([typeof until.web, queries]).toEqual(['string', (await listed(2)).queries]);
});
