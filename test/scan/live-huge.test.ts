import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { kubeconfig } from '../../simulator/kubernetes/server/kubeconfig.ts';
import { hugeCluster, plantedInCluster } from '../huge/huge-cluster.ts';
import { startHugeServer } from '../huge/start-huge-server.ts';
import { runInProcess } from '../material/cli/run-in-process.ts';

/** How many objects a report tells of: those that it lists, and those that it only counts. */
function toldOf({ findings, coverage }: ScanReport, kind: string, isMeant: (reason: string) => boolean): number {
  const listed = findings.filter((one) => one.source === 'object' && one.kind === kind && isMeant(one.reason));
  const counted = coverage.filter(({ what }) => what.startsWith('further ones: object ') && what.includes(` ${kind} `));
  const further = counted.map(({ what, detail }) =>
    isMeant(what.endsWith(' stale') ? 'stale-trace' : 'removed') ? Number.parseInt(detail, 10) : 0,
  );
  return listed.length + further.reduce((sum, count) => sum + count, 0);
}

const kinds = {
  'poddisruptionbudgets.policy': 'PodDisruptionBudget',
  'flowschemas.flowcontrol.apiserver.k8s.io': 'FlowSchema',
  'cronjobs.batch': 'CronJob',
  'deployments.apps': 'Deployment',
  'clusterroles.rbac.authorization.k8s.io': 'ClusterRole',
};

test('of 20,000 objects every planted one is told, by name or by number', async () => {
  const cluster = hugeCluster(20_000);
  const { plantedByResource } = plantedInCluster(cluster);
  const server = await startHugeServer(cluster, { token: 'huge', tls: true });
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-huge-'));
  try {
    const path = join(folder, 'kubeconfig');
    const { url, certificateAuthority = '' } = server;
    await writeFile(path, kubeconfig({ name: 'huge', server: url, certificateAuthority, user: { token: 'huge' } }));
    const argv = ['scan', '--kubeconfig', path, '--target', '1.34', '--requests-per-second', '1000', '-o', 'json'];
    const { code, out } = await runInProcess(argv);
    const report = JSON.parse(out) as ScanReport;
    expect([code, report.verdict, report.summary.gaps]).toEqual([3, 'fail', 0]);
    for (const [resource, kind] of Object.entries(kinds))
      expect([resource, toldOf(report, kind, (reason) => reason !== 'stale-trace')]).toEqual([
        resource,
        plantedByResource[resource],
      ]);
    expect(report.summary.read).toBeGreaterThanOrEqual(19_500);
  } finally {
    await server.close();
  }
}, 60_000);
