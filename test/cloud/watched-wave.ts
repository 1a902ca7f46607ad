import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Wave } from '../../core/contracts/items/rollout.ts';
import { SILENCE_TAG } from '../../core/contracts/mutating-calls.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';
import { makeFunction, makeMachine, makeRole } from '../material/cloud/hook-receivers.ts';

/** Where the alarms of fleet/fleet.yaml are: one beside Liftlock, one in an account of the fleet, and those that are silenced beside each cluster. */
const ALARMS = [
  { name: 'platform-errors', account: '000000000000', region: 'eu-central-1' },
  { name: 'second-errors', account: '222222222222', region: 'us-east-1' },
  { name: 'first-dev-errors', account: '111111111111', region: 'eu-central-1' },
  { name: 'second-prod-errors', account: '222222222222', region: 'us-east-1' },
] as const;
const OPEN = [{ Key: SILENCE_TAG.key, Value: SILENCE_TAG.value }];

const clientOptions = (cloud: LocalCloud, account: string, region: string) => {
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  return { endpoint: cloud.wire.origin, region, credentials: { accessKeyId, secretAccessKey } };
};

/** What the gates of the policy ask and what steps silence: alarms that are OK, and the secret of the webhook. */
export async function makeGates(cloud: LocalCloud): Promise<void> {
  for (const { name, account, region } of ALARMS) {
    const client = new CloudWatchClient(clientOptions(cloud, account, region));
    const alarm = { AlarmName: name, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 } as const;
    const tags = /-(dev|prod)-/.test(name) ? { Tags: OPEN } : {};
    await client.send(new PutMetricAlarmCommand({ ...alarm, ...tags }));
    await client.send(
      new SetAlarmStateCommand({ AlarmName: name, StateValue: 'OK', StateReason: 'rehearsed: all well' }),
    );
    client.destroy();
  }
  const { account, region } = ALARMS[0];
  const secrets = new SecretsManagerClient(clientOptions(cloud, account, region));
  for (const Name of ['liftlock/gate', 'liftlock/bearer/orders'])
    await secrets.send(new CreateSecretCommand({ Name, SecretString: 'hunter2' }));
  secrets.destroy();
}

/** Whom the hooks of the policy ask beside its webhook: a function and a machine, opened by their tags. */
export async function makeHookReceivers(cloud: LocalCloud): Promise<void> {
  const place = { cloud, ...ALARMS[0] };
  const role = await makeRole(place, 'hook-receiver');
  const go = { schema: 'liftlock.hook/v1', answer: 'go' };
  await makeFunction(place, role, 'ticket', `export const handler = async () => (${JSON.stringify(go)});`);
  await makeMachine(place, role, 'board', go);
}

/** Skips the soak of the wave that a gate holds up, after a look at what the gates say; what is wrong with that. */
export async function promoteWatchedWave(cloud: LocalCloud, policy: string): Promise<string[]> {
  const { items } = (await apiRequest(cloud, 'GET', '/v1/rollouts')) as { items: { id: string; policy: string }[] };
  const id = items.find((rollout) => rollout.policy === policy)?.id ?? '';
  const { waveDetails } = (await apiRequest(cloud, 'GET', `/v1/rollouts/${id}`)) as { waveDetails: Wave[] };
  const [wave] = waveDetails;
  const said = (wave?.gates?.readings ?? []).map(({ gate, status }) => `${gate} ${status}`);
  const wanted = [
    'platform-errors green',
    'arn:aws:cloudwatch:us-east-1:222222222222:alarm:second-errors green',
    '127.0.0.1:9/gate unknown',
  ];
  const problems = said.join() === wanted.join() ? [] : [`the gates of ${policy} are ${said.join(', ') || 'not read'}`];
  if (wave?.status !== 'Soaking') problems.push(`the wave of ${policy} is ${wave?.status} and was to soak`);
  const hub = ALARMS[0];
  const logged = [...cloud.logs.streams('/aws/lambda/liftlock-reconcile-rollouts', hub).values()].flat();
  if (JSON.stringify([waveDetails, logged]).includes('hunter2'))
    problems.push('a reading or a log tells the secret of a webhook');
  await apiRequest(cloud, 'POST', `/v1/rollouts/${id}/promote`, { reason: 'rehearsed' });
  return problems;
}
