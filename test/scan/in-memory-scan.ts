import coverage from '../../core/scan/data/coverage.json' with { type: 'json' };
import { judgeAll } from '../../core/scan/judge/judge.ts';
import { advance } from '../../core/scan/live/advance.ts';
import { coverageOf, startLiveScan } from '../../core/scan/live/keep.ts';
import { buildReport } from '../../core/scan/report/build-report.ts';
import type { ScanReport, Source } from '../../core/scan/report/report-schema.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { createInMemoryClusterReader } from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import { principal, type ServerUnderTest } from '../material/kubernetes/server-under-test.ts';

/** The same scan without sockets, in which waiting takes no time: for many runs, and for faults that last. */
export async function scanInMemory(
  { fake, cluster, world }: Pick<ServerUnderTest, 'fake' | 'cluster' | 'world'>,
  { target = '1.36', skip = [] }: { readonly target?: string; readonly skip?: readonly Source[] } = {},
): Promise<{ report: ScanReport; waited: number[] }> {
  const clock = { now: world.now };
  const reader = createInMemoryClusterReader({ fake, clusterArn: cluster.arn, principal, clock });
  const waited: number[] = [];
  const wait = async (seconds: number) => {
    waited.push(seconds);
  };
  const state = startLiveScan(world.now(), skip);
  while (await advance(state, { reader, wait }));
  const from = state.serverVersion === undefined ? undefined : KubeVersion.parse(state.serverVersion);
  const hop = { target: KubeVersion.parse(target), ...(from === undefined ? {} : { from }) };
  const report = buildReport({
    subject: cluster.name,
    from: from?.toString() ?? null,
    target,
    failOn: 'removed',
    findings: judgeAll(state.observations, hop),
    coverage: coverageOf(state),
    clusters: [cluster.name],
    data: coverage,
    scannedAt: world.now(),
  });
  return { report, waited };
}
