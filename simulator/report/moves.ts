import type { Reason } from '../../core/contracts/step-result.ts';
import type { AuditItem } from '../../core/ports/table.ts';

/** What the audit of one cluster says of its versions: the first that was seen, and the moves that Liftlock did not make. */
export function movesOf(audit: readonly AuditItem[]): {
  readonly first: string | undefined;
  readonly byOthers: readonly Reason[];
} {
  let first: string | undefined;
  const ours = new Set<string>();
  const byOthers: Reason[] = [];
  for (const { event, detail } of audit) {
    if (event === 'ClusterDiscovered') first ??= detail.version as string;
    if (event === 'MutationCommitted') {
      const { name, input } = detail.call as { name: string; input: { version?: string } };
      if (name === 'UpdateClusterVersion' && input.version !== undefined) ours.add(input.version);
    }
    if (event === 'VersionObserved' && !ours.has(detail.version as string)) {
      byOthers.push({
        code: 'MovedByOthers',
        message: `Its control plane went from ${String(detail.before)} to ${String(detail.version)}, and Liftlock did not ask for that: somebody else did, or AWS by force.`,
      });
    }
  }
  return { first, byOthers };
}
