import { sha256Hex } from '../../hash/sha256.ts';
import { orderFindings } from './order-findings.ts';
import type { Finding } from './report-schema.ts';

/** What judging gives. The id, the waiver and the comparison with a baseline come with the report; a full finding's own are not read. */
export type JudgedFinding = Omit<Finding, 'id' | 'waived' | 'waiver' | 'new'>;

/**
 * One finding per id, place and message: copies of an object in two files are two things to repair, and two statements about one
 * object are two findings, while the same statement from two observations is one with the evidence of both.
 */
export function mergeFindings(judged: readonly JudgedFinding[]): Finding[] {
  const findings = judged.map((finding): Finding => {
    return { ...finding, id: findingId(finding), waived: false, waiver: null, new: null };
  });
  const merged = new Map<string, Finding>();
  // In order, so that the worst one gives the words whatever the order in which they were found.
  for (const finding of orderFindings(findings)) {
    const { id, location, message } = finding;
    const key = JSON.stringify([id, location?.file, location?.line, location?.column, message]);
    const first = merged.get(key);
    const evidence = [...new Set([...(first?.evidence ?? []), ...finding.evidence])];
    merged.set(key, { ...(first ?? finding), owner: first?.owner ?? finding.owner, evidence });
  }
  return [...merged.values()];
}

export type Identified = Pick<Finding, 'reason' | 'apiVersion' | 'kind' | 'namespace' | 'name' | 'source' | 'rule'>;

/**
 * The same in every scan: paths, order, targets, evidence and wording have no part in it. The rule has, since two rules about one
 * object are two problems. 16 hexadecimal characters: among a million findings two share one by chance once in 37 million scans.
 */
export function findingId({ reason, apiVersion, kind, namespace, name, source, rule }: Identified): string {
  // A list of texts and nulls has one JSON text only, whatever the parts hold.
  return sha256Hex(JSON.stringify([reason, apiVersion, kind, namespace, name, source, rule])).slice(0, 16);
}
