import { namedError } from '../contracts/errors.ts';
import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { recount } from '../policy/caps.ts';
import { allPolicies, type PolicyMatch, policyByHand, policyOf } from '../policy/policy-of.ts';
import { exceedsBudget } from '../policy/wave-room.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { wayOutOfHold } from '../protocol/left-half-done.ts';
import { Refusal } from '../queries/refusal.ts';
import { AT_REST, goesOnWith } from '../rollout/automatic-rollouts.ts';
import type { AuditEntry } from '../store/audit.ts';
import { change, markDirty } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  Members,
  PolicyRollouts,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { decode, load, type Read, replace, unchanged } from '../store/entity.ts';
import { isTried } from '../store/members.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { busyReplanning } from './skip-cluster.ts';

/** Takes the hold off and has the cluster tried again in its rollout: it no longer counts as failed there. Refused where no rollout would. */
export function retryCluster(ports: OperatorPorts, clusterKey: string, by: string): Promise<ClusterControl> {
  return unhold(ports, clusterKey, by, 'Retried');
}

/** Takes the hold off; in its rollout the cluster stays as it ended, and another rollout may take it. */
export function releaseCluster(ports: OperatorPorts, clusterKey: string, by: string): Promise<ClusterControl> {
  return unhold(ports, clusterKey, by, 'Released');
}

async function unhold(
  ports: OperatorPorts,
  clusterKey: string,
  by: string,
  event: 'Retried' | 'Released',
): Promise<ClusterControl> {
  const control = await change(ports, async () => {
    const { table } = ports;
    const cluster = await load(table, Clusters, clusterKey);
    if (cluster === undefined)
      throw namedError('ClusterNotFound', `The inventory has no cluster ${clusterKey}. Run: liftlock get clusters`);
    const grant = await load(table, Grants, clusterKey);
    if (grant !== undefined && grant.data.status !== 'free') {
      throw wrongState(
        `An upgrade of ${cluster.data.name} still holds its grant (${grant.data.upgradeId}, ${grant.data.status}). Try again when it has ended.`,
      );
    }
    const read = await load(table, ClusterControls, clusterKey);
    const { held, ...rest } = read?.data ?? { clusterKey };
    const { places, stranger } = await goingOn(table, clusterKey);
    const ended = places.filter(({ member }) => isTried(member.data));
    if (held === undefined && (event === 'Released' || ended.length === 0))
      throw nothingToTakeOff(cluster.data.name, ended, stranger);
    if (event === 'Retried' && places.length === 0)
      throw await triedByNobody(table, cluster.data, stranger, held?.upgradeId);
    const again = event === 'Retried' ? await requeue(table, cluster, ended) : [];
    const entry: AuditEntry = { subject: clusterKey, event: `Cluster${event}`, principal: by, detail: { held } };
    // What was counted in a rollout is taken back there, too.
    const tried = (event === 'Retried' ? ended : []).map(({ member: { data }, wave }) => ({
      subject: `rollout/${data.rolloutId}`,
      event: 'MemberRetried',
      principal: by,
      detail: { clusterKey, wave: wave.data.name, from: data.status },
    }));
    return {
      result: rest,
      writes: [unchanged(Grants, grant, clusterKey), replace(ClusterControls, read, rest), ...again],
      record: [entry, ...tried],
    };
  });
  await markDirty(ports);
  return control;
}

interface RolloutMember {
  readonly member: Read<Member>;
  readonly rollout: Read<Rollout>;
  readonly wave: Read<Wave>;
}

const THROUGH: readonly Member['status'][] = ['Succeeded', 'Excluded', 'Left'];

/** What keeps a rollout that has ended from being taken up again. */
interface Stranger {
  readonly said: string;
  /** The policy that the cluster would be tried under. */
  readonly policy: string | undefined;
}

/** Members of rollouts that may go on and are not through with the cluster; the failed and blocked ones `retry` tries again. */
async function goingOn(table: Table, clusterKey: string): Promise<{ places: RolloutMember[]; stranger?: Stranger }> {
  const places: RolloutMember[] = [];
  let stranger: Stranger | undefined;
  const waiting = (await table.queryKind(Members.kind))
    .map((item) => decode(Members, item))
    .filter(({ data }) => !THROUGH.includes(data.status));
  for (const member of waiting.filter(({ data }) => data.clusterKey === clusterKey)) {
    const { rolloutId, waveIndex } = member.data;
    const rollout = await load(table, Rollouts, rolloutId);
    const wave = await load(table, Waves, rolloutId, waveIndex);
    if (rollout === undefined || wave === undefined || rollout.data.status === 'Aborted') continue;
    const others = waiting.filter(({ data }) => data.rolloutId === rolloutId && !isTried(data));
    const found = await strangerOf(table, rollout.data, [member, ...others]);
    if (found === undefined) places.push({ member, rollout, wave });
    else stranger = found;
  }
  return { places, ...(stranger && { stranger }) };
}

