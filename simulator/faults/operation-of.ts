import type { Grant, Intent, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { ScanRun } from '../../core/contracts/items/scan.ts';
import type { WriteOperation } from '../../core/ports/table.ts';
import type { Operation } from './fault.ts';

/** The operation of a transaction in the names of faults; undefined for all others. */
export function operationOf(
  operations: readonly WriteOperation[],
): { operation: Operation; clusterKey: string } | undefined {
  for (const write of operations) {
    if (write.type !== 'put') continue;
    const { kind, data } = write.item;
    if (kind === 'ScanRun') return { operation: 'scan', clusterKey: (data as ScanRun).clusterKey };
    if (kind === 'Intent') {
      const intent = data as Intent;
      return { operation: intent.outcome === undefined ? 'commit' : 'outcome', clusterKey: intent.clusterKey };
    }
    if (kind === 'Grant') {
      const grant = data as Grant;
      if (grant.status === 'open' && grant.children.length > 0) return undefined;
      return { operation: GRANT[grant.status], clusterKey: grant.clusterKey };
    }
    if (operations.some((other) => other.type === 'append' && /^Hook/.test(other.item.event)))
      return { operation: 'keep-hook', clusterKey: (data as Upgrade).clusterKey };
    if (
      kind === 'Upgrade' &&
      (data as Upgrade).status !== 'Running' &&
      operations.some((other) => other.type === 'check' && other.key.sk === 'GRANT')
    ) {
      return { operation: 'settle', clusterKey: (data as Upgrade).clusterKey };
    }
  }
  return undefined;
}

const GRANT = { open: 'grant', closing: 'close', free: 'free' } as const;
