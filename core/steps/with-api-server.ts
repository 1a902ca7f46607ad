import { blocked, parked, reason, type StepResult } from '../contracts/step-result.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { accessReason, findApiServer, isAccessError } from './api-server.ts';
import { deniedRetryAt, type StepContext } from './context.ts';

/** After this time an invocation begins nothing at an API server, so that it ends well before its function does. */
export const BUSY_MILLISECONDS = 12_000;

interface Closable {
  close(): void;
}

/**
 * Works at the API server of the step's cluster. One that cannot be reached or denies blocks with its error, or parks an upgrade that was begun; a
 * fault of its own passes, and parks in any case.
 */
export async function withApiServer<Opened extends Closable>(
  ports: Pick<Ports, 'table' | 'clock'>,
  context: StepContext,
  { tier, open }: { readonly tier: 'operate' | 'hooks'; readonly open: (server: ApiServer) => Opened },
  work: (opened: Opened) => Promise<StepResult>,
): Promise<StepResult> {
  const server = findApiServer(context);
  if (server === undefined)
    return parked(undefined, reason('ApiServerNotReady', `EKS gives no endpoint of ${context.name} yet.`));
  const opened = open(server);
  try {
    return await work(opened);
  } catch (error) {
    if (!isAccessError(error)) throw error;
    const why = accessReason(error, context, tier);
    const { clusterKey, upgrade } = context;
    // It is read again, because the first commit of this invocation may have begun the upgrade.
    const now = upgrade && (await load(ports.table, Upgrades, clusterKey, upgrade.id));
    const goesOn = error.name === 'ClusterServerFault' || now?.data.mutated === true;
    return goesOn ? parked(deniedRetryAt(ports), why) : blocked(why);
  } finally {
    opened.close();
  }
}
