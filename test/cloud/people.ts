import { SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { MachineName } from '../../core/contracts/names.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';
import { minutes } from './small-cloud.ts';

/**
 * Halts the rollout of the first cluster and lets it go on; plans one for the second cluster, approves of it, has it planned anew by its policy as `changed`,
 * and gives it up before it begins.
 */
export async function switchRollouts(
  cloud: LocalCloud,
  policies: { readonly running: string; readonly waiting: string; readonly changed: readonly object[] },
) {
  const { items } = (await apiRequest(cloud, 'GET', '/v1/rollouts')) as { items: { id: string; policy: string }[] };
  const running = items.find(({ policy }) => policy === policies.running);
  if (running === undefined) throw new Error(`no rollout of the policy ${policies.running} has begun`);
  await apiRequest(cloud, 'POST', `/v1/rollouts/${running.id}/pause`, { reason: 'rehearsed' });
  await apiRequest(cloud, 'POST', `/v1/rollouts/${running.id}/resume`, {});
  await apiRequest(cloud, 'POST', `/v1/rollouts/${running.id}/pause`, { reason: 'rehearsed' });
  await apiRequest(cloud, 'POST', `/v1/rollouts/${running.id}/accept-failures`, { reason: 'rehearsed' });
  const planned = (await apiRequest(cloud, 'POST', '/v1/rollouts', { policy: policies.waiting })) as { id: string };
  const glass = `/v1/rollouts/${planned.id}/waves/all/break-glass`;
  await apiRequest(cloud, 'POST', glass, { reason: 'rehearsed', for: '10m' });
  await apiRequest(cloud, 'POST', `${glass}/end`, { reason: 'rehearsed' });
  await apiRequest(cloud, 'POST', `/v1/rollouts/${planned.id}/waves/all/approve`, { comment: 'rehearsed' });
  await apiRequest(cloud, 'POST', `/v1/rollouts/${planned.id}/waves/all/reject`, { reason: 'rehearsed' });
  await apiRequest(cloud, 'PUT', '/v1/config', policies.changed);
  await minutes(cloud, 2);
  const released = { traits: ['version:1.34'], reason: 'rehearsed' };
  await refused(apiRequest(cloud, 'POST', `/v1/rollouts/${planned.id}/release-trait`, released), 'WrongState');
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/skip', { reason: 'rehearsed' });
  await apiRequest(cloud, 'POST', `/v1/rollouts/${planned.id}/abort`, { reason: 'rehearsed' });
}

/** What the API answers to, and does not do: an answer of any other kind is passed on. */
async function refused(request: Promise<unknown>, name: string): Promise<void> {
  try {
    await request;
  } catch (error) {
    if ((error as Error).message.includes(`"name":"${name}"`)) return;
    throw error;
  }
  throw new Error(`was to be refused with ${name}`);
}

export async function stopRunningUpgrades(cloud: LocalCloud, machine: MachineName = 'upgrade-cluster'): Promise<void> {
  const machineArn = machineArnOf(cloud, machine);
  const { executions } = cloud.runner.listExecutions({ machineArn, statusFilter: 'RUNNING' });
  const client = stepFunctions(cloud);
  for (const { executionArn } of executions) await client.send(new StopExecutionCommand({ executionArn }));
  client.destroy();
}

export async function startByHand(cloud: LocalCloud, machine: MachineName, input: object): Promise<void> {
  const client = stepFunctions(cloud);
  const stateMachineArn = machineArnOf(cloud, machine);
  await client.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  client.destroy();
}

function stepFunctions(cloud: LocalCloud): SFNClient {
  const [hub] = cloud.options.stacks;
  const { accessKeyId, secretAccessKey } = localAdministrator(hub?.account ?? '');
  const credentials = { accessKeyId, secretAccessKey };
  return new SFNClient({ endpoint: cloud.wire.origin, region: hub?.region ?? '', credentials });
}

export function machineArnOf(cloud: LocalCloud, machine: MachineName): string {
  const found = cloud.runner.machines.records().find(({ name }) => name === `liftlock-${machine}`);
  if (found === undefined) throw new Error(`no machine ${machine} was installed`);
  return found.arn;
}
