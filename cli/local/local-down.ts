import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../simulator/cloud/state/running-clouds.ts';
import { writeError, writeOut } from '../output/streams.ts';
import { EXIT } from '../verb.ts';
import { chooseCloud } from './choose-cloud.ts';

const PATIENCE_MILLISECONDS = 15_000;

/** Ends a local cloud in order, and waits until it is gone. */
export async function localDown({ port }: { readonly port?: number }): Promise<number> {
  const cloud = chooseCloud(port);
  if (typeof cloud === 'number') return cloud;
  process.kill(cloud.pid, 'SIGTERM');
  const began = Date.now();
  while (isAlive(cloud.pid)) {
    if (Date.now() - began > PATIENCE_MILLISECONDS) {
      writeError(`liftlock: the local cloud on port ${cloud.port} (process ${cloud.pid}) does not end.\n`);
      return EXIT.timedOut;
    }
    await delay(50);
  }
  writeOut(`The local cloud on port ${cloud.port} has ended.\n`);
  return EXIT.ok;
}
