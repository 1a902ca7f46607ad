import { anchorLines, anchorName } from '../../../core/anchors/anchor.ts';
import { type AuditRecord, coveredRecords } from '../../../core/evidence/covered-records.ts';
import { disclose } from '../../../core/evidence/disclose.ts';
import type { EvidenceDocument, EvidenceScope } from '../../../core/evidence/evidence-document.ts';
import { proofsOf } from '../../../core/evidence/verify-evidence.ts';
import type { AnchorFile } from '../../../core/ports/anchors.ts';
import type { AuditItem } from '../../../core/ports/table.ts';
import { link } from '../../../core/store/audit.ts';
import { MemoryAnchorStore } from '../../contract/memory-anchor-store.ts';

export const AUDIT_TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/audit';
export const WEB = 'arn:aws:eks:eu-central-1:111111111111:cluster/web@2025-11-20T08:00:00.000Z';
export const ANN = 'sso:111111111111/ann@example.com';
export const SCOPE: EvidenceScope = { kind: 'upgrade', clusterKey: WEB, upgradeId: '1.36-1.37' };
export const MADE_AT = '2026-11-20T12:00:00.000Z';

type Entry = readonly [minute: number, event: string, principal: string, detail?: Record<string, unknown>];

/** Items as they come over the wire, each so many minutes after eight. */
export function recordOf(subject: string, entries: readonly Entry[]): AuditRecord {
  const items: AuditItem[] = [];
  for (const [minute, event, principal, detail = {}] of entries)
    items.push(link(items.at(-1), { subject, event, principal, detail }, new Date(Date.UTC(2026, 10, 20, 8, minute))));
  return { subject, items: JSON.parse(JSON.stringify(items)) as AuditItem[] };
}

const OF = { upgradeId: '1.36-1.37', from: '1.36', to: '1.37' };
const CALL = { step: 'upgrade-control-plane', subject: 'cluster', attempt: 1, ...OF };

/** What is told of the cluster `web`, whose first hop is older than what the file is about and whose next hop is younger. Another cluster makes the same hop in another rollout. */
export const smallFleet = (): AuditRecord[] => [
  recordOf('fleet', [
    [0, 'Installed', 'liftlock'],
    [1, 'ConfigApplied', ANN, { kind: 'Fleet', name: 'test', revision: 'a' }],
    [2, 'ConfigApplied', ANN, { kind: 'Fleet', name: 'test', revision: 'b' }],
    [90, 'FleetStopped', ANN, { reasons: [{ code: 'FleetStopped', message: `${ANN}: lunch` }] }],
  ]),
  recordOf('rollout/r', [
    [20, 'RolloutCreated', ANN, { policy: 'standard' }],
    [21, 'WaveApproved', ANN, { wave: 'all', decision: 'Approved', planHash: 'f00d', clusters: 1, comment: 'go' }],
  ]),
  recordOf('rollout/other', [[20, 'RolloutCreated', ANN, {}]]),
  recordOf(WEB.replace('web', 'shop'), [[130, 'Granted', 'liftlock', { ...OF, rolloutId: 'other' }]]),
  recordOf(WEB, [
    [3, 'ClusterDiscovered', 'liftlock', { version: '1.35' }],
    [4, 'Granted', 'liftlock', { upgradeId: '1.35-1.36', rolloutId: 'other' }],
    [30, 'Granted', 'liftlock', { ...OF, rolloutId: 'r' }],
    [
      31,
      'MutationCommitted',
      'liftlock',
      {
        ...CALL,
        call: { name: 'UpdateClusterVersion', input: { name: 'web', secret: 'body', clientRequestToken: 't0k' } },
      },
    ],
    [
      32,
      'MutationAccepted',
      'liftlock',
      { ...CALL, outcome: { type: 'accepted', updateId: 'u1', requestId: 'r1', at: '2026-11-20T08:32:00.000Z' } },
    ],
    [33, 'TagsObserved', 'liftlock', {}],
    [50, 'UpgradeSucceeded', 'liftlock', { ...OF, status: 'Succeeded', rolloutId: 'r', requestedBy: ANN }],
    [60, 'Granted', 'liftlock', { upgradeId: '1.37-1.38' }],
  ]),
];

export async function anchorsOf(records: readonly AuditRecord[], of = AUDIT_TABLE): Promise<AnchorFile[]> {
  const anchors = new MemoryAnchorStore();
  const ports = { anchors, clock: { now: () => new Date(MADE_AT) } };
  const items = records.flatMap((record) => record.items);
  for (let index = 0; index < items.length; index += 4)
    await anchorLines(
      ports,
      of,
      items.slice(index, index + 4).map((entry) => ({ entry })),
    );
  return [...anchors.texts].map(([number, text]) => ({ name: anchorName(number), text }));
}

/** A file about one upgrade, as it is exported from these records. */
export function evidenceOf(
  records: readonly AuditRecord[],
  files: readonly AnchorFile[],
  more: Partial<EvidenceDocument> = {},
): EvidenceDocument {
  const covered = coveredRecords(records, more.scope ?? SCOPE);
  return {
    ...{
      evidence: 2,
      scope: SCOPE,
      madeWith: '0.1.0',
      madeAt: MADE_AT,
      redacted: null,
      of: files.length === 0 ? null : AUDIT_TABLE,
    },
    anchors: proofsOf(files, covered),
    records: covered.map(({ subject, items }) => ({
      subject,
      items: items.map((item) => disclose(item, more.redacted === 'people' ? AUDIT_TABLE : undefined)),
    })),
    ...more,
  };
}
