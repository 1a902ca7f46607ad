import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { bounded, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import type { Table } from '../ports/table.ts';
import { inventoryGaps } from '../rollout/automatic-rollouts.ts';
import { earlierRollouts, stillGoingBack } from '../rollout/earlier-rollouts.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { Accounts, loadWaves, Members, Organizations, Rollouts } from '../store/entities.ts';
import { load, loadAll, loadKind, ofKind } from '../store/entity.ts';
import type { ClusterPolicy } from './cluster-policy.ts';
import type { Verdict } from './verdict-words.ts';

interface Waiting {
  readonly cluster: ClusterRecord;
  readonly aim: ClusterPolicy;
  readonly verdict: Verdict;
}

/** The verdict of a cluster that waits for a rollout, with what keeps one from being created now. */
export async function untilOneMayBegin(
  table: Pick<Table, 'get' | 'getAll' | 'queryKind' | 'queryPartition'>,
  snapshot: FleetSnapshot,
  waiting: Waiting,
  now: Date,
): Promise<Verdict> {
  const verdict = await untilAllIsKnown(table, snapshot, waiting.verdict, now);
  return untilAllAreBack(table, snapshot, { ...waiting, verdict });
}

/**
 * A rollout begins by itself only when all of the Fleet is known; a person may plan one over the known part. Only this tells a cluster's reader which
 * part is not known.
 */
async function untilAllIsKnown(
  table: Pick<Table, 'get' | 'queryPartition'>,
  snapshot: FleetSnapshot,
  verdict: Verdict,
  now: Date,
): Promise<Verdict> {
  const { fleet } = snapshot;
  const begins = verdict.reasons.some(({ code }) => code === 'Automatic');
  if (fleet === undefined || !(begins || isCreated(verdict))) return verdict;
  const [accounts, listed] = await Promise.all([table.queryPartition('ACCOUNTS'), load(table, Organizations)]);
  const { organizationId, unlisted } = listed?.data ?? {};
  const looked = { accounts: ofKind(accounts, Accounts), organizationId, unlisted };
  const gaps = inventoryGaps(fleet, looked, snapshot, now);
  if (gaps.length === 0) return verdict;
  const unread = 'What cannot be read says: liftlock fleet status';
  // Not all that the condition names waits for that: a rollout ends, or another version becomes the target, all the same.
  const condition = begins
    ? `All of the Fleet is known. ${unread}`
    : `${verdict.when.condition?.replace(/\.$/, '')}. Until all of the Fleet is known, rollout create is refused without --incomplete-inventory. ${unread}`;
  return { when: { condition, at: null }, reasons: bounded([...verdict.reasons, ...gaps]) };
}

/** Whether a person creates the rollout that the cluster waits for; a retry, or an upgrade by hand, needs to know of no other cluster. */
const isCreated = ({ when: { condition } }: Verdict): boolean =>
  condition?.includes('liftlock rollout create ') === true && !/liftlock (?:retry|upgrade) /.test(condition);

/** Nor does a rollout begin by itself while a cluster of an earlier one goes back from the minor that it would bring. */
async function untilAllAreBack(
  table: Pick<Table, 'getAll' | 'queryKind' | 'queryPartition'>,
  snapshot: FleetSnapshot,
  { cluster, aim, verdict }: Waiting,
): Promise<Verdict> {
  const { policy, target } = aim;
  const begins = verdict.reasons.some(({ code }) => code === 'Automatic');
  if (!begins || policy === undefined || target === undefined) return verdict;
  const { name } = policy.metadata;
  const rollouts = (await loadKind(table, Rollouts)).filter((one) => one.policy === name);
  const waves = (await Promise.all(rollouts.map(({ id }) => loadWaves(table, id)))).flat().map(({ data }) => data);
  const keys = waves.flatMap(({ rolloutId, index, goingBack = [] }) =>
    goingBack.map((key) => Members.key(rolloutId, index, key)),
  );
  const members = await loadAll(table, Members, keys);
  const next = { from: cluster.version, to: target.toString(), status: 'Pending' } as const;
  const back = stillGoingBack(earlierRollouts({ rollouts, waves, members }), name, [next], snapshot.clusters);
  const [first, ...others] = back.map(({ clusterKey }) => clusterNameOf(clusterKey));
  if (first === undefined) return verdict;
  const condition = `The rollback of ${[first, ...others].join(', ')} from ${back[0]?.minor} has ended: liftlock explain cluster ${first}`;
  const goesBack = reason(
    'GoesBack',
    'No rollout to that minor begins by itself while a cluster of an earlier one goes back.',
  );
  return { when: { condition, at: null }, reasons: [...verdict.reasons, goesBack] };
}
