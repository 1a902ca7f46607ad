import { sha256Hex } from '../../hash/canonical-json.ts';
import { orderFindings } from './order-findings.ts';
import type { Finding } from './report-schema.ts';

/** The result of judging. The report adds the id, the waiver and the comparison with a baseline. */
export type JudgedFinding = Omit<Finding, 'id' | 'waived' | 'waiver' | 'new'>;

/**
 * Makes one finding for each id, place and message. Copies of an object in two files are two repairs, and two statements about one object are two
 * findings; the same statement from two observations is one finding with the evidence of both.
 */
export function mergeFindings(judged: readonly JudgedFinding[]): Finding[] {
  const findings = judged.map((finding): Finding => {
    return { ...finding, id: findingId(finding), waived: false, waiver: null, new: null };
  });
  const merged = new Map<string, Finding>();
  // Findings are sorted, so that the worst one gives the text in any order of discovery.
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
 * The id is the same in every scan, because it leaves out paths, order, targets, evidence and wording. It includes the rule, since two rules about
 * one object are two problems. 16 hexadecimal characters: among a million findings two share one by chance once in 37 million scans.
 */
export function findingId({ reason, apiVersion, kind, namespace, name, source, rule }: Identified): string {
  // A list of texts and nulls has exactly one JSON text, whatever the parts contain.
  return sha256Hex(JSON.stringify([reason, apiVersion, kind, namespace, name, source, rule])).slice(0, 16);
}
