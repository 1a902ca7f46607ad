import { worstOf } from '../../../core/scan/report/group-findings.ts';
import { orderFindings } from '../../../core/scan/report/order-findings.ts';
import type { Finding, ScanReport, ScanReportList } from '../../../core/scan/report/report-schema.ts';

/** The result of a scan: one report, or a list of several targets or clusters. */
export type ScanDocument = ScanReport | ScanReportList;

export function reportsOf(document: ScanDocument): readonly ScanReport[] {
  return document.kind === 'ScanReportList' ? document.items : [document];
}

/** Reports that are shown together: one report, or those of all hops of one subject with each finding once. */
export interface Block {
  /** For several reports it has their findings and gaps together; `target` names all their targets. */
  readonly report: ScanReport;
  /** The reports of the verdicts. */
  readonly reports: readonly ScanReport[];
  /** The hops at which a finding has its worst severity: `1.36 on`. Undefined where there is only one report. */
  readonly hopsOf?: (finding: Finding) => string;
}

/** Reports of several subjects stay apart, because they have nothing in common. */
export function blocksOf(document: ScanDocument): readonly Block[] {
  const reports = reportsOf(document);
  const [first, ...others] = reports;
  const targets = new Set(reports.map(({ target }) => target));
  const isOne = first !== undefined && others.every(({ subject }) => subject === first.subject);
  if (!isOne || others.length === 0 || targets.size < reports.length)
    return reports.map((report) => ({ report, reports: [report] }));
  return [acrossHops(first, reports)];
}

function acrossHops(first: ScanReport, reports: readonly ScanReport[]): Block {
  const targets = reports.map(({ target }) => target);
  const hops = new Map<Finding, string>();
  for (const same of Map.groupBy(reports.flatMap(keyed), ({ key }) => key).values()) {
    const worst = worstOf(same.map(({ finding }) => finding));
    const worse = same.filter(({ finding }) => finding.severity === worst);
    // The last hop has everything that is wrong by then.
    const shown = worse.at(-1)?.finding;
    const at = worse.map(({ target }) => target);
    if (shown !== undefined) hops.set(shown, hopText(at, targets));
  }
  const unique = <Item>(of: (report: ScanReport) => readonly Item[]): Item[] => [
    ...new Map(reports.flatMap(of).map((item) => [JSON.stringify(item), item])).values(),
  ];
  const report: ScanReport = {
    ...first,
    target: targets.join(', '),
    findings: orderFindings([...hops.keys()]),
    coverage: unique(({ coverage }) => coverage),
    waivers: { expired: unique(({ waivers }) => waivers.expired), unused: unique(({ waivers }) => waivers.unused) },
  };
  return { report, reports, hopsOf: (finding) => hops.get(finding) ?? '' };
}

/** The same problem at another hop: its text and severity may differ, and so its reason and id. */
function keyed({ target, findings }: ScanReport) {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { source, rule, apiVersion, kind, namespace, name, location, cause } = finding;
    const { deprecatedIn, removedIn, replacement } = finding;
    const object = [apiVersion, kind, namespace, name, location, cause];
    const what = JSON.stringify([source, rule, ...object, deprecatedIn, removedIn, replacement]);
    // Two findings that differ only in their text have the same order at each hop.
    const count = (seen.get(what) ?? 0) + 1;
    seen.set(what, count);
    return { key: `${count} ${what}`, finding, target };
  });
}

/** `all`, `1.36 on`, `1.35`, `1.35-1.36`. */
function hopText(at: readonly string[], targets: readonly string[]): string {
  const [begin = '', end = ''] = [at[0], at.at(-1)];
  if (at.length === targets.length) return 'all';
  if (at.length === 1 && end !== targets.at(-1)) return begin;
  const isRange = targets.indexOf(end) - targets.indexOf(begin) + 1 === at.length;
  if (!isRange) return at.join(', ');
  return end === targets.at(-1) ? `${begin} on` : `${begin}-${end}`;
}
