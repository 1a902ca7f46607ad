import { setTimeout as delay } from 'node:timers/promises';
import { exportLines } from '../../simulator/cloud/export-lines.ts';
import { isAlive, type RunningCloud, runningClouds } from '../../simulator/cloud/state/running-clouds.ts';
import { EXIT, type ExitCode } from '../command/failure.ts';
import type { Session } from '../command/session.ts';
import { writeError, writeOut } from '../command/streams.ts';

const PATIENCE_MILLISECONDS = 15_000;

/** Ends a local cloud in order, and waits until it has ended. */
export async function stopLocalCloud(_: Session, { port }: { readonly port?: number }): Promise<ExitCode> {
  const cloud = chooseCloud(port);
  if (typeof cloud === 'number') return cloud;
  process.kill(cloud.pid, 'SIGTERM');
  const began = Date.now();
  while (isAlive(cloud.pid)) {
    if (Date.now() - began > PATIENCE_MILLISECONDS)
      return refused(EXIT.timedOut, `the local cloud on port ${cloud.port} (process ${cloud.pid}) does not end.`);
    await delay(50);
  }
  writeOut(`The local cloud on port ${cloud.port} has ended.\n`);
  return EXIT.ok;
}

/** Finds the one local cloud that is meant; writes to stderr why there is none. */
function chooseCloud(port: number | undefined): RunningCloud | ExitCode {
  const meant = runningClouds().filter((cloud) => port === undefined || cloud.port === port);
  const [only] = meant;
  if (only === undefined)
    return refused(
      EXIT.failure,
      `no local cloud runs${port === undefined ? '' : ` on port ${port}`}. Start one with: liftlock local up`,
    );
  if (meant.length === 1) return only;
  const ports = meant.map((cloud) => cloud.port).join(', ');
  return refused(EXIT.invalid, `${meant.length} local clouds run (ports ${ports}). Say which with --port.`);
}

/** Writes the problem to stderr; returns the exit code. */
function refused(code: ExitCode, why: string): ExitCode {
  writeError(`liftlock: ${why}\n`);
  return code;
}

const PREFIX = 'liftlock-';

interface LocalEnvironmentOptions {
  readonly port?: number;
  readonly account?: string;
  /** `approver`: an identity with the managed policy `liftlock-approver` of the hub, and nothing else. */
  readonly as?: string;
}

/**
 * Prints the export lines of a running local cloud, for `eval`, as the administrator of its hub or of an account of the fleet, or as one of its
 * users.
 */
export function localEnvironment(_: Session, { port, account, as }: LocalEnvironmentOptions): ExitCode {
  const cloud = chooseCloud(port);
  if (typeof cloud === 'number') return cloud;
  const { hub, accounts, anchors, people } = cloud;
  if (account !== undefined && account !== hub.account && !accounts.includes(account)) {
    const known = [hub.account, ...accounts].join(', ');
    return refused(EXIT.invalid, `that local cloud has no account ${account}. It has ${known}.`);
  }
  const person = as === undefined ? undefined : `${PREFIX}${as}`;
  if (person !== undefined && !people.includes(person)) {
    const known = people.map((name) => name.replace(PREFIX, '')).join(', ');
    return refused(EXIT.invalid, `nobody in that local cloud is called ${as}. --as takes ${known}.`);
  }
  if (person !== undefined && account !== undefined && account !== hub.account)
    return refused(EXIT.invalid, `${as} is in the hub's account. Leave --account out.`);
  const origin = `http://127.0.0.1:${cloud.port}`;
  const whose = { account: account ?? hub.account, ...(person === undefined ? {} : { as: person }) };
  const lines = exportLines({ origin, region: hub.region, anchors, ...whose });
  writeOut(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** Lists the running local clouds; exit code 1 when there is none, so that scripts can test it. */
export function localStatus(_: Session, { output }: { readonly output: string }): ExitCode {
  const running = runningClouds();
  if (output === 'json') writeOut(`${JSON.stringify({ items: running }, undefined, 2)}\n`);
  else if (running.length === 0) writeOut('No local cloud runs. Start one: liftlock local up\n');
  else writeOut(`${running.map(line).join('\n')}\n`);
  return running.length === 0 ? EXIT.failure : EXIT.ok;
}

const line = ({ port, kubernetesPort, pid, fleet, stateFolder, startedAt }: RunningCloud): string =>
  `http://127.0.0.1:${port}  Kubernetes ${kubernetesPort}  process ${pid}  since ${startedAt}  fleet ${fleet}${stateFolder === undefined ? '' : `  state ${stateFolder}`}`;
