/**
 * The command that lets a PodDisruptionBudget allow one disruption. The API server refuses a budget that has both fields, so `minAvailable` is taken
 * away; where nobody knows whether the budget has it, that does no harm.
 */
export function budgetPatch({ namespace, name }: { namespace: string; name: string }, hasMinAvailable = true): string {
  const spec = hasMinAvailable ? { minAvailable: null, maxUnavailable: 1 } : { maxUnavailable: 1 };
  return `kubectl -n ${namespace} patch pdb ${name} --type merge -p '${JSON.stringify({ spec })}'`;
}
