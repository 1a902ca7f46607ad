import type { ScanCause } from '../contracts/items/scan.ts';

/** One thing to repair, and where it was found. */
export interface FleetCause {
  readonly cause: string;
  readonly owner: string | null;
  readonly severity: ScanCause['severity'];
  readonly findings: number;
  readonly clusterCount: number;
  /** Some of them, by name. */
  readonly clusters: readonly string[];
}

/** Somebody who has to repair something. */
export interface OwnerToChase {
  readonly owner: string;
  /** Causes of severity error. */
  readonly errors: number;
  readonly warnings: number;
  readonly clusterCount: number;
  /** Some of them, by name. */
  readonly clusters: readonly string[];
}

const MOST = 50;
/** A cause of a fleet may be in ten thousand clusters: an answer names so many. */
const MOST_NAMED = 50;
const SEVERITIES: readonly ScanCause['severity'][] = ['error', 'warning', 'info'];

type Found = ScanCause & { readonly cluster: string };

/** Causes over all clusters, the worst and then the widest first, and who has most to do. What nobody owns is among the causes alone. */
export function summed(scanned: readonly { readonly cluster: string; readonly causes: readonly ScanCause[] }[]): {
  readonly causes: FleetCause[];
  readonly owners: OwnerToChase[];
} {
  const all = scanned.flatMap(({ cluster, causes }) => causes.map((cause): Found => ({ cluster, ...cause })));
  // One name may stand for two teams: terraform of payments is not terraform of search.
  const byCause = Map.groupBy(all, ({ cause, owner }) => JSON.stringify([cause, owner]));
  const byOwner = Map.groupBy(
    all.filter(({ owner }) => owner !== undefined),
    ({ owner }) => owner ?? '',
  );
  const causes = [...byCause.values()].flatMap((found) => causeOf(found) ?? []);
  const owners = [...byOwner].map(([owner, found]) => ownerOf(owner, found));
  return { causes: causes.sort(worstFirst).slice(0, MOST), owners: owners.sort(busiestFirst).slice(0, MOST) };
}

function causeOf(found: readonly Found[]): FleetCause | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  return {
    cause: first.cause,
    owner: first.owner ?? null,
    severity: SEVERITIES.find((one) => found.some(({ severity }) => severity === one)) ?? 'info',
    findings: found.reduce((sum, { findings }) => sum + findings, 0),
    ...clustersOf(found),
  };
}

function ownerOf(owner: string, found: readonly Found[]): OwnerToChase {
  const causes = (severity: ScanCause['severity']) =>
    new Set(found.filter((one) => one.severity === severity).map(({ cause }) => cause)).size;
  return { owner, errors: causes('error'), warnings: causes('warning'), ...clustersOf(found) };
}

function clustersOf(found: readonly Found[]) {
  const names = [...new Set(found.map(({ cluster }) => cluster))].sort();
  return { clusterCount: names.length, clusters: names.slice(0, MOST_NAMED) };
}

const worstFirst = (a: FleetCause, b: FleetCause): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  b.clusterCount - a.clusterCount ||
  b.findings - a.findings ||
  (a.cause < b.cause ? -1 : 1);

const busiestFirst = (a: OwnerToChase, b: OwnerToChase): number =>
  b.errors - a.errors || b.clusterCount - a.clusterCount || (a.owner < b.owner ? -1 : 1);
