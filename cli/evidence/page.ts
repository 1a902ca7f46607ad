import { z } from 'zod';
import { accountOf, type EvidenceAccount, told } from '../../core/evidence/account.ts';
import type { EvidenceDocument, EvidenceScope } from '../../core/evidence/evidence-document.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { counted } from '../../core/model/words.ts';
import { htmlTable } from '../plan/chart/drawing.ts';
import { escaped as e } from '../start/run-chart.ts';

/** The tags around the machine-readable part in a page. */
export const PART_BEGINS = '<script type="application/vnd.liftlock.evidence+json">';
export const PART_ENDS = '</script>';

/** Canonical JSON that cannot close its HTML element: the escape does not change the meaning of a JSON string. */
export const partText = (document: unknown): string => canonicalJson(document).replaceAll('<', '\\u003c');

const TABLES: readonly (readonly [heading: string, name: Exclude<keyof EvidenceAccount, 'unreadable'>])[] = [
  ['Results', 'upgrades'],
  ['Steps, with what scans and smoke checks found before and after', 'steps'],
  ['Calls that change something', 'calls'],
  ['Alarms that were silenced, and what rang when that ended', 'silences'],
  ['Rollouts, as last written here', 'rollouts'],
  ['Waves and the hashes of their plans', 'waves'],
  ['The plan', 'plan'],
  ['Who agreed to which plan', 'approvals'],
  ['What was known of each cluster then', 'shown'],
  ['Configuration in force, from when on', 'configuration'],
  ['What people did', 'acts'],
];

/** Renders the page from its machine-readable part alone, and includes that part. It uses no outside resource and no script that runs. */
export function renderPage(document: EvidenceDocument): string {
  const account = accountOf(document);
  const title = `Evidence of ${scopeText(document.scope)}`;
  const unreadable = account.unreadable.map((one) => `${one}: this version of Liftlock cannot read what was written.`);
  const heads = document.anchors.flatMap(({ heads: all, ...anchor }) =>
    Object.entries(all).map(([subject, head]) => ({ ...anchor, subject, ...head })),
  );
  const sections = [
    ...TABLES.map(([heading, name]) => section(heading, account[name])),
    '<h2>The record</h2>',
    ...document.records.map(({ subject, items }) =>
      folded(
        `${subject}, ${counted(items.length, 'item')}`,
        table(items.map(({ subject: _, detail, ...item }) => ({ ...item, detail: told(detail) }))),
      ),
    ),
    section('Heads in the anchors', heads),
    '<h2>What is not on record</h2>',
    `<ul>${[...NOT_RECORDED, ...unreadable].map((one) => `<li>${e(one)}</li>`).join('')}</ul>`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${e(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style></head><body>
<h1>${e(title)}</h1>
<p>${e(introduction(document))}</p>
${sections.join('\n')}
${PART_BEGINS}${partText(document)}${PART_ENDS}
</body></html>
`;
}

export function scopeText(scope: EvidenceScope): string {
  if (scope.kind === 'upgrade') return `upgrade ${scope.upgradeId} of ${scope.clusterKey}`;
  return scope.kind === 'rollout' ? `rollout ${scope.rolloutId}` : `${scope.since} to ${scope.until}`;
}

function introduction({ madeAt, madeWith, of, anchors, records, redacted }: EvidenceDocument): string {
  const items = records.reduce((sum, record) => sum + record.items.length, 0);
  const proofs =
    of === null
      ? 'It was made without anchors, so that nothing in it proves whose it is.'
      : `Its audit table is ${of}; ${counted(anchors.length, 'anchor')} of it hold items of this file.`;
  const people = redacted === null ? '' : ' People stand as pseudonyms.';
  return `Made ${madeAt} by Liftlock ${madeWith} of ${counted(items, 'item')} in ${counted(records.length, 'record')} of the audit. ${proofs}${people} This page says what these items say; whether they are as they were written tells liftlock evidence verify, and no page can.`;
}

const NOT_RECORDED = [
  'Request ids of calls whose answer nobody heard, and of those to EC2: CloudTrail keeps them. Find a call there by its name, its cluster and its time; RollbackClusterVersion is UpdateClusterVersion there.',
  'What came after these items, such as another hop of a cluster: from then on EKS takes the one before back no more, whatever is told of it here.',
  'Request bodies: they are left out of this file; what was asked for is told by the step and the version.',
  'Whole reports of scans: of each the step says what it found; reports are kept apart, and no anchor holds them.',
];

type Row = Readonly<Record<string, unknown>>;

const section = (heading: string, rows: readonly Row[]): string =>
  rows.length === 0 ? '' : `<h2>${e(heading)}</h2>${table(rows)}`;

/** The table has a column for each member that any row has. */
function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return htmlTable(
    names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
    rows.map((row) => names.map((name) => cell(row[name]))),
  );
}

const folded = (summary: string, content: string): string =>
  `<details><summary>${e(summary)}</summary>${content}</details>`;

/** Reasons are written line by line, and long texts are folded. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return e(value);
  const { data: reasons = [] } = REASONS.safeParse(value);
  if (reasons.length > 0) return e(reasons.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  const text = canonicalJson(value);
  return text.length < LONG
    ? e(text)
    : folded(`${text.slice(0, LONG)}…`, `<pre>${e(JSON.stringify(value, null, 2))}</pre>`);
}

const LONG = 120;
const REASONS = z.array(z.strictObject({ code: z.string(), message: z.string() }));

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem;color:#1f2328;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #d0d7de;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}
th{background:#f6f8fa}pre{white-space:pre-wrap;background:#f6f8fa;padding:.5rem}
`;
