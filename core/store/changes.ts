import type { LiftlockEvent } from '../contracts/events.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { arnOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import type { AuditEntry } from './audit.ts';

type Detail<Type extends LiftlockEvent['type']> = Extract<LiftlockEvent, { type: Type }>['detail'];

/** The names of a cluster in events. */
export function clusterNames(clusterKey: string) {
  const cluster = arnOf(clusterKey);
  const [, , , region = '', account = ''] = cluster.split(':');
  return { clusterKey, cluster, account, region };
}

export const auditEntry = (
  subject: string,
  event: string,
  principal: string,
  detail: AuditEntry['detail'],
): AuditEntry => ({ subject, event, principal, detail });

/** The audit's entry for a change of a rollout, a wave or a member. */
export const rolloutEntry = (id: string, ...entry: [event: string, principal: string, detail: AuditEntry['detail']]) =>
  auditEntry(`rollout/${id}`, ...entry);

/** @param about what has changed of the rollout; absent = its status */
export const rolloutChanged = (
  { id: rolloutId, status, reasons }: Pick<Rollout, 'id' | 'status' | 'reasons'>,
  change: string | undefined,
  about?: Detail<'RolloutChanged'>['about'],
): LiftlockEvent => ({ type: 'RolloutChanged', detail: { version: 1, change, rolloutId, status, about, reasons } });

/** @param about what has changed of the wave; absent = its status */
export const waveChanged = (
  { rolloutId, name: wave, status, reasons }: Pick<Wave, 'rolloutId' | 'name' | 'status' | 'reasons'>,
  change: string | undefined,
  about?: Detail<'WaveChanged'>['about'],
): LiftlockEvent => ({ type: 'WaveChanged', detail: { version: 1, change, rolloutId, wave, status, about, reasons } });

/** @param change id of the change that moved the member */
export function memberChanged(member: Member, wave: Wave, change: string | undefined): LiftlockEvent {
  const { clusterKey, rolloutId, status, reasons } = member;
  const names = clusterNames(clusterKey);
  return {
    type: 'MemberChanged',
    detail: { version: 1, change, ...names, rolloutId, wave: wave.name, status, reasons },
  };
}

/** The event that nothing begins on a cluster any more before a person has looked. */
export const clusterHeld = (
  clusterKey: string,
  reasons: readonly Reason[],
  change: string | undefined,
): LiftlockEvent => ({
  type: 'ClusterHeld',
  detail: { version: 1, change, ...clusterNames(clusterKey), reasons: [...reasons] },
});

/** The event of an upgrade that has ended or parked. */
export const upgradeChanged = (
  { clusterKey, id: upgradeId, rolloutId, machine, input, from, to, status, reasons }: Upgrade,
  change: string | undefined,
): LiftlockEvent => ({
  type: 'UpgradeChanged',
  detail: {
    version: 1,
    change,
    ...clusterNames(clusterKey),
    upgradeId,
    ...given({ rolloutId }),
    ...(machine === 'drain-nodes' && { nodegroup: String(input?.nodegroup) }),
    from,
    to,
    status,
    reasons,
  },
});
