import type { FleetSnapshot } from '../rollout/snapshot.ts';

/**
 * The same fleet where nobody has to be asked and all is well outside: a plan takes approvals to be given at once and gates to be green,
 * and says so (semantics.md, Plan).
 */
export function asAssumed(snapshot: FleetSnapshot): FleetSnapshot {
  const policies = new Map(
    [...snapshot.policies].map(([name, applied]) => {
      const waves = applied.policy.spec.waves.map(({ approval: _, ...wave }) => ({ ...wave, gates: [] }));
      const policy = { ...applied.policy, spec: { ...applied.policy.spec, waves } };
      return [name, { ...applied, policy }] as const;
    }),
  );
  return { ...snapshot, policies };
}
