import { applyConfig } from '../../core/operations/apply-documents.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { World } from '../../simulator/process/world.ts';
import { parseDocuments } from '../../simulator/simulate/fleet/documents.ts';

jest.setTimeout(60_000);

const START = new Date('2026-11-20T08:00:00Z');
const apiVersion = 'liftlock/v1alpha1';

/** Seconds from each upgrade that ends to the next one that begins, in a wave that takes one at a time. */
async function gaps(deliver?: (what: 'event' | 'message') => readonly number[]): Promise<number[]> {
  const state = emptyState(START);
  for (const name of ['a', 'b', 'c', 'd'])
    addCluster(state, { name, version: '1.36', nodegroups: [{ name: 'workers' }] });
  const world = new World({ state, start: START, seed: 5, ...(deliver === undefined ? {} : { deliver }) });
  const fleet = {
    mode: 'act',
    accounts: ['111111111111'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'latency' },
  };
  const waves = [{ name: 'all', maxConcurrency: 1 }];
  const documents = [
    { apiVersion, kind: 'Fleet', metadata: { name: 'f' }, spec: fleet },
    {
      apiVersion,
      kind: 'UpgradePolicy',
      metadata: { name: 'p' },
      spec: { selector: {}, target: '1.37', trigger: 'automatic', waves },
    },
  ];
  await applyConfig(world.ports, parseDocuments(documents, START), 'admin');
  expect(await runWorld(world, { until: new Date(START.getTime() + 86_400_000), quietHours: 1 })).toBe(true);
  const times = (event: string) =>
    world.table.auditTimeline().flatMap((item) => (item.event === event ? [Date.parse(item.at) / 1000] : []));
  const ended = times('UpgradeSucceeded');
  expect(ended).toHaveLength(4);
  return times('Granted')
    .slice(1)
    .map((at, index) => at - (ended[index] ?? 0));
}

test('from an upgrade that ends to the next that may begin it takes at most 60 s with events', async () => {
  for (const gap of await gaps()) expect(gap).toBeLessThanOrEqual(60);
});

test('and at most 120 s when every event is lost', async () => {
  const lost = await gaps((what) => (what === 'event' ? [] : [0]));
  for (const gap of lost) expect(gap).toBeLessThanOrEqual(120);
  expect(Math.max(...lost)).toBeGreaterThan(1);
});
