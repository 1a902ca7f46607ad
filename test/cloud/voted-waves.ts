import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { recoverAfterRestore } from '../../core/operations/restore.ts';
import { Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import type { Assembly } from '../../simulator/cloud/template/assembly.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';
import { cloudProblems } from './cloud-problems.ts';
import { switchOffDeciders } from './failed-calls.ts';
import { startByHand } from './people.ts';
import { minutes, startSmallCloud } from './small-cloud.ts';
import { tableItems, tableName } from './table-items.ts';

const ACCOUNT = '111111111111';
const STAGES = { a: 'one', b: 'one', c: 'two', d: 'two' };
const MOST_MINUTES = 600;

type Items = readonly NonNullable<WriteRequest['PutRequest']>[];

/**
 * People with the policies of the template, and nothing else, vote on waves: a viewer and an operator are refused, one voice of two is not enough, and
 * neither is the same voice twice. A cluster bakes and is asked for its next hop; the table is restored to an early point twice; the second
 * wave is rejected, the rollout aborted half-way, and another one finishes what it left. Gives what was otherwise.
 */
export async function votedWaves(assembly: Assembly): Promise<string[]> {
  const prepared = await fleetOf();
  const notes: string[] = [];
  const problems: string[] = [];
  const { cloud, close } = await startSmallCloud(prepared, assembly, (note) => notes.push(note));
  try {
    await apiRequest(cloud, 'PUT', '/v1/config', [prepared.fleet, POLICY]);
    cloud.begin();
    const first = await until(cloud, 'a rollout of four', async () =>
      (await loadKind(cloud.table, Members)).length === 4 ? rollouts(cloud).then(([one]) => one?.id) : undefined,
    );
    problems.push(...(await voteOnFirst(cloud, first)));
    const early = await itemsOf(cloud);
    problems.push(...(await nextHopInBake(cloud)));
    await restore(cloud, early);
    await minutes(cloud, 20);
    await restore(cloud, early);
    await until(cloud, 'the first wave passes', () => hasEnded(cloud, first, 'one'));
    problems.push(...(await rejectAndAbort(cloud, first)));
    await finishAnew(cloud, first);
    const behind = Object.values(cloud.eks.state.clusters).filter(({ version }) => version !== '1.37');
    problems.push(...behind.map(({ name, version }) => `${name} ended at ${version}`));
    problems.push(...(await checkInvariants(cloud)).map(({ invariant, message }) => `${invariant}: ${message}`));
    return [...problems, ...(await cloudProblems(cloud, notes))];
  } finally {
    await close();
  }
}

async function fleetOf(): Promise<PreparedFleet> {
  const { loaded, ...prepared } = await prepareFleet(new URL('./fleet/', import.meta.url).pathname);
  const state = emptyState(loaded.now);
  for (const [name, stage] of Object.entries(STAGES))
    addCluster(state, { name, version: '1.36', account: ACCOUNT, tags: { stage }, autoModeNodes: 1, addons: {} });
  const more = { accounts: [ACCOUNT], regions: ['eu-central-1'], labels: { fromTags: { stage: 'stage' } } };
  const spec = { ...prepared.fleet.spec, ...more };
  return { ...prepared, fleet: { ...prepared.fleet, spec }, loaded: { ...loaded, state } };
}

const POLICY = {
  apiVersion: 'liftlock/v1alpha1',
  kind: 'UpgradePolicy',
  metadata: { name: 'all' },
  spec: {
    selector: {},
    target: '1.37',
    trigger: 'automatic',
    verification: 'eks-api',
    waves: Object.entries({ one: 2, two: 1 }).map(([name, approvals]) => ({
      name,
      selector: { matchLabels: { stage: name } },
      maxConcurrency: 2,
      bake: '30m',
      approval: { approvals },
    })),
  },
};

const say = (cloud: LocalCloud, rollout: string, wave: string, word: 'approve' | 'reject', as?: string) =>
  apiRequest(cloud, 'POST', `/v1/rollouts/${rollout}/waves/${wave}/${word}`, { ...(word === 'reject' && NO) }, as);
const NO = { reason: 'not before the holidays' };

async function voteOnFirst(cloud: LocalCloud, id: string): Promise<string[]> {
  const problems: string[] = [];
  for (const kind of ['liftlock-viewer', 'liftlock-operator', 'liftlock-break-glass']) {
    const answer = await say(cloud, id, 'one', 'approve', kind).then(() => 'taken', String);
    if (!/answered 403/.test(answer)) problems.push(`the approval of a ${kind} was ${answer}`);
  }
  await say(cloud, id, 'one', 'approve', 'liftlock-approver');
  await say(cloud, id, 'one', 'approve', 'liftlock-approver');
  await minutes(cloud, 5);
  if ((await loadKind(cloud.table, Upgrades)).length > 0) problems.push('one voice, twice, was enough for two');
  await say(cloud, id, 'one', 'approve', 'liftlock-admin');
  await until(cloud, 'the first wave begins', async () => (await loadKind(cloud.table, Upgrades)).length > 0);
  return problems;
}

/** A person asks for the next hop while the first bakes: nothing of it is granted. */
async function nextHopInBake(cloud: LocalCloud): Promise<string[]> {
  await until(cloud, 'a cluster bakes', async () =>
    (await loadKind(cloud.table, Upgrades)).some(({ reasons }) => reasons.some(({ code }) => code === 'Baking')),
  );
  const cluster = Object.values(cloud.eks.state.clusters).find(({ version }) => version === '1.37');
  await startByHand(cloud, 'upgrade-cluster', { cluster: cluster?.arn, targetVersion: '1.38' });
  await minutes(cloud, 5);
  const granted = (await cloud.auditTimeline()).filter(
    ({ event, detail }) => event === 'Granted' && detail.upgradeId === '1.37-1.38',
  );
  return granted.map(({ subject }) => `${subject} was granted its next hop in its bake`);
}

/** As docs/runbook.md has it (Restore of the table), but that the items come back under the old name. */
async function restore(cloud: LocalCloud, items: Items): Promise<void> {
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  const giveBack = switchOffDeciders(cloud);
  const mutatorsOffSince = cloud.clock.now();
  await minutes(cloud, 3);
  const present = await itemsOf(cloud);
  await write(
    cloud,
    present.map(({ Item }) => ({ DeleteRequest: { Key: { pk: Item?.pk ?? NONE, sk: Item?.sk ?? NONE } } })),
  );
  await write(
    cloud,
    items.map((PutRequest) => ({ PutRequest })),
  );
  const restoredTo = new Date(mutatorsOffSince.getTime() - 3_600_000);
  await recoverAfterRestore(cloud, { restoredTo, mutatorsOffSince, by: 'ana@example.com' });
  giveBack();
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {}, 'liftlock-approver');
}

