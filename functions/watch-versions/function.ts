import { type WatchPorts, watchVersions } from '../../core/inventory/watch-versions.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type Output = Awaited<ReturnType<typeof watchVersions>>;

/** A schedule starts it; the event carries nothing that the tables do not have. */
export const definition: FunctionDefinition<WatchPorts, undefined, Output> = {
  name: 'watch-versions',
  parse: () => undefined,
  run: (ports) => watchVersions(ports),
  counts: ({ announced, unreadable }) => ({
    Runs: 1,
    VersionsAnnounced: announced,
    RegionsUnreadable: unreadable.length,
  }),
};
