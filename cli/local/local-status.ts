import { type RunningCloud, runningClouds } from '../../simulator/cloud/state/running-clouds.ts';
import { EXIT } from '../exit-codes.ts';

/** Lists the local clouds that run; exit code 1 when there is none, so that scripts can ask. */
export function localStatus({ output }: { readonly output: string }): number {
  const running = runningClouds();
  if (output === 'json') process.stdout.write(`${JSON.stringify({ items: running }, undefined, 2)}\n`);
  else if (running.length === 0) process.stdout.write('No local cloud runs. Start one: liftlock local up\n');
  else process.stdout.write(`${running.map(line).join('\n')}\n`);
  return running.length === 0 ? EXIT.failure : EXIT.ok;
}

const line = ({ port, kubernetesPort, pid, fleet, stateFolder, startedAt }: RunningCloud): string =>
  `http://127.0.0.1:${port}  Kubernetes ${kubernetesPort}  process ${pid}  since ${startedAt}  fleet ${fleet}${stateFolder === undefined ? '' : `  state ${stateFolder}`}`;
