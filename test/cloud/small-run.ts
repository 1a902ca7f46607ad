import { SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { MACHINE_NAMES, type MachineName } from '../../core/contracts/names.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { type CloudFleet, startCloudFleet } from '../../simulator/cloud/start-cloud-fleet.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { untilRest } from '../../simulator/process/until-rest.ts';
import { cloudProblems } from './cloud-problems.ts';
import { type Recording, recordingOf } from './recording.ts';

export interface SmallRun {
  /** What went wrong, each with its cause by name; empty when nothing did. */
  readonly problems: readonly string[];
  readonly recording: Recording;
}

const FLEET = new URL('./fleet/', import.meta.url).pathname;
const FIRST = 'arn:aws:eks:eu-central-1:111111111111:cluster/first-dev';
const SECOND = 'arn:aws:eks:us-east-1:222222222222:cluster/second-prod';
/** Where each is to end. */
const ENDS: Readonly<Record<string, string>> = { [FIRST]: '1.37', [SECOND]: '1.35' };
const HOURS = 8;

/**
 * Two clusters in the local cloud, and everything that people do with them: one cluster goes by its policy, is stopped in the middle and
 * goes on; the other one is asked for by a person; the fleet is stopped and resumed; every machine is started by hand.
 */
export async function smallRun(assembly?: Assembly): Promise<SmallRun> {
  const notes: string[] = [];
  let fleet: CloudFleet;
  try {
    fleet = await startCloudFleet(await prepareFleet(FLEET), {
      seed: 1,
      onNote: (note) => notes.push(note),
      ...(assembly === undefined ? {} : { assembly }),
    });
  } catch (error) {
    return { problems: [`It does not start: ${(error as Error).message}`], recording: { edges: [], permissions: [] } };
  }
  const { cloud, close } = fleet;
  const problems: string[] = [];
  try {
    await whatPeopleDo(cloud);
    await rest(cloud);
  } catch (error) {
    problems.push(`The run ended early: ${(error as Error).message}`);
  }
  try {
    problems.push(...(await judged(cloud)), ...cloudProblems(cloud, notes));
    return { problems, recording: recordingOf(cloud) };
  } finally {
    await close();
  }
}

async function whatPeopleDo(cloud: LocalCloud): Promise<void> {
  await minutes(cloud, 3);
  cloud.trail.tellOfLifecycle('111111111111', 'eu-central-1', [FIRST], cloud.clock.now().getTime());
  await apiRequest(cloud, 'GET', '/v1/clusters');
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  await minutes(cloud, 2);
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {});
  // Somewhere in the control plane's update.
  await minutes(cloud, 12);
  await stopRunningUpgrade(cloud);
  // Past the hour: versions and deadlines are looked at again, now with an inventory.
  await minutes(cloud, 45);
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/upgrade', { to: '1.35', approve: true });
  await rest(cloud);
  for (const machine of MACHINE_NAMES) await startByHand(cloud, machine, SECOND);
}

async function stopRunningUpgrade(cloud: LocalCloud): Promise<void> {
  const machineArn = machineArnOf(cloud, 'upgrade-cluster');
  const { executions } = cloud.runner.listExecutions({ machineArn, statusFilter: 'RUNNING' });
  const client = stepFunctions(cloud);
  for (const { executionArn } of executions) await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
}

async function startByHand(cloud: LocalCloud, machine: MachineName, cluster: string): Promise<void> {
  const client = stepFunctions(cloud);
  await client.send(
    new StartExecutionCommand({
      stateMachineArn: machineArnOf(cloud, machine),
      input: JSON.stringify({ cluster, targetVersion: '1.35' }),
    }),
  );
  client.destroy();
  await minutes(cloud, 3);
}

function stepFunctions(cloud: LocalCloud): SFNClient {
  const [hub] = cloud.options.stacks;
  const { accessKeyId, secretAccessKey } = localAdministrator(hub?.account ?? '');
  const credentials = { accessKeyId, secretAccessKey };
  return new SFNClient({ endpoint: cloud.wire.origin, region: hub?.region ?? '', credentials });
}

function machineArnOf(cloud: LocalCloud, machine: MachineName): string {
  const found = cloud.runner.machines.records().find(({ name }) => name === `liftlock-${machine}`);
  if (found === undefined) throw new Error(`no machine ${machine} was installed`);
  return found.arn;
}

const minutes = (cloud: LocalCloud, count: number): Promise<void> =>
  cloud.clock.runUntil(new Date(cloud.clock.now().getTime() + count * 60_000));

async function rest(cloud: LocalCloud): Promise<void> {
  const until = new Date(cloud.clock.now().getTime() + HOURS * 3_600_000);
  if (!(await untilRest(cloud, cloud.clock, { until, quietHours: 0.4 })))
    throw new Error(`it did not come to rest within ${HOURS} hours`);
}

/** Whether Liftlock did what it was asked for, by what EKS and the audit say. */
async function judged(cloud: LocalCloud): Promise<string[]> {
  const clusters = Object.values(cloud.eks.state.clusters).filter(({ arn, version }) => version !== ENDS[arn]);
  const violations = await checkInvariants(cloud);
  return [
    ...clusters.map(({ arn, name, version }) => `${name} is at ${version} and was to be at ${ENDS[arn]}`),
    ...violations.map(({ invariant, message }) => `${invariant}: ${message}`),
  ];
}
