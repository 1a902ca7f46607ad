import { type RunningCloud, runningClouds } from '../../simulator/cloud/state/running-clouds.ts';
import { writeOut } from '../output/streams.ts';
import { EXIT } from '../verb.ts';

/** Lists the local clouds that run; exit code 1 when there is none, so that scripts can ask. */
export function localStatus({ output }: { readonly output: string }): number {
  const running = runningClouds();
  if (output === 'json') writeOut(`${JSON.stringify({ items: running }, undefined, 2)}\n`);
  else if (running.length === 0) writeOut('No local cloud runs. Start one: liftlock local up\n');
  else writeOut(`${running.map(line).join('\n')}\n`);
  return running.length === 0 ? EXIT.failure : EXIT.ok;
}

const line = ({ port, kubernetesPort, pid, fleet, stateFolder, startedAt }: RunningCloud): string =>
  `http://127.0.0.1:${port}  Kubernetes ${kubernetesPort}  process ${pid}  since ${startedAt}  fleet ${fleet}${stateFolder === undefined ? '' : `  state ${stateFolder}`}`;
