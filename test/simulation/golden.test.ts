import { readFile, writeFile } from 'node:fs/promises';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { faultText } from '../../simulator/simulate/faults/planned-fault.ts';
import { parseDocuments } from '../../simulator/simulate/fleet/documents.ts';
import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { GOLDEN_SCENARIOS, type GoldenScenario } from './golden-scenarios.ts';
import { timelineText } from './timeline-text.ts';

// Whole rollouts, on machines that may be busy.
jest.setTimeout(60_000);

const START = new Date('2026-11-20T08:00:00Z');
const apiVersion = 'liftlock/v1alpha1';

/** `UPDATE_GOLDEN=1 npm test -- test/simulation` writes them anew: read the difference before it is committed. */
const update = process.env.UPDATE_GOLDEN === '1';

test.each(GOLDEN_SCENARIOS)('$name: $title', async (scenario) => {
  const text = await textOf(scenario);
  const file = new URL(`${scenario.name}.golden.txt`, import.meta.url);
  if (update) await writeFile(file, text);
  expect(text).toBe(await readFile(file, 'utf8'));
});

async function textOf({ title, clusters, caps = {}, calendars = {}, waves, faults }: GoldenScenario): Promise<string> {
  const state = emptyState(START);
  for (const cluster of clusters) addCluster(state, cluster);
  const objects = parseDocuments(
    [
      {
        apiVersion,
        kind: 'Fleet',
        metadata: { name: 'golden' },
        spec: {
          mode: 'act',
          accounts: [...new Set(clusters.map((cluster) => cluster.account ?? '111111111111'))],
          regions: ['eu-central-1'],
          spokeRole: { externalId: 'golden' },
          caps,
          labels: { fromTags: { stage: 'stage' } },
        },
      },
      ...Object.entries(calendars).map(([name, spec]) => ({ apiVersion, kind: 'Calendar', metadata: { name }, spec })),
      {
        apiVersion,
        kind: 'UpgradePolicy',
        metadata: { name: 'standard' },
        spec: { selector: {}, target: '1.37', trigger: 'automatic', waves },
      },
    ],
    START,
  );
  const simulation = { seed: 1, fleet: { clusters: clusters.length, target: '1.37' }, faults: [...faults] };
  const prepared = { state, start: START, objects };
  const { result, world } = await runSimulation(simulation, prepared, { idleMinutes: 1 });
  const { outcome, clusters: buckets, violations } = result;
  const ends = Object.entries(buckets).map(([bucket, count]) => `${count} ${bucket}`);
  return [
    title,
    ...faults.map((fault) => `Fault: ${faultText(fault)}`),
    '',
    ...timelineText(world, START),
    '',
    `${outcome}: ${ends.join(', ')}`,
    ...violations.map(({ invariant, message }) => `VIOLATED ${invariant}: ${message}`),
    '',
  ].join('\n');
}
