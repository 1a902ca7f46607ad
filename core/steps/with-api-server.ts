import { blocked, parked, reason, type StepResult } from '../contracts/step-result.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { accessReason, findApiServer, isAccessError } from './api-server.ts';
import { deniedRetryAt, type StepContext } from './context.ts';

/** An invocation begins nothing at an API server after this; it is over well before its function is. */
export const BUSY_MILLISECONDS = 12_000;

interface Closable {
  close(): void;
}

/** Works at the API server of the step's cluster. One that cannot be reached, or refuses, blocks with its words; what was begun parks by that. */
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
    // As this invocation has left it: its first commit may be the beginning.
    const now = upgrade && (await load(ports.table, Upgrades, clusterKey, upgrade.id));
    return now?.data.mutated === true ? parked(deniedRetryAt(ports), why) : blocked(why);
  } finally {
    opened.close();
  }
}
