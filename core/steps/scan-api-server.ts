import { reason } from '../contracts/step-result.ts';
import type { ClusterTarget } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { unavailable, unhealthyPods } from '../readiness/workload-health.ts';
import { accessReason, isAccessError } from './cluster-target.ts';
import type { StepContext } from './context.ts';
import { takeBaseline } from './pod-baseline.ts';
import type { Findings } from './scan-findings.ts';
import { kubelets, skew } from './scan-node-groups.ts';

const STEP = 'scan-cluster';

/** The API server answers, and its nodes keep the skew. Gives what the smoke check compares with afterwards. */
export async function readApiServer(
  ports: Pick<Ports, 'clusters'>,
  context: StepContext,
  findings: Findings,
  { resumed, server }: { readonly resumed: boolean; readonly server: ClusterTarget },
): Promise<Record<string, unknown>> {
  try {
    const ready = await ports.clusters.ready(server);
    if (!ready.ok)
      findings.blockers.push(
        reason('ApiServerNotReady', `The API server of ${context.name} is not ready: ${ready.failed.join(', ')}.`),
      );
    const nodes = await ports.clusters.listNodes(server);
    const pods = await ports.clusters.listPods(server);
    if (!resumed) {
      // What the smoke check would fail afterwards is said before anything is changed.
      for (const workload of unavailable(await ports.clusters.listWorkloads(server, 'kube-system'))) {
        findings.blockers.push(
          reason(
            'WorkloadUnavailable',
            `${workload.kind} kube-system/${workload.name} has ${workload.available} of ${workload.desired} available; repair it before an upgrade.`,
          ),
        );
      }
      findings.blockers.push(...skew(context.cluster.version, kubelets(nodes)));
    }
    // The baseline is taken once, before anything was changed: a resumed attempt keeps the first one.
    const before = context.upgrade?.steps[STEP]?.detail;
    return before ?? { unhealthyPods: takeBaseline(unhealthyPods(pods)) };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    findings.blockers.push(accessReason(error, `The API server of ${context.name}`));
    return {};
  }
}
