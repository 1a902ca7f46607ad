import { KINDS } from '../../cli/verbs/kind.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { type PreparedFleet, prepareFleet } from '../../simulator/process/prepare-fleet.ts';

export const VIEWER = 'liftlock-viewer';
export const OPERATOR = 'liftlock-operator';
export const APPROVER = 'liftlock-approver';
export const ADMIN = 'liftlock-admin';
const BREAK_GLASS = 'liftlock-break-glass';

/** A command line. `{rollout}` and the like are names that the run has found. */
export interface Call {
  /** The managed policy of whoever runs it; undefined = the administrator of the account. */
  readonly as: string | undefined;
  readonly line: string;
  /** What it may end with, 0 unless told. */
  readonly codes?: readonly number[];
  readonly stdin?: string;
}

const ACCOUNT = '111111111111';
const STAGES = { a: 'one', b: 'one', c: 'two', d: 'two', e: 'hand', f: 'hand' };
const DAY = 86_400_000;

/** It begins a day ago by this machine's clock, since `recover` goes by that, and refuses records of the future. */
export async function fleetOfVerbs(): Promise<PreparedFleet> {
  const { loaded, ...prepared } = await prepareFleet(new URL('./fleet/', import.meta.url).pathname);
  const now = new Date(Date.now() - DAY);
  const state = emptyState(now);
  for (const [name, stage] of Object.entries(STAGES))
    addCluster(state, { name, version: '1.36', account: ACCOUNT, tags: { stage }, autoModeNodes: 1, addons: {} });
  const more = { accounts: [ACCOUNT], regions: ['eu-central-1'], labels: { fromTags: { stage: 'stage' } } };
  const spec = { ...prepared.fleet.spec, ...more };
  return { ...prepared, fleet: { ...prepared.fleet, spec }, loaded: { ...loaded, now, state } };
}

/** One policy that goes by itself and asks, one that a person starts, and one of each kind beside them. */
export function documentsOf({ fleet }: PreparedFleet): string {
  const wave = (name: string) => ({
    name,
    selector: { matchLabels: { stage: name } },
    approval: { approvals: 1 },
    soak: '10h',
  });
  const shared = { target: '1.37', verification: 'eks-api' };
  const selector = { matchExpressions: [{ key: 'stage', operator: 'In', values: ['one', 'two'] }] };
  const all = { ...shared, selector, trigger: 'automatic', waves: ['one', 'two'].map(wave) };
  const byHand = { selector: { matchLabels: { stage: 'hand' } }, trigger: 'manual', waves: [{ name: 'hand' }] };
  const documents = [
    fleet,
    object('UpgradePolicy', 'all', all),
    object('UpgradePolicy', 'hand', { ...shared, ...byHand }),
    object('Calendar', 'nights', { windows: [{ name: 'nights', schedule: '0 0 * * *', duration: '4h' }] }),
    object('Channel', 'careful', { target: 'latest-2', minimumAge: '60d' }),
  ];
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind,
  metadata: { name },
  spec,
});

/** 4: something could not be read, or nobody has looked yet. */
const LOOKED = [0, 4];

export const LOOKS: readonly Call[] = [
  ...KINDS.map((kind) => ({ as: VIEWER, line: `get ${kind}` })),
  { as: VIEWER, line: 'get clusters -o json' },
  { as: VIEWER, line: 'get cluster a' },
  { as: VIEWER, line: 'get upgrades --all' },
  { as: VIEWER, line: 'describe cluster a' },
  { as: VIEWER, line: 'describe rollout {rollout}' },
  { as: VIEWER, line: 'describe policy all' },
  { as: VIEWER, line: 'explain cluster a' },
  { as: VIEWER, line: 'readiness', codes: [0, 4, 6] },
  { as: VIEWER, line: 'readiness cluster a', codes: [0, 4, 6] },
  { as: VIEWER, line: 'report owner payments', codes: [0, 6] },
  { as: VIEWER, line: 'report readiness --since 7d' },
  { as: VIEWER, line: 'report effort --since 7d' },
  { as: VIEWER, line: 'report quarter --since 7d' },
  { as: VIEWER, line: 'fleet status', codes: LOOKED },
  { as: VIEWER, line: 'access check', codes: LOOKED },
  { as: VIEWER, line: 'access manifest' },
  { as: VIEWER, line: 'access manifest a' },
  { as: VIEWER, line: 'scan fleet --target 1.37', codes: [0, 3, 4] },
];

