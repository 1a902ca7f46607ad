import { type RefreshPorts, refreshReadiness } from '../../core/readiness/refresh-readiness.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type Output = Awaited<ReturnType<typeof refreshReadiness>>;

/** A schedule starts it; the event carries nothing that the tables do not have. */
export const definition: FunctionDefinition<RefreshPorts, undefined, Output> = {
  name: 'refresh-readiness',
  parse: () => undefined,
  run: (ports) => refreshReadiness(ports),
  counts: ({ started, patches, told, refused }) => ({
    Runs: 1,
    ScansStarted: started,
    PatchesBehind: patches.behind,
    PatchesOverdue: patches.overdue,
    OldestImageDays: patches.oldestImageDays,
    OwnersTold: told,
    OwnersNotReached: refused,
  }),
};
