/** A permission that no run here uses, and why it is granted all the same. */
export interface Reserve {
  /** Name of the role, as the wiring has it. */
  readonly role: string;
  readonly actions: readonly string[];
  readonly reason: string;
}

/** Kept small: every row is power that nothing here shows the need of. */
export const RESERVES: readonly Reserve[] = [
  {
    role: 'Role liftlock-refresh-readiness',
    actions: ['secretsmanager:GetSecretValue'],
    reason: 'secrets of the webhooks of owners, of which the small Fleet names none',
  },
  {
    role: 'Role liftlock-request-grant',
    actions: ['events:PutEvents'],
    reason: 'a control plane that others took back, found with other tags at the very moment of a grant',
  },
  {
    role: 'Role liftlock-scan-cluster',
    actions: ['dynamodb:ConditionCheckItem'],
    reason:
      'a version that others have moved to, found by a scan that somebody asks for while a full look is due already',
  },
  {
    role: 'Role LiftlockHub/SchedulesRole523D57EE',
    actions: ['sqs:SendMessage'],
    reason: 'dead letters of a call that the scheduler could not make',
  },
];

export function reasonToKeep(role: string, action: string): string | undefined {
  return RESERVES.find((reserve) => reserve.role === role && reserve.actions.includes(action))?.reason;
}