export const callsOfOperators: readonly Call[] = [
  { as: OPERATOR, line: 'scan cluster a', codes: [0, 3, 4] },
  { as: OPERATOR, line: 'scan fleet --target 1.37 --start', codes: [0, 3, 4] },
  { as: OPERATOR, line: 'access check a --now', codes: LOOKED },
  { as: OPERATOR, line: 'skip cluster d --reason rehearsed' },
  { as: OPERATOR, line: 'fleet stop --reason rehearsed' },
  { as: APPROVER, line: 'fleet resume' },
  { as: OPERATOR, line: 'rollout pause {rollout} --reason rehearsed' },
  { as: OPERATOR, line: 'rollout resume {rollout}' },
];

export const DECISIONS: readonly Call[] = [
  { as: BREAK_GLASS, line: 'break-glass cluster c --reason rehearsed --for 1h' },
  { as: OPERATOR, line: 'break-glass cluster c --end' },
  { as: BREAK_GLASS, line: 'break-glass wave {rollout} two --reason rehearsed' },
  { as: BREAK_GLASS, line: 'break-glass wave {rollout} two --end' },
  { as: APPROVER, line: 'reject {rollout} two --reason rehearsed' },
  { as: APPROVER, line: 'approve {rollout} one' },
  { as: APPROVER, line: 'upgrade cluster e --to 1.37', codes: [3] },
  { as: APPROVER, line: 'upgrade cluster e --to 1.37 --approve' },
  { as: APPROVER, line: 'rollback cluster f', codes: [3, 6] },
  { as: APPROVER, line: 'drain nodegroup none --cluster f', codes: [2] },
  { as: APPROVER, line: 'rollout create hand --dry-run' },
];

/** Nothing is set aside, so that there is no trait to release. */
export const callsOfAWave: readonly Call[] = [
  { as: OPERATOR, line: 'retry cluster a' },
  { as: OPERATOR, line: 'release cluster e' },
  { as: APPROVER, line: 'rollout release-trait {rollout} version:1.36', codes: [1] },
  { as: OPERATOR, line: 'rollout pause {rollout} --reason rehearsed' },
  { as: APPROVER, line: 'rollout resume {rollout} --accept-failures' },
  { as: OPERATOR, line: 'rollout abort {second} --reason rehearsed' },
  { as: ADMIN, line: 'delete calendar nights --reason rehearsed' },
  { as: ADMIN, line: 'delete policy none --reason rehearsed', codes: [1] },
];

/** 3: what was written since the last anchor is not proved yet. */
const PROVED = [0, 3];

export const RECORDS: readonly Call[] = [
  { as: VIEWER, line: 'audit show fleet' },
  { as: VIEWER, line: 'audit show rollout/{rollout}' },
  { as: VIEWER, line: 'audit show cluster/a' },
  // Anchors take rights of S3, which no policy of the template gives to people.
  { as: undefined, line: 'audit verify', codes: PROVED },
  { as: undefined, line: 'audit verify cluster/a', codes: PROVED },
  { as: undefined, line: 'audit export --to {folder}' },
  // What the anchors take somebody else may have fetched: then a viewer needs nothing of S3.
  { as: VIEWER, line: 'evidence export --rollout {rollout} --anchors {folder} -o {folder}/rollout.html' },
  { as: VIEWER, line: 'evidence verify {folder}/rollout.html --anchors {folder}', codes: PROVED },
  { as: undefined, line: 'evidence export --since 2026-01-01 --redact people -o {folder}/period.html' },
];
