import { toStoredItem } from '../../adapters/dynamodb/dynamo-table.ts';
import { MemoryTable } from '../../adapters/memory/table.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import type { StoredItem } from '../../core/ports/table.ts';
import { grantUpgrade } from '../../core/protocol/grant.ts';
import { Refusal } from '../../core/queries/refusal.ts';
import { applyDecision } from '../../core/rollout/apply-decision.ts';
import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Configs, isMember, Members, rolloutPartition, Waves } from '../../core/store/entities.ts';
import { load, ofKind, replace } from '../../core/store/entity.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { tableItems } from './table-items.ts';

/** The one rollout of the fleet, as far as it is planned. */
export interface Stored {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
}

/** A grant that was tried, and what came of it. */
export interface Tried {
  readonly name: string;
  readonly clusterKey: string;
  readonly waveIndex: number;
  /** Whether members follow a plan that is in force: then no wave may open. */
  readonly isFollowing: boolean;
  /** Its plan was made under the policy that is applied. */
  readonly isCurrent: boolean;
  /** Whether the cluster was a member of that wave when it was tried. */
  readonly isThere: boolean;
  /** The plan that was approved; undefined where there was none to approve. */
  readonly approved: string | undefined;
  /** What the wave counts in flight after the grant; undefined = it was refused. */
  readonly counted: number | undefined;
  /** Why it was refused. */
  readonly codes: readonly string[];
  /** It was granted before anybody approved. */
  readonly isUnapproved: boolean;
}

type Ports = Parameters<typeof applyDecision>[0] & Parameters<typeof voteOnWave>[0];
interface Wanted {
  readonly rollout: Rollout;
  readonly member: Pick<Member, 'clusterKey' | 'name' | 'from' | 'to'>;
  readonly waveIndex: number;
}

const APPROVERS = ['user:000000000000/ana', 'user:000000000000/ben'];

/**
 * Tries each of these clusters in each of these waves, on the table as it is at this instant: two people approve the plan that they read, the
 * waves before are over, the wave opens if the reconciler would open it, and the grant is asked for. Each try has a copy of the table, so
 * that nothing of it is left in the cloud.
 */
export async function tryGrants(
  cloud: LocalCloud,
  wanted: readonly { readonly member: Wanted['member']; readonly waveIndexes: readonly number[] }[],
  { rollout }: Stored,
): Promise<Tried[]> {
  const items = (await tableItems(cloud)).map(toStoredItem);
  const tried: Tried[] = [];
  for (const { member, waveIndexes } of wanted)
    for (const waveIndex of waveIndexes)
      tried.push(await tryOne(portsOf(cloud, items), { rollout, member, waveIndex }));
  return tried;
}

function portsOf({ clock }: LocalCloud, items: readonly StoredItem[]): Ports {
  const table = new MemoryTable();
  table.resetTo(items);
  const unused = () => Promise.reject(new Error('nothing is started'));
  return {
    table,
    clock,
    events: { publish: async () => undefined },
    ids: { next: () => 'id' },
    executions: { start: unused, describe: unused, arnFor: () => 'arn' },
    hooks: { ask: unused },
  } as unknown as Ports;
}

async function tryOne(ports: Ports, wanted: Wanted): Promise<Tried> {
  const { rollout, member, waveIndex } = wanted;
  const unapproved = await ask(ports, wanted);
  const items = await ports.table.queryPartition(rolloutPartition(rollout.id));
  const approved = await approve(ports, rollout, ofKind(items, Waves)[waveIndex]);
  await endWavesBefore(ports, rollout, waveIndex);
  await openAsReconcilerDoes(ports, waveIndex);
  const result = await ask(ports, wanted);
  const after = await load(ports.table, Waves, rollout.id, waveIndex);
  const policy = await load(ports.table, Configs, 'UpgradePolicy', rollout.policy);
  return {
    name: member.name,
    clusterKey: member.clusterKey,
    waveIndex,
    isFollowing: rollout.following !== undefined,
    isCurrent: policy?.data.revision === rollout.policyRevision,
    isThere: ofKind(items, Members).some(
      (one) => isMember(one) && one.clusterKey === member.clusterKey && one.waveIndex === waveIndex,
    ),
    approved,
    counted: 'granted' in result ? after?.data.inFlight : undefined,
    codes: 'granted' in result ? [] : result.refused.map(({ code }) => code),
    isUnapproved: 'granted' in unapproved,
  };
}

const ask = (ports: Ports, { rollout, member, waveIndex }: Wanted) =>
  grantUpgrade(ports, {
    clusterKey: member.clusterKey,
    upgradeId: `${member.from}-${member.to}`,
    machine: 'upgrade-cluster',
    from: member.from,
    to: member.to,
    requestedBy: 'nobody',
    member: { rolloutId: rollout.id, waveIndex, failures: 0 },
  });

/** Gives the plan that was agreed to; a wave that the policy has no more cannot be approved. */
async function approve(ports: Ports, { id }: Rollout, wave: Wave | undefined): Promise<string | undefined> {
  if (wave?.planHash === undefined) return undefined;
  try {
    for (const by of APPROVERS)
      await voteOnWave(ports, id, wave.name, { decision: 'Approved', by, planHash: wave.planHash });
    return wave.planHash;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** No upgrade of them is run here, so they are passed over. */
async function endWavesBefore({ table }: Ports, { id, waves }: Rollout, waveIndex: number): Promise<void> {
  for (const index of [...waves.keys()].slice(0, waveIndex)) {
    const wave = await load(table, Waves, id, index);
    if (wave !== undefined) await table.transact([replace(Waves, wave, { ...wave.data, status: 'Skipped' })]);
  }
}

/** A tick that has not seen the change of the policy, and no more of it than what opens this wave. */
async function openAsReconcilerDoes(ports: Ports, waveIndex: number): Promise<void> {
  const snapshot = await loadSnapshot(ports.table, await ports.table.queryActive(), 'motion');
  for (const decision of decide(snapshot, ports.clock.now()).decisions)
    if (decision.type === 'change-wave' && decision.wave.index === waveIndex && decision.status === 'Open')
      await applyDecision(ports, decision);
}

/** A grant counts in a wave whose approved plan has the cluster, or is refused; of a plan that all follow it is given to whom it has. */
export function misgranted(tried: readonly Tried[], plans: readonly Stored[]): string[] {
  return tried.flatMap((one) => {
    const said = `${one.name}, tried in wave ${one.waveIndex},`;
    if (one.isUnapproved) return [`${said} was granted before anybody approved`];
    if (one.counted === undefined) {
      // On a plan of the policy before nothing is approved and nothing opens.
      const isOwed = one.isThere && one.isCurrent && !one.isFollowing;
      return isOwed ? [`${said} was refused, and is in the plan in force: ${one.codes.join(', ')}`] : [];
    }
    const isPlanned = plans.some((plan) => hasInWave(plan, one));
    return [
      ...(isPlanned ? [] : [`${said} was granted, and is not in the plan that was approved`]),
      ...(one.counted === 1 ? [] : [`${said} was granted, and the wave counts ${one.counted} in flight`]),
    ];
  });
}

/** Whether the plan has the wave that was approved, with the cluster in it. */
export const hasInWave = ({ waves, members }: Stored, { waveIndex, approved, clusterKey }: Tried): boolean =>
  waves.some(({ index, planHash }) => index === waveIndex && planHash !== undefined && planHash === approved) &&
  members.some((member) => member.waveIndex === waveIndex && member.clusterKey === clusterKey);
