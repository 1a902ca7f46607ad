import { accountOf, type EvidenceAccount, told } from '../../core/evidence/account.ts';
import type { EvidenceDocument, EvidenceScope } from '../../core/evidence/evidence-document.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { counted } from '../../core/model/words.ts';
import { htmlTable } from '../plan/chart/drawing.ts';
import { escaped as e } from '../start/run-chart.ts';

/** What stands around the machine-readable part in a page. */
export const PART_BEGINS = '<script type="application/vnd.liftlock.evidence+json">';
export const PART_ENDS = '</script>';

/** Canonical JSON in which nothing can end the element that it stands in: a JSON string means the same with such an escape. */
export const partText = (document: unknown): string => canonicalJson(document).replaceAll('<', '\\u003c');

/** The page of a file, made of its machine-readable part alone, with that part in it: no outside resource, no script that runs. */
export function renderPage(document: EvidenceDocument): string {
  const account = accountOf(document);
  const title = `Evidence of ${scopeText(document.scope)}`;
  const sections = [
    ...upgradesOf(account),
    ...rolloutsOf(account),
    ...configurationOf(account),
    section(
      'What people did',
      ['At', 'Who', 'What', 'Of', 'Detail'],
      account.acts.map((act) => [act.at, act.by, act.event, act.subject, json(act.detail)]),
    ),
    ...scansOf(document),
    ...recordOf(document),
    `<h2>What is not on record</h2><ul>${[...NOT_RECORDED, ...account.unreadable.map((one) => `${one}: this version of Liftlock cannot read what was written.`)].map((one) => `<li>${e(one)}</li>`).join('')}</ul>`,
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
  'Request ids of AWS: calls are told by their update ids and their client request tokens, by which CloudTrail finds them (requestParameters.clientRequestToken).',
  'Request bodies: they are left out of this file; what was asked for is told by the step and the version.',
  'Whole reports of scans: of each the step says what it found; reports are kept apart, and no anchor holds them.',
];

const section = (heading: string, heads: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows.length === 0 ? '' : `<h2>${e(heading)}</h2>${table(heads, rows)}`;

const table = (heads: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  htmlTable(
    heads,
    rows.map((row) => row.map((cell) => e(text(cell)))),
  );

const text = (cell: unknown): string =>
  cell === null || cell === undefined ? '-' : typeof cell === 'string' ? cell : json(cell);

const json = (value: unknown): string => canonicalJson(value ?? null);

type Reasons = EvidenceAccount['upgrades'][number]['reasons'];
const reasons = (all: Reasons): string => all.map(({ code, message }) => `${code}: ${message}`).join('\n');

function lasted(from: string | null, to: string | null | undefined): string {
  if (from === null || to === null || to === undefined) return '-';
  return counted(Math.round((Date.parse(to) - Date.parse(from)) / 60_000), 'minute');
}

function upgradesOf({ upgrades, calls }: EvidenceAccount): string[] {
  return [
    section(
      'Results',
      [
        'Cluster',
        'Upgrade',
        'From',
        'To',
        'Result',
        'Changed',
        'Asked for by',
        'Began',
        'Control plane moved',
        'Ended',
        'Took',
        'Why',
      ],
      upgrades.map((one) => [
        ...[one.cluster, one.upgrade, one.from, one.to, one.result, one.changed ? 'yes' : 'no', one.requestedBy],
        ...[
          one.startedAt,
          one.controlPlaneCompletedAt,
          one.endedAt,
          lasted(one.startedAt, one.endedAt),
          reasons(one.reasons),
        ],
      ]),
    ),
    section(
      'Steps, with what scans and smoke checks found before and after',
      ['Cluster', 'Upgrade', 'Step', 'Came to', 'Began', 'Took', 'What it found'],
      upgrades.flatMap(({ cluster, upgrade, steps }) =>
        steps.map(({ step, status, startedAt, endedAt, reasons: why, detail }) => [
          ...[cluster, upgrade, step, status, startedAt, lasted(startedAt, endedAt)],
          `${reasons(why)}${detail === undefined ? '' : `\n${json(detail)}`}`,
        ]),
      ),
    ),
    section(
      'Calls that change something',
      [
        'Cluster',
        'Step',
        'Subject',
        'Attempt',
        'Call',
        'Committed',
        'Answered',
        'Outcome',
        'Update id',
        'How the update ended',
        'Client request token',
      ],
      calls.map((one) => [
        ...[one.cluster, one.step, one.subject, one.attempt, one.call, one.committedAt, one.answeredAt],
        ...[
          one.refused ?? one.outcome,
          one.updateId,
          one.ended && `${one.ended.status} ${one.ended.at}\n${reasons(one.ended.errors)}`,
          one.token,
        ],
      ]),
    ),
  ];
}

function rolloutsOf({ rollouts, approvals, shown }: EvidenceAccount): string[] {
  const waves = rollouts.flatMap(({ id, waves: all }) =>
    all.map((wave) => [id, wave.name, wave.planHash, wave.openedAt, wave.endedAt, wave.estimateSeconds]),
  );
  return [
    section(
      'Rollouts',
      ['Rollout', 'Policy', 'Revision', 'Target', 'Created', 'By', 'As last written here'],
      rollouts.map((one) => [
        one.id,
        one.policy,
        one.policyRevision,
        one.target,
        one.createdAt,
        one.createdBy,
        one.status,
      ]),
    ),
    section(
      'Waves and the hashes of their plans',
      ['Rollout', 'Wave', 'Plan', 'Opened', 'Ended', 'Seconds a hop was taken to last'],
      waves,
    ),
    section(
      'The plan',
      ['Rollout', 'Wave', 'Place', 'Cluster', 'From', 'To'],
      rollouts.flatMap(({ id, waves: all, plan }) =>
        plan.map((one) => [
          id,
          all.find(({ index }) => index === one.wave)?.name ?? one.wave,
          one.position,
          one.cluster,
          one.from,
          one.to,
        ]),
      ),
    ),
    section(
      'Who agreed to which plan',
      ['At', 'Who', 'Wave', 'Decision', 'Plan', 'Clusters', 'Readiness then', 'Comment'],
      approvals.map((one) => [
        one.at,
        one.by,
        one.wave,
        one.decision,
        one.planHash,
        one.clusters,
        one.shown,
        one.comment,
      ]),
    ),
    section(
      'What was known of each cluster then',
      ['At', 'Who', 'What'],
      shown.map(({ at, by, ...rest }) => [at, by, rest]),
    ),
  ];
}

const configurationOf = ({ configuration }: EvidenceAccount): string[] => [
  section(
    'Configuration in force, from when on',
    ['Kind', 'Name', 'Applied', 'By', 'Revision'],
    configuration.map((one) => [one.kind, one.name, one.appliedAt, one.appliedBy, one.revision]),
  ),
  ...configuration.map(
    ({ kind, name, revision, document }) =>
      `<details><summary>${e(`${kind}/${name} ${revision}`)}</summary><pre>${e(JSON.stringify(document, null, 2))}</pre></details>`,
  ),
];

const scansOf = ({ scans }: EvidenceDocument): string[] => [
  section(
    'Scans, as the API told them when this file was made; no part of the audit',
    ['Cluster', 'At', 'From', 'For', 'Verdict', 'Errors', 'Warnings', 'Waived', 'Not read', 'Execution'],
    scans.map((one) => [
      ...[one.clusterKey, one.scannedAt, one.from, one.target, one.verdict],
      ...[one.errors, one.warnings, one.waived, one.gaps, one.execution],
    ]),
  ),
];

function recordOf({ records, anchors }: EvidenceDocument): string[] {
  const rows = records.map(({ subject, items }) => {
    const cells = items.map((item) => [
      ...[item.sequence, item.at, item.event, item.principal, told(item.detail)],
      ...[item.hash, item.withheld === undefined ? '' : 'something withheld'],
    ]);
    return `<details><summary>${e(subject)}, ${counted(items.length, 'item')}</summary>${table(['#', 'At', 'Event', 'By', 'Detail', 'Hash', ''], cells)}</details>`;
  });
  const heads = anchors.flatMap((one) =>
    Object.entries(one.heads).map(([subject, head]) => [
      one.number,
      one.at,
      subject,
      head.sequence,
      head.hash,
      one.sha256,
    ]),
  );
  return [
    `<h2>The record</h2>${rows.join('\n')}`,
    section('Heads in the anchors', ['Anchor', 'Of', 'Subject', '#', 'Hash', 'SHA-256 of the anchor'], heads),
  ];
}

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem;color:#1f2328;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.3rem .5rem;border-bottom:1px solid #d0d7de;vertical-align:top;overflow-wrap:anywhere;white-space:pre-line}
th{background:#f6f8fa}pre{white-space:pre-wrap;background:#f6f8fa;padding:.5rem}
`;
