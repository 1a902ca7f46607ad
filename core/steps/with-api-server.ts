import { blocked, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { isUndo } from '../protocol/undo.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { accessReason, findApiServer, isAccessError, mayPass } from './api-server.ts';
import { SETTLE_MINUTES } from './compare-with-before.ts';
import { deniedRetryAt, type StepContext } from './context.ts';
import { UNHEARD_SECONDS } from './read-probes.ts';

/** After this time an invocation begins nothing at an API server, so that it ends well before its function does. */
export const BUSY_MILLISECONDS = 12_000;

interface Closable {
  close(): void;
}

/** Whether what fails may still pass by itself: this execution has not gone on for so long. */
const maySettle = ({ clock }: Pick<Ports, 'clock'>, { startedAt }: Pick<StepContext, 'startedAt'>): boolean =>
  clock.now().getTime() < startedAt.getTime() + SETTLE_MINUTES * 60_000;

/**
 * Works at the API server of the step's cluster. One that denies, or cannot be reached for a quarter of an hour, blocks with its error, or parks an
 * upgrade that was begun; a fault of its own passes, and parks in any case.
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
    if (goesOn) return parked(deniedRetryAt(ports), why);
    // A connection that breaks off may come about soon; one to an endpoint that is closed to Liftlock never does. An undo lets others have the grant.
    return mayPass(error) && maySettle(ports, context) && !isUndo(upgrade) ? wait(UNHEARD_SECONDS, why) : blocked(why);
  } finally {
    opened.close();
  }
}
