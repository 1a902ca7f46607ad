import type { ClusterControl, ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import type { Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { AppliedConfig, Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import type { OperatorPorts } from '../../../core/operations/fleet-switch.ts';
import type { Table, WriteOperation } from '../../../core/ports/table.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Members,
  PolicyRollouts,
  Rollouts,
  Waves,
} from '../../../core/store/entities.ts';
import { load, put } from '../../../core/store/entity.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';
import { checksOf, KEY, type Kept, upgrade } from '../protocol/one-upgrade.ts';
import { isDirty, operatorPorts, recordOf } from './operator-ports.ts';

export const reason = { code: 'UpdateFailed' as const, message: 'It failed.' };
export const held = { reason, since: '2026-11-20T11:00:00.000Z' };
export const breakGlass = { reason: 'incident', until: '2026-11-21T00:00:00.000Z', by: [] };
export const holds: ClusterControl = { clusterKey: KEY, held, breakGlass };

export interface Given {
  readonly kept?: Kept;
  readonly control?: ClusterControl | undefined;
  readonly member?: Partial<Member>;
  readonly wave?: Partial<Wave>;
  readonly rollout?: Partial<Rollout>;
  /** The newest rollout of its policy, or of the one that it names, when that is another one. */
  readonly newer?: Partial<Rollout>;
  /** Another cluster, and what it is in a rollout. */
  readonly others?: readonly [ClusterRecord, Member];
}

/** A table that tells what is written into it. */
type ToldTable = Table & { beforeTransact: (operations: readonly WriteOperation[]) => void };
type Order = (ports: OperatorPorts, clusterKey: string, by: string) => Promise<ClusterControl>;

/** A cluster that failed in the second of three waves and is held, in a table that was made for it, and what a person's word makes of it. */
export async function afterIn(
  table: ToldTable,
  order: Order,
  given: Given = {},
  policies: readonly AppliedConfig[] = [],
) {
  const { control = holds, member = {}, wave = {}, rollout = {}, newer, kept } = given;
  const waves = [
    waveItem({ index: 0, name: 'before', status: 'Completed' }),
    waveItem({ index: 1, name: 'all', members: 3, needWork: 3, failed: 1, ...wave }),
  ];
  const ports = await operatorPorts(table, {
    clusterControl: 'control' in given ? given.control : control,
    rollout: rolloutItem({ waves: ['before', 'all'], ...rollout }),
    waves,
    member: memberItem({
      clusterKey: KEY,
      waveIndex: 1,
      status: 'Failed',
      upgradeId: 'u',
      reasons: [reason],
      ...member,
    }),
    ...kept,
  });
  if (newer !== undefined)
    await table.transact([
      put(PolicyRollouts, { policy: newer.policy ?? 'p', rolloutId: newer.id ?? 'newer' }, 'absent'),
      ...(newer.status === undefined ? [] : [put(Rollouts, rolloutItem({ id: 'newer', ...newer }), 'absent')]),
    ]);
  const [other, otherMember] = given.others ?? [];
  for (const one of policies) await table.transact([put(Configs, one, 'absent')]);
  if (other !== undefined) await table.transact([put(Clusters, other, 'absent')]);
  if (otherMember !== undefined) await table.transact([put(Members, otherMember, 'absent')]);
  const operations: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (each) => operations.push(each);
  const result = await order(ports, KEY, 'ann');
  return {
    result,
    told: ports.told,
    checks: checksOf(operations[0] ?? []),
    replaced: (operations[0] ?? []).flatMap((one) => (one.type === 'put' ? [`${one.item.pk} ${one.item.sk}`] : [])),
    control: (await load(table, ClusterControls, KEY))?.data,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
    rollout: (await load(table, Rollouts, 'r'))?.data,
    newest: (await load(table, PolicyRollouts, 'p'))?.data.rolloutId,
    record: await recordOf(table, KEY),
    ofRollout: await recordOf(table, 'rollout/r'),
    isDirty: await isDirty(table),
  };
}
export const without = { clusterKey: KEY, breakGlass };

export const byHand = (given: Partial<Upgrade> = {}, kept: Kept = { member: undefined }): Given => ({
  control: { clusterKey: KEY, held: { ...held, upgradeId: '1.36-1.37' } },
  kept: { upgrades: [upgrade({ status: 'Failed', mutated: true, ...given })], ...kept },
});
export const finished = 'runs: liftlock upgrade cluster web --to 1.37 --approve';
