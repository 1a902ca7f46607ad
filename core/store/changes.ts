import type { LiftlockEvent } from '../contracts/events.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { arnOf } from '../model/cluster-key.ts';

/** How events name a cluster. */
export function clusterNames(clusterKey: string) {
  const cluster = arnOf(clusterKey);
  const [, , , region = '', account = ''] = cluster.split(':');
  return { clusterKey, cluster, account, region };
}

/** @param change of the transaction that moved the member */
export function memberChanged(member: Member, wave: Wave, change: string | undefined): LiftlockEvent {
  const { clusterKey, rolloutId, status, reasons } = member;
  const names = clusterNames(clusterKey);
  return {
    type: 'MemberChanged',
    detail: { version: 1, change, ...names, rolloutId, wave: wave.name, status, reasons },
  };
}
