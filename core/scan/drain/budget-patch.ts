import { shellWord } from '../../model/shell-word.ts';

/**
 * The command that lets a PodDisruptionBudget allow one disruption. The API server refuses a budget that has both fields, so `minAvailable` is taken
 * away; where nobody knows whether the budget has it, that does no harm. In files that are scanned the names may be any text.
 */
export function budgetPatch({ namespace, name }: { namespace: string; name: string }, hasMinAvailable = true): string {
  const spec = hasMinAvailable ? { minAvailable: null, maxUnavailable: 1 } : { maxUnavailable: 1 };
  return `kubectl -n ${shellWord(namespace)} patch pdb ${shellWord(name)} --type merge -p '${JSON.stringify({ spec })}'`;
}
