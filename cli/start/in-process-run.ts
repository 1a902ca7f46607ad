import { errorMessage } from '../../core/contracts/errors.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { type ServedApi, serveApi } from '../../simulator/process/serve-api.ts';
import { personIn } from '../../simulator/process/stand-in-people.ts';
import { startFleet } from '../../simulator/process/start-fleet.ts';
import type { LocalRun, StartLocalRun } from './local-run.ts';

/** The fast way: ports in memory, with the same decisions, steps and state machine files. */
export const startInProcess: StartLocalRun = async (prepared, { seed, speed, port }): Promise<LocalRun> => {
  const world = await startFleet(prepared, { seed, ...(speed === undefined ? {} : { speed }) });
  // The port is opened before the run, so that a used port is reported at once.
  const api: ServedApi | undefined = port === undefined ? undefined : await serveApi(world, port).catch(notServed);
  return {
    clock: world.clock,
    table: world.table,
    eks: world.eks,
    runner: world.runner,
    muteRules: world.muteRules,
    auditTimeline: () => world.auditTimeline(),
    set onEvent(listener: (published: PublishedEvent) => void) {
      world.bus.onEvent = listener;
    },
    untilRest: (options) => runWorld(world, options),
    person: personIn(world),
    introduction: ['in one process'],
    conclusion: async () => ({ lines: [], ok: true }),
    exports: api === undefined ? [] : [`export LIFTLOCK_API_URL=${api.url}`],
    close: async () => api?.close(),
  };
};

function notServed(error: unknown): never {
  throw new Error(`The API cannot be served: ${errorMessage(error)}. Take another port, or --serve without one.`);
}