const NONE = { S: '' };
const itemsOf = async (cloud: LocalCloud): Promise<Items> => (await tableItems(cloud)).map((Item) => ({ Item }));

async function write(cloud: LocalCloud, requests: readonly WriteRequest[]): Promise<void> {
  for (let at = 0; at < requests.length; at += 25) {
    const RequestItems = { [tableName(cloud, 'ItemsTable')]: requests.slice(at, at + 25) };
    await cloud.dynamo.send(new BatchWriteItemCommand({ RequestItems }));
  }
}

/** A rejected wave does not begin; the rollout is given up with it. */
async function rejectAndAbort(cloud: LocalCloud, id: string): Promise<string[]> {
  await say(cloud, id, 'two', 'reject', 'liftlock-approver');
  await minutes(cloud, 30);
  const begun = (await loadKind(cloud.table, Members)).filter(
    ({ waveIndex, status }) => waveIndex === 1 && status !== 'Pending',
  );
  await apiRequest(cloud, 'POST', `/v1/rollouts/${id}/abort`, { reason: 'rehearsed' }, 'liftlock-operator');
  await minutes(cloud, 5);
  const late = await say(cloud, id, 'two', 'approve', 'liftlock-admin').then(() => 'taken', String);
  return [
    ...begun.map(({ name, status }) => `${name} of the rejected wave is ${status}`),
    ...(/answered 409/.test(late) ? [] : [`the approval of an aborted rollout was ${late}`]),
  ];
}

async function finishAnew(cloud: LocalCloud, before: string): Promise<void> {
  const created = (await apiRequest(cloud, 'POST', '/v1/rollouts', { policy: 'all' }, 'liftlock-approver')) as Rollout;
  if (created.id === before) throw new Error('the new rollout is the old one');
  await minutes(cloud, 3);
  await say(cloud, created.id, 'two', 'approve', 'liftlock-admin');
  await until(cloud, 'the new rollout ends', () => hasEnded(cloud, created.id, 'two'));
}

const rollouts = (cloud: LocalCloud): Promise<Rollout[]> => loadKind(cloud.table, Rollouts);
const ENDED: readonly Wave['status'][] = ['Completed', 'CompletedWithFailures', 'Halted', 'Skipped'];
const hasEnded = async (cloud: LocalCloud, id: string, wave: string): Promise<boolean> =>
  (await loadKind(cloud.table, Waves)).some(
    ({ rolloutId, name, status }) => rolloutId === id && name === wave && ENDED.includes(status),
  );

async function until<Value>(
  cloud: LocalCloud,
  what: string,
  look: () => Promise<Value | undefined | false>,
): Promise<Value> {
  for (let minute = 0; minute < MOST_MINUTES; minute += 1) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await minutes(cloud, 1);
  }
  throw new Error(`within ${MOST_MINUTES} minutes it did not come to: ${what}`);
}
