import { runWorld } from '../../simulator/process/run-world.ts';
import type { ServedApi } from '../../simulator/process/serve-api.ts';
import type { World } from '../../simulator/process/world.ts';
import { lineOf } from './plain-lines.ts';

/** While people type commands, a minute of the fleet takes a second. */
const SERVING_SPEED = 60;

/** Keeps the fleet alive and serves its API on this machine until Ctrl-C. */
export async function serveWorld(
  world: World,
  { url, close }: ServedApi,
  speed: number = SERVING_SPEED,
): Promise<void> {
  process.stdout.write(
    [
      '',
      `The API is served at ${url}; one second is ${speed} seconds of the fleet. In another terminal:`,
      `  export LIFTLOCK_API_URL=${url}`,
      '  bin/liftlock get clusters',
      '  bin/liftlock explain cluster payments-prod',
      'Ctrl-C ends it.',
      '',
    ].join('\n'),
  );
  world.bus.onEvent = ({ at, event }) => {
    const text = lineOf(event);
    if (text !== undefined) process.stdout.write(`${at.toISOString().slice(0, 16).replace('T', ' ')}  ${text}\n`);
  };
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  world.clock.changeSpeed(speed);
  const forever = new Date(world.clock.now().getTime() + 10 * 365 * 86_400_000);
  try {
    await runWorld(world, { until: forever, quietHours: Number.POSITIVE_INFINITY, signal: ended.signal });
  } finally {
    await close();
  }
}
