import type { Upgrade } from '../contracts/items/protocol.ts';

/** No step of a healthy upgrade goes on for longer without anything to tell, but for the roll of a very large node group. */
export const STUCK_HOURS = 24;

/** Upgrades that run and of which no step has begun, ended or changed for a day: an alarm counts them. */
export function stuckUpgrades(upgrades: readonly Upgrade[], now: Date): Upgrade[] {
  const limit = new Date(now.getTime() - STUCK_HOURS * 3_600_000).toISOString();
  return upgrades.filter((upgrade) => upgrade.status === 'Running' && lastSign(upgrade) < limit);
}

function lastSign(upgrade: Upgrade): string {
  const times = Object.values(upgrade.steps).flatMap((step) => [step.startedAt, step.endedAt ?? step.startedAt]);
  return [upgrade.startedAt ?? '', ...times].reduce((latest, time) => (time > latest ? time : latest), '');
}
