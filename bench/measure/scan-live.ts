import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { type Measure, rounded } from '../figure.ts';
import { type CommandRun, runLiftlock } from '../process/run-command.ts';
import { servedCluster } from '../scan/huge-cluster.ts';

/**
 * `liftlock scan` of a cluster on loopback whose objects have managedFields and last-applied annotations. Time and memory are those of the
 * scanning process; the server has the other core.
 */
export const measure: Measure = async () => {
  // Of nodes, budgets and the pods under these something is kept; of everything else memory does not grow with a cluster.
  const small = await scanned(100_000, ['--skip', 'drain']);
  const large = await scanned(500_000, ['--skip', 'drain']);
  const whole = await scanned(100_000, []);
  return [
    { name: 'scan of 100,000 objects', value: rounded(small.seconds), unit: 's', limit: 15 },
    { name: 'scan of 100,000 objects: memory', value: rounded(small.peakBytes / 1e6), unit: 'MB', limit: 150 },
    { name: 'scan of 100,000 objects, drains too', value: rounded(whole.seconds), unit: 's', limit: 15 },
    {
      name: 'scan of 100,000 objects, drains too: memory',
      value: rounded(whole.peakBytes / 1e6),
      unit: 'MB',
      limit: 200,
    },
    { name: 'scan of 500,000 objects', value: rounded(large.seconds), unit: 's' },
    {
      name: 'scan of 500,000 objects: memory',
      value: rounded(large.peakBytes / 1e6),
      unit: 'MB',
      limit: rounded((1.2 * small.peakBytes) / 1e6),
      note: 'at most 1.2 times that of 100,000',
    },
  ];
};

async function scanned(objects: number, options: readonly string[]): Promise<CommandRun> {
  const cluster = await servedCluster(objects);
  try {
    // With the pauses that it makes between requests unless told otherwise.
    const argv = ['--kubeconfig', cluster.kubeconfig, '--target', '1.36', '-o', 'json', ...options];
    const run = await runLiftlock(['scan', ...argv]);
    const { summary, verdict } = JSON.parse(run.out) as ScanReport;
    if (summary.read < 0.9 * objects || verdict !== 'fail')
      throw new Error(`Read ${summary.read} objects, verdict ${verdict}: ${run.errors}`);
    return run;
  } finally {
    await cluster.end();
  }
}
