import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, runningClouds } from '../../simulator/cloud/state/running-clouds.ts';
import { EXIT } from '../exit-codes.ts';

const PATIENCE_MILLISECONDS = 15_000;

/** Ends a local cloud in order, and waits until it is gone. */
export async function localDown({ port }: { readonly port?: number }): Promise<number> {
  const running = runningClouds();
  const meant = running.filter((cloud) => port === undefined || cloud.port === port);
  if (meant.length === 0) {
    process.stderr.write(`liftlock: no local cloud runs${port === undefined ? '' : ` on port ${port}`}.\n`);
    return EXIT.failure;
  }
  if (meant.length > 1) {
    const ports = meant.map((cloud) => cloud.port).join(', ');
    process.stderr.write(`liftlock: ${meant.length} local clouds run (ports ${ports}). Say which with --port.\n`);
    return EXIT.invalid;
  }
  for (const { pid, port: at } of meant) {
    process.kill(pid, 'SIGTERM');
    const began = Date.now();
    while (isAlive(pid)) {
      if (Date.now() - began > PATIENCE_MILLISECONDS) {
        process.stderr.write(`liftlock: the local cloud on port ${at} (process ${pid}) does not end.\n`);
        return EXIT.timedOut;
      }
      await delay(50);
    }
    process.stdout.write(`The local cloud on port ${at} has ended.\n`);
  }
  return EXIT.ok;
}
