import type { FunctionName } from '../../core/contracts/names.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { definition as concludeUpgrade } from '../../functions/conclude-upgrade/function.ts';
import { definition as discoverClusters } from '../../functions/discover-clusters/function.ts';
import { definition as drainNodes } from '../../functions/drain-nodes/function.ts';
import { definition as listNodeGroups } from '../../functions/list-node-groups/function.ts';
import { definition as reconcileRollouts } from '../../functions/reconcile-rollouts/function.ts';
import { definition as recordClusters } from '../../functions/record-clusters/function.ts';
import { definition as refreshReadiness } from '../../functions/refresh-readiness/function.ts';
import { definition as requestGrant } from '../../functions/request-grant/function.ts';
import { definition as restoreNodes } from '../../functions/restore-nodes/function.ts';
import { definition as rollNodeGroup } from '../../functions/roll-node-group/function.ts';
import type { FunctionDefinition, Log } from '../../functions/runtime/function-definition.ts';
import { definition as scanCluster } from '../../functions/scan-cluster/function.ts';
import { definition as smokeCheck } from '../../functions/smoke-check/function.ts';
import { definition as updateAddons } from '../../functions/update-addons/function.ts';
import { definition as upgradeControlPlane } from '../../functions/upgrade-control-plane/function.ts';
import { definition as watchVersions } from '../../functions/watch-versions/function.ts';

/** Functions that a simulation invokes. The API is served, not invoked, and a table in memory has no stream to anchor. */
export type InvokedFunction = Exclude<FunctionName, 'api' | 'anchor-audit'>;
type Run = (ports: Ports, event: unknown, log: Log) => Promise<unknown>;

const bind =
  <Needs, Input, Output>(definition: FunctionDefinition<Needs, Input, Output>) =>
  (ports: Ports & Needs, event: unknown, log: Log): Promise<Output> =>
    definition.run(ports, definition.parse(event), log);

/** The same definitions that Lambda wraps, with their ports. */
export const FUNCTIONS: Readonly<Record<InvokedFunction, Run>> = {
  'discover-clusters': bind(discoverClusters),
  'record-clusters': bind(recordClusters),
  'watch-versions': bind(watchVersions),
  'refresh-readiness': bind(refreshReadiness),
  'reconcile-rollouts': bind(reconcileRollouts),
  'request-grant': bind(requestGrant),
  'scan-cluster': bind(scanCluster),
  'update-addons': bind(updateAddons),
  'upgrade-control-plane': bind(upgradeControlPlane),
  'list-node-groups': bind(listNodeGroups),
  'roll-node-group': bind(rollNodeGroup),
  'smoke-check': bind(smokeCheck),
  'drain-nodes': bind(drainNodes),
  'restore-nodes': bind(restoreNodes),
  'conclude-upgrade': bind(concludeUpgrade),
};
