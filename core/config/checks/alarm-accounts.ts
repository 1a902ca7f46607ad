import type { FleetSpec, UpgradePolicySpec } from '../types.ts';
import type { Report, SoundWaves } from './check.ts';

/**
 * Warns of alarms in accounts that the Fleet does not name, because Liftlock enters no other account. The files do not tell Liftlock's own account,
 * so it is no error. With an organization any account may belong to the Fleet.
 */
export function checkAlarmAccounts(
  waves: SoundWaves,
  { scan }: Partial<UpgradePolicySpec>,
  { accounts, organizationId }: Partial<Pick<FleetSpec, 'accounts' | 'organizationId'>>,
  report: Report,
): void {
  if (accounts === undefined || organizationId !== undefined) return;
  const tell = (alarm: string | undefined, path: readonly (string | number)[], follows: string) => {
    const account = /^arn:[^:]+:cloudwatch:[^:]+:(\d{12}):/.exec(alarm ?? '')?.[1];
    if (account === undefined || accounts.includes(account)) return;
    const message = `the Fleet does not name the account ${account}, so that nobody can read this alarm unless Liftlock itself is there: ${follows}. Name the account in the Fleet, or another alarm.`;
    report('warning', path, message);
  };
  for (const [index, { gates }] of waves)
    for (const [at, gate] of gates.entries())
      if ('alarm' in gate)
        tell(gate.alarm, ['spec', 'waves', index, 'gates', at, 'alarm'], 'the gate stays unknown, and its wave waits');
  for (const [at, alarm] of (scan?.alarms ?? []).entries())
    tell(alarm, ['spec', 'scan', 'alarms', at], 'no hop begins');
}
