import type { Finding, ScanReport } from './report-schema.ts';
import { concerns, covers, type Waiver, waiverText } from './waiver.ts';

/**
 * Marks the findings that waivers cover; the first one that does is named. An expired waiver covers nothing and is listed, and so is
 * one that covers nothing although it is about this cluster.
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  clusters: readonly string[],
  now: Date,
): { readonly findings: readonly Finding[]; readonly waivers: ScanReport['waivers'] } {
  const valid = waivers.filter(({ end }) => end > now);
  const used = new Set<Waiver>();
  const marked = findings.map((finding) => {
    const covering = valid.filter((waiver) => covers(waiver, finding, clusters));
    for (const waiver of covering) used.add(waiver);
    const [first] = covering;
    return first === undefined ? finding : { ...finding, waived: true, waiver: waiverText(first.document) };
  });
  const unused = valid.filter((waiver) => !used.has(waiver) && concerns(waiver.document, clusters));
  const expired = waivers.filter(({ end }) => end <= now);
  const texts = (some: readonly Waiver[]) => some.map(({ document }) => waiverText(document));
  return { findings: marked, waivers: { expired: texts(expired), unused: texts(unused) } };
}