/** The first of those that a rollout would go on with which may not: another policy asks for its own approvals. */
async function strangerOf(
  table: Table,
  rollout: Rollout,
  members: readonly Read<Member>[],
): Promise<Stranger | undefined> {
  // One under way keeps its members, whatever selects them now.
  if (goesOnWith(rollout, undefined)) return undefined;
  const policies = await allPolicies(table);
  for (const { data } of members) {
    const cluster = (await load(table, Clusters, data.clusterKey))?.data;
    const match = cluster && policyOf(cluster, policies);
    if (match === undefined || goesOnWith(rollout, policyByHand(match, []))) continue;
    const said = `The rollout ${rollout.id} of the policy ${rollout.policy} is ${rollout.status}, and is not taken up again: ${data.name} is selected by ${selecting(match)} now.`;
    const isOwn = data === members[0]?.data;
    return { said, policy: isOwn ? policyByHand(match, []) : rollout.policy };
  }
  return undefined;
}

function selecting(match: PolicyMatch): string {
  if (match.type === 'ambiguous') return `the policies ${match.names.join(' and ')}`;
  return match.type === 'one' ? `the policy ${match.policy.metadata.name}` : 'no policy';
}

async function triedByNobody(
  table: Table,
  cluster: ClusterRecord,
  { said, policy }: Partial<Stranger> = {},
  upgradeId = '',
): Promise<Refusal> {
  const upgrade = await load(table, Upgrades, cluster.clusterKey, upgradeId);
  const why = said === undefined ? '' : ` ${said}`;
  const way = wayOutOfHold(cluster, upgrade?.data, policy);
  return wrongState(
    `${cluster.name} is held, and no rollout would try it again.${why} Who has removed the cause ${way}`,
  );
}

const wrongState = (said: string): Refusal => new Refusal('WrongState', said);

function nothingToTakeOff(name: string, [first]: readonly RolloutMember[], stranger: Stranger | undefined): Refusal {
  if (first === undefined && stranger !== undefined)
    return wrongState(`${name} is not held. ${stranger.said} What takes it up: liftlock explain cluster ${name}`);
  if (first === undefined)
    return wrongState(
      `${name} is not held, and nothing of it has failed or is blocked in a rollout that was not aborted. What keeps it: liftlock explain cluster ${name}. One that was skipped goes with the next target, or alone: liftlock upgrade cluster ${name} --to VERSION`,
    );
  const { status, rolloutId } = first.member.data;
  return wrongState(
    `${name} is not held; it is ${status} in the rollout ${rolloutId}. Release takes off holds only. Remove the cause, then run: liftlock retry cluster ${name}`,
  );
}

/** Those members go back to Pending, and a wave that they halted opens again. */
async function requeue(
  table: Table,
  cluster: Read<ClusterRecord>,
  ended: readonly RolloutMember[],
): Promise<WriteOperation[]> {
  const operations: WriteOperation[] = [];
  for (const { member, rollout, wave } of ended) {
    if (rollout.data.following !== undefined) throw busyReplanning(rollout.data);
    operations.push(...(await becomesNewest(table, rollout.data)));
    operations.push(replace(Members, member, pending(member.data)), replace(Waves, wave, counted(wave, member.data)));
    if (AT_REST.includes(rollout.data.status)) {
      const { policy } = rollout.data;
      const applied = await load(table, Configs, 'UpgradePolicy', policy);
      // That its policy selects the cluster is what it is taken up again by.
      operations.push(
        unchanged(Configs, applied, 'UpgradePolicy', policy),
        unchanged(Clusters, cluster, cluster.data.clusterKey),
      );
    }
    operations.push(
      rollout.data.status === 'Running' || rollout.data.status === 'Paused'
        ? unchanged(Rollouts, rollout, rollout.data.id)
        : replace(Rollouts, rollout, { ...rollout.data, status: 'Running', endedAt: undefined, reasons: [] }),
    );
  }
  return operations;
}

/** Two rollouts of one policy never run at once: an older one is taken up again only when the newer one has ended. */
async function becomesNewest(table: Table, rollout: Rollout): Promise<WriteOperation[]> {
  const newest = await load(table, PolicyRollouts, rollout.policy);
  if (newest === undefined || newest.data.rolloutId === rollout.id) return [];
  const running = await load(table, Rollouts, newest.data.rolloutId);
  if (running !== undefined && !AT_REST.includes(running.data.status)) {
    throw wrongState(
      `The rollout ${running.data.id} of the same policy is ${running.data.status}. Try again when it has ended.`,
    );
  }
  return [replace(PolicyRollouts, newest, { ...newest.data, rolloutId: rollout.id })];
}

function pending(member: Member): Member {
  const failed = member.status === 'Failed' ? { failedBefore: true as const } : {};
  return { ...member, status: 'Pending', upgradeId: undefined, resumeAt: undefined, reasons: [], ...failed };
}

function counted(wave: Read<Wave>, member: Member): Wave {
  const next = { ...wave.data };
  if (member.status === 'Failed') {
    next.failed -= 1;
    const { failed, succeeded } = next.traits ?? { failed: {}, succeeded: {} };
    next.traits = { failed: recount(failed, member.traits ?? [], -1), succeeded };
  } else next.blocked -= 1;
  const reopens = !exceedsBudget(next) && wave.data.status !== 'Pending';
  // Who skipped its soak had seen what there was to see then.
  return reopens ? { ...next, status: 'Open', endedAt: undefined, promotedBy: undefined, reasons: [] } : next;
}
