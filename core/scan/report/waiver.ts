import type { CheckedWaiver } from '../../config/check-waiver.ts';
import type { ScanWaiver } from '../../config/types.ts';
import { matchesGlob } from '../../selector/glob.ts';
import type { Finding } from './report-schema.ts';

const EXACT = ['reason', 'source', 'rule', 'apiVersion', 'kind', 'id'] as const;
const GLOBS = ['namespace', 'name', 'owner'] as const;

/** Whether it is about the finding, expired or not. `clusters`: every name that the scanned cluster goes by; empty for files. */
export function covers({ document }: CheckedWaiver, finding: Finding, clusters: readonly string[]): boolean {
  const { match } = document.spec;
  const exact = EXACT.every((member) => match[member] === undefined || match[member] === finding[member]);
  if (!exact || !concerns(document, clusters)) return false;
  return GLOBS.every((member) => {
    const [pattern, value] = [match[member], finding[member]];
    return pattern === undefined || (value !== null && matchesGlob(pattern, value));
  });
}

/** Whether it is about this cluster, or about any. */
export function concerns({ spec }: ScanWaiver, clusters: readonly string[]): boolean {
  const pattern = spec.match.cluster;
  return pattern === undefined || clusters.some((cluster) => matchesGlob(pattern, cluster));
}

/** `legacy-budgets (platform, until 2026-12-31)`: how reports name it. */
export function waiverText({ metadata, spec }: ScanWaiver): string {
  return `${metadata.name} (${spec.owner}, until ${spec.expires})`;
}
