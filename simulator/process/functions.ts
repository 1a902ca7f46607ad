import type { FunctionName } from '../../core/contracts/names.ts';
import { type StepInput, stepInput } from '../../core/contracts/step-input.ts';
import { discoverClusters } from '../../core/inventory/discover-clusters.ts';
import { watchVersions } from '../../core/inventory/watch-versions.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import { concludeUpgrade } from '../../core/steps/conclude-upgrade.ts';
import { listNodeGroups } from '../../core/steps/list-node-groups.ts';
import { requestGrant } from '../../core/steps/request-grant.ts';
import { rollNodeGroup } from '../../core/steps/roll-node-group.ts';
import { scanCluster } from '../../core/steps/scan-cluster.ts';
import { smokeCheck } from '../../core/steps/smoke-check.ts';
import { updateAddons } from '../../core/steps/update-addons.ts';
import { upgradeControlPlane } from '../../core/steps/upgrade-control-plane.ts';

type Run = (ports: Ports, payload: unknown) => Promise<unknown>;

const step =
  (run: (ports: Ports, input: StepInput) => Promise<unknown>): Run =>
  (ports, payload) =>
    run(ports, stepInput.parse(payload));

/** What each Lambda function runs, with the ports that it is given. */
export const FUNCTIONS: Readonly<Record<Exclude<FunctionName, 'api' | 'record-clusters'>, Run>> = {
  'discover-clusters': (ports) => discoverClusters(ports),
  'watch-versions': (ports) => watchVersions(ports),
  'reconcile-rollouts': (ports, payload) => reconcileRollouts(ports, payload as { endedExecution?: string }),
  'request-grant': step(requestGrant),
  'scan-cluster': step(scanCluster),
  'update-addons': step(updateAddons),
  'upgrade-control-plane': step(upgradeControlPlane),
  'list-node-groups': step(listNodeGroups),
  'roll-node-group': step(rollNodeGroup),
  'smoke-check': step(smokeCheck),
  'conclude-upgrade': step(concludeUpgrade),
};
