import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, type Measure, median, rounded } from '../figure.ts';
import { strictPlanConfig, strictPlanInventory } from '../fleet/strict-plan-files.ts';
import { LIFTLOCK, runLiftlock } from '../process/run-command.ts';

const NOW = '2026-11-21T08:00:00Z';
const RUNS = 5;

/** `liftlock plan` of a strict policy from its start to its exit, as people wait for it. */
export const measure: Measure = async () => [
  await measured(1_000, true, 1),
  await measured(10_000, true, 4),
  await measured(1_000, false),
  await measured(10_000, false),
];

async function measured(clusters: number, customers: boolean, limit?: number): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-plan-'));
  try {
    const [config, inventory] = [join(folder, 'config.yaml'), join(folder, 'inventory.json')];
    await writeFile(config, strictPlanConfig());
    await writeFile(inventory, strictPlanInventory(clusters, customers));
    const times: number[] = [];
    // The first run fills the cache of compiled modules and is not counted.
    for (let run = 0; run <= RUNS; run += 1) {
      const argv = ['plan', '-f', config, '--inventory', inventory, '--now', NOW, '-o', 'json'];
      const { seconds, exitCode, errors } = await runLiftlock(argv, { memory: false });
      // The deadline is missed: what limits it is searched too.
      if (exitCode !== 3) throw new Error(`${LIFTLOCK} plan ended with ${exitCode}: ${errors}`);
      if (run > 0) times.push(seconds);
    }
    const fleet = `${clusters.toLocaleString('en')} clusters${customers ? ', some of which can never start' : ''}`;
    return {
      name: `bin/liftlock plan, strict policy, ${fleet}: median of ${RUNS}`,
      value: rounded(median(times)),
      unit: 's',
      ...(limit === undefined ? {} : { limit }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
