import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { heldForRollback } from '../../core/protocol/rollback.ts';
import { ClusterControls, Clusters, Upgrades } from '../../core/store/entities.ts';
import { decode, put } from '../../core/store/entity.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { LOCAL_OPERATOR, servedWorld } from '../../test/material/cli/served-world.ts';

/** A cluster `web` that Liftlock has upgraded to 1.35 an hour ago. */
async function upgraded(more: object = {}) {
  const served = await servedWorld([{ name: 'workers' }]);
  const { world } = served;
  const items = await world.table.queryKind(Clusters.kind);
  const record = items.map((item) => decode(Clusters, item).data).find(({ name }) => name === 'web') as ClusterRecord;
  const { clusterKey } = record;
  const hop = { clusterKey, id: '1.34-1.35', machine: 'upgrade-cluster', from: '1.34', to: '1.35' } as const;
  const completed = new Date(world.clock.now().getTime() - 3_600_000).toISOString();
  const ended = { status: 'Succeeded' as const, mutated: true, steps: {}, requestedBy: 'liftlock', reasons: [] };
  const times = { startedAt: completed, controlPlaneCompletedAt: completed };
  await world.table.transact([put(Upgrades, { ...hop, ...ended, ...times, ...more }, 'absent')]);
  const run = (...argv: string[]) => runInProcess(['rollback', ...argv], { url: served.url });
  const started = async () =>
    (await world.table.queryKind(Upgrades.kind)).map((item) => decode(Upgrades, item).data.id).sort();
  return { ...served, clusterKey, run, started };
}

test('the plan is printed, and starts nothing: exit 3', async () => {
  const { run, started, close } = await upgraded();
  const { code, out } = await run('cluster', 'web');
  await close();
  expect([code, await started()]).toEqual([3, ['1.34-1.35']]);
  expect(out).toMatch(/From: +1\.35\n/);
  expect(out).toMatch(/Back to: +1\.34\n/);
  expect(out).toMatch(/Execution: +-\n/);
  expect(out).toMatch(/Steps:\n +1\. request-grant: .*\n +2\. scan-cluster: /);
  expect(out).toMatch(/Notes:\n +NodesGoBack/);
  expect(out).not.toContain('In the way');
});

test('what is in the way is printed with it, and nothing starts, also where it was approved: exit 6', async () => {
  const { run, started, world, close } = await upgraded();
  await stopFleet(world.ports, LOCAL_OPERATOR, 'look');
  for (const more of [[], ['--approve']]) {
    const { code, out } = await run('cluster', 'web', ...more);
    expect([code, out]).toEqual([6, expect.stringMatching(/In the way:\n +FleetStopped/)]);
  }
  await close();
  expect(await started()).toEqual(['1.34-1.35']);
});

test('why somebody takes a cluster back is kept in the audit and told with the name', async () => {
  const { run, url, close } = await upgraded();
  expect((await run('cluster', 'web', '--approve', '--reason', 'bad image')).code).toBe(0);
  const [audit, explained, listed] = [
    await runInProcess(['audit', 'show', 'cluster/web', '-o', 'json'], { url }),
    await runInProcess(['explain', 'cluster', 'web'], { url }),
    await runInProcess(['get', 'upgrades', '-o', 'wide'], { url }),
  ];
  await close();
  const { items } = JSON.parse(audit.out) as { items: { event: string; detail: object }[] };
  expect(items.find(({ event }) => event === 'RollbackRequested')?.detail).toMatchObject({ reason: 'bad image' });
  expect(explained.out).toContain(`asked for by ${LOCAL_OPERATOR} (bad image)`);
  expect(listed.out).toContain(`${LOCAL_OPERATOR} (bad image)`);
});

test('an approval begins it: exit 0, with its execution', async () => {
  const { run, started, close } = await upgraded();
  const { code, out } = await run('cluster', 'web', '--approve', '-o', 'json');
  await close();
  expect([code, JSON.parse(out).status, JSON.parse(out).to]).toEqual([0, 'Started', '1.34']);
  expect(JSON.parse(out).execution).toContain('rollback-cluster');
  expect(await started()).toEqual(['1.34-1.35', 'rollback-1.35-1.34']);
});

test('while its rollback waits, a cluster is not tried again, which is a wrong state, and release gives the rollback up', async () => {
  const { url, world, clusterKey, close } = await upgraded();
  const back = { clusterKey, upgradeId: 'rollback-1.35-1.34', from: '1.35', to: '1.34' };
  const waits = {
    machine: 'rollback-cluster',
    status: 'Pending',
    mutated: false,
    steps: {},
    requestedBy: 'ann',
  } as const;
  const startedAt = world.clock.now().toISOString();
  await world.table.transact([
    put(Upgrades, { ...back, ...waits, id: back.upgradeId, reasons: [], startedAt }, 'absent'),
    put(ClusterControls, heldForRollback(undefined, back, startedAt), 'absent'),
  ]);
  const said = async (verb: string) => {
    const { code, err } = await runInProcess([verb, 'cluster', 'web'], { url });
    return [code, err];
  };
  expect(await said('retry')).toEqual([1, expect.stringContaining('web is being taken back from 1.35 to 1.34')]);
  expect(await said('release')).toEqual([0, '']);
  expect(await said('release')).toEqual([1, expect.stringContaining('web is not held')]);
  await close();
});

test('only a cluster goes back, and one that is not there is told', async () => {
  const { run, close } = await upgraded();
  expect((await run('rollout', 'web')).code).toBe(2);
  const { code, err } = await run('cluster', 'nowhere');
  await close();
  expect([code, err]).toEqual([1, expect.stringContaining('nowhere')]);
});
