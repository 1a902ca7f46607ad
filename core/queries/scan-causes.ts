import type { ScanCause } from '../contracts/items/scan.ts';

/** One thing to repair, and where it was found. */
export interface FleetCause {
  readonly cause: string;
  readonly owner: string | null;
  readonly severity: ScanCause['severity'];
  readonly findings: number;
  readonly clusters: readonly string[];
}

/** Somebody who has to repair something. */
export interface OwnerToChase {
  readonly owner: string;
  /** Causes of severity error. */
  readonly errors: number;
  readonly warnings: number;
  readonly clusters: readonly string[];
}

const MOST = 50;
const SEVERITIES: readonly ScanCause['severity'][] = ['error', 'warning', 'info'];

/** Causes over all clusters: what is worst first, then what most clusters have. */
export function fleetCauses(
  scanned: readonly { readonly cluster: string; readonly causes: readonly ScanCause[] }[],
): FleetCause[] {
  const all = scanned.flatMap(({ cluster, causes }) => causes.map((cause) => ({ cluster, ...cause })));
  // One name may stand for two teams: terraform of payments is not terraform of search.
  const groups = Map.groupBy(all, ({ cause, owner }) => JSON.stringify([cause, owner]));
  return [...groups.values()]
    .flatMap((members): FleetCause[] => {
      const [first] = members;
      if (first === undefined) return [];
      return [
        {
          cause: first.cause,
          owner: first.owner ?? null,
          severity: SEVERITIES.find((one) => members.some(({ severity }) => severity === one)) ?? 'info',
          findings: members.reduce((sum, { findings }) => sum + findings, 0),
          clusters: [...new Set(members.map(({ cluster }) => cluster))].sort(),
        },
      ];
    })
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        b.clusters.length - a.clusters.length ||
        b.findings - a.findings ||
        (a.cause < b.cause ? -1 : 1),
    )
    .slice(0, MOST);
}

/** Who has most to do, first. What nobody owns is not here: its causes are. */
export function ownersToChase(causes: readonly FleetCause[]): OwnerToChase[] {
  const owned = causes.flatMap((cause) => (cause.owner === null ? [] : [{ ...cause, owner: cause.owner }]));
  return [...Map.groupBy(owned, ({ owner }) => owner)]
    .map(([owner, members]) => ({
      owner,
      errors: members.filter(({ severity }) => severity === 'error').length,
      warnings: members.filter(({ severity }) => severity === 'warning').length,
      clusters: [...new Set(members.flatMap(({ clusters }) => clusters))].sort(),
    }))
    .sort((a, b) => b.errors - a.errors || b.clusters.length - a.clusters.length || (a.owner < b.owner ? -1 : 1));
}
