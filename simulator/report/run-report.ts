import { closedSpans, frozenSpans } from '../../core/calendar/closed-spans.ts';
import type { CompiledCalendar } from '../../core/calendar/compile-calendar.ts';
import type { AccountState, ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { type Member, WAVE_STATUSES, type Wave } from '../../core/contracts/items/rollout.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import { shortId, withIdInCommands } from '../../core/model/cluster-key.ts';
import { isRollback } from '../../core/model/hop.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { apart } from '../../core/model/words.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { rollbackEnd } from '../../core/protocol/rollback-view.ts';
import { findClusterBlockers } from '../../core/queries/cluster-blockers.ts';
import { type Explanation, explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { wayToResume } from '../../core/rollout/wave-end.ts';
import { Accounts, ClusterControls, Clusters, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { LoadedFleet } from '../fleet/load-fleet.ts';
import { checkInvariants } from '../invariants/check-invariants.ts';
import { loadAllMembers } from '../process/load-all-members.ts';
import type { RunView } from '../process/run-view.ts';
import { bucketOf } from './bucket.ts';
import type { ClusterReport, RunReport, StepReport, TimeSpan, WaveReport } from './report-types.ts';
import { countMembers } from './wave-counts.ts';

/** The results of a run of a fleet folder, cluster by cluster, from the table, the audit and the fake EKS. */
export async function runReport(
  world: RunView,
  loaded: LoadedFleet,
  rested: boolean,
  people: readonly string[] = [],
  asked: Asked = {},
): Promise<RunReport> {
  const [records, members, upgrades, controls, rollouts, waves, accounts] = await Promise.all([
    loadKind(world.table, Clusters),
    loadAllMembers(world.table),
    loadKind(world.table, Upgrades),
    loadKind(world.table, ClusterControls),
    loadKind(world.table, Rollouts),
    loadKind(world.table, Waves),
    loadKind(world.table, Accounts),
  ]);
  const snapshot = await loadSnapshot(world.table, await world.table.queryActive(), 'fleet');
  const audit = Map.groupBy(await world.auditTimeline(), (item) => item.subject);
  const known = records.filter((record) => record.deletedAt === undefined);
  const reports = await Promise.all(
    known.map(async (record) => {
      const member = members.findLast((one) => one.clusterKey === record.clusterKey);
      const held = controls.find((control) => control.clusterKey === record.clusterKey)?.held?.reason;
      const own = upgrades.filter((upgrade) => upgrade.clusterKey === record.clusterKey);
      // The reconciler's own decision explains a cluster that waits in a rollout or is in none, as `liftlock explain` does.
      const waits = member === undefined ? own.length === 0 : ['Pending', 'Parked'].includes(member.status);
      const verdict = waits ? await explainCluster(world, record, snapshot) : undefined;
      const report = clusterReport(record, member, own, held, verdict, audit.get(record.clusterKey) ?? []);
      const { bucket, reasons, status } = report;
      const last = own.toSorted(byStart).at(-1);
      const isThere = bucket === 'upgraded' || status === 'UpToDate';
      const blockers = isThere ? [] : await findClusterBlockers(world.table, last, reasons);
      const wave = waves.find((one) => one.rolloutId === member?.rolloutId && one.index === member.waveIndex);
      return { ...report, blockers, place: wave && { rollout: wave.rolloutId, wave: wave.name } };
    }),
  );
  const all = [...reports, ...undiscovered(loaded, known, accounts)].sort(
    (a, b) => a.account.localeCompare(b.account) || a.name.localeCompare(b.name),
  );
  const nameOf = apart(all, ({ name }) => name, shortId);
  const clusters = all.map((one) => withId(one, nameOf(one)));
  const violations = (await checkInvariants(world))
    // A run that was cut off is still moving, so open work is no fault then.
    .filter((violation) => rested || violation.invariant !== 'rest')
    .map((violation) => `${violation.invariant}: ${violation.message}`);
  const totals = { upgraded: 0, failed: 0, held: 0, excluded: 0 };
  for (const cluster of clusters) totals[cluster.bucket] += 1;
  const wavesOf = ({ id }: { id: string }) => waves.filter((wave) => wave.rolloutId === id);
  const within = { from: loaded.now.getTime(), to: world.clock.now().getTime() };
  const transitions = world.runner.stateTransitions();
  const report: Omit<RunReport, 'next'> = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'RunReport',
    startedAt: loaded.now.toISOString(),
    endedAt: world.clock.now().toISOString(),
    rested,
    totals,
    clusters,
    rollouts: rollouts.map((rollout) => ({
      id: rollout.id,
      policy: rollout.policy,
      target: rollout.target,
      status: rollout.status,
      resume: rollout.status === 'Halted' ? wayToResume(rollout, wavesOf(rollout)) : undefined,
      waves: wavesOf(rollout)
        .sort((a, b) => a.index - b.index)
        .map((wave) => {
          const own = members.filter((one) => one.rolloutId === rollout.id && one.waveIndex === wave.index);
          const spans = waveSpans(wave, audit.get(`rollout/${rollout.id}`) ?? [], snapshot.calendars, within);
          return { name: wave.name, status: wave.status, members: own.length, ...countMembers(own), ...spans };
        }),
    })),
    unreadableAccounts: accounts
      .filter((account) => account.status !== 'Ok')
      .map(({ account, region, status, reason }) => ({ account, region, status, reason: reason ?? '' })),
    violations,
    explained: clusters.every((cluster) => cluster.bucket === 'upgraded' || cluster.reasons.length > 0),
    cost: { stateTransitions: transitions, dollars: (transitions / 1000) * 0.025 },
    statements: [...loaded.statements, ...people],
  };
  return { ...report, next: nextThings(report, asked) };
}

function clusterReport(
  record: ClusterRecord,
  member: Member | undefined,
  upgrades: readonly Upgrade[],
  held: Reason | undefined,
  explained: Explanation | undefined,
  audit: readonly AuditItem[],
): Omit<ClusterReport, 'blockers' | 'place'> {
  const ordered = upgrades.toSorted(byStart);
  const last = ordered.at(-1);
  const completed = ordered.findLast(
    (upgrade) => upgrade.controlPlaneCompletedAt !== undefined,
  )?.controlPlaneCompletedAt;
  const moves = movesOf(audit);
  const reasons = [...reasonsOf(member, last, held, explained), ...moves.byOthers];
  return {
    name: record.name,
    account: record.account,
    region: record.region,
    from: moves.first ?? record.version,
    version: record.version,
    target: member?.to,
    bucket: bucketOf(member, last),
    status: member?.status ?? last?.status ?? explained?.state ?? 'NotSelected',
    held: held !== undefined,
    hops: ordered.filter((upgrade) => upgrade.status === 'Succeeded' && !isRollback(upgrade)).map(({ to }) => to),
    reasons,
    goesOn: member?.status === 'Parked' ? explained?.when.condition : undefined,
    steps: stepsOf(ordered),
    startedAt: ordered[0]?.startedAt,
    endedAt: last?.endedAt,
    rollbackWindowEndsAt: completed === undefined ? undefined : rollbackEnd(completed).toISOString(),
    managedBy: record.managedBy,
  };
}

/** With its id in the commands that its report prints, where others have its name too. */
const withId = (report: ClusterReport, id: string): ClusterReport =>
  id === report.name ? report : JSON.parse(withIdInCommands(JSON.stringify(report), { name: report.name, id }));

const byStart = (a: Upgrade, b: Upgrade): number => (a.startedAt ?? '').localeCompare(b.startedAt ?? '');

function reasonsOf(
  member: Member | undefined,
  last: Upgrade | undefined,
  held: Reason | undefined,
  explained: Explanation | undefined,
): readonly Reason[] {
  // The report must say what stops its wave, because a rehearsal that has ended cannot be asked.
  if (explained !== undefined) return [...explained.reasons, ...explained.foreseen];
  if (member !== undefined && member.reasons.length > 0) return member.reasons;
  if (held !== undefined) return [held];
  return last?.reasons ?? [];
}

/** The versions in the audit of one cluster: the first one, and the moves that Liftlock did not make. */
function movesOf(audit: readonly AuditItem[]): {
  readonly first: string | undefined;
  readonly byOthers: readonly Reason[];
} {
  let first: string | undefined;
  const ours = new Set<string>();
  const byOthers: Reason[] = [];
  for (const { event, detail } of audit) {
    if (event === 'ClusterDiscovered') first ??= detail.version as string;
    if (event === 'MutationCommitted') {
      const { name, input } = detail.call as { name: string; input: { version?: string } };
      if (/^(?:Update|Rollback)ClusterVersion$/.test(name) && input.version !== undefined) ours.add(input.version);
    }
    if (event === 'VersionObserved' && !ours.has(detail.version as string)) {
      byOthers.push({
        code: 'MovedByOthers',
        message: `Its control plane went from ${String(detail.before)} to ${String(detail.version)}, and Liftlock did not ask for that: somebody else did, or AWS by force.`,
      });
    }
  }
  return { first, byOthers };
}

/** The steps of a cluster's upgrades in the order in which they began. */
function stepsOf(upgrades: readonly Upgrade[]): StepReport[] {
  return upgrades
    .flatMap((upgrade) =>
      Object.entries(upgrade.steps).map(([step, state]) => ({
        hop: `${upgrade.from} → ${upgrade.to}`,
        step,
        status: state.status,
        startedAt: state.startedAt,
        endedAt: state.endedAt,
        reasons: state.reasons,
      })),
    )
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** When a wave was open and when it soaked, from the audit, and when its calendars let nothing begin. */
export function waveSpans(
  wave: Wave,
  audit: readonly AuditItem[],
  calendars: ReadonlyMap<string, CompiledCalendar>,
  within: { readonly from: number; readonly to: number },
): Pick<WaveReport, 'open' | 'soaks' | 'closed' | 'freezes'> {
  const statuses = audit.filter(({ event, detail }) => STATUSES.has(event) && detail.wave === wave.name);
  const spansOf = (wanted: string): TimeSpan[] =>
    statuses.flatMap(({ event, at }, index) => {
      if (event !== wanted) return [];
      return [{ from: at, to: statuses[index + 1]?.at ?? instant(within.to) }];
    });
  const own = (wave.calendars ?? []).flatMap((name) => calendars.get(name) ?? []);
  return {
    open: spansOf('WaveOpen'),
    soaks: spansOf('WaveSoaking'),
    closed: (closedSpans(own, within) ?? []).map(({ from, to }) => ({ from: instant(from), to: instant(to) })),
    freezes: frozenSpans(own, within).map(({ from, to, freeze, reason }) => {
      return { from: instant(from), to: instant(to), what: reason === undefined ? freeze : `${freeze}: ${reason}` };
    }),
  };
}

/** The events of a wave's new status; approvals and limits are others. */
const STATUSES: ReadonlySet<string> = new Set(WAVE_STATUSES.map((status) => `Wave${status}`));

const instant = (at: number): string => new Date(at).toISOString();

/** The folder's clusters that discovery never found, so that the report contains every cluster of the folder. */
function undiscovered(
  loaded: LoadedFleet,
  records: readonly ClusterRecord[],
  accounts: readonly AccountState[],
): ClusterReport[] {
  const found = new Set(records.map((record) => record.arn));
  return Object.values(loaded.state.clusters)
    .filter((cluster) => !found.has(cluster.arn))
    .map(({ name, account, region, version }) => {
      const looked = accounts.find((one) => one.account === account && one.region === region);
      const code = looked === undefined ? 'NotInFleet' : 'NotDiscovered';
      const message =
        looked === undefined
          ? `The Fleet does not name account ${account} and Region ${region} together; add them to its accounts and regions.`
          : `Liftlock could not list the clusters of account ${account} in ${region}: ${looked.reason ?? looked.status}`;
      return {
        name,
        account,
        region,
        from: version,
        version,
        target: undefined,
        bucket: 'excluded',
        status: code,
        held: false,
        hops: [],
        reasons: [{ code, message }],
        blockers: [{ code, what: message, cause: null, owner: null, fix: null }],
        place: undefined,
        steps: [],
        startedAt: undefined,
        endedAt: undefined,
        rollbackWindowEndsAt: undefined,
        managedBy: [],
      };
    });
}

/** The request for the run. */
export interface Asked {
  /** The folder of the fleet unless it is the example, for which the report suggests a rehearsal of one's own. */
  readonly ownFleet?: string | undefined;
  /** The path of the report as a page, if there is one. */
  readonly html?: string | undefined;
  /** Whether the fleet goes on after the report, so that commands find it. */
  readonly serve?: boolean;
}

/** The next actions for a person, from the results of the run. */
export function nextThings(report: Omit<RunReport, 'next'>, { ownFleet, html, serve = false }: Asked): string[] {
  // A cluster before its turn needs no action yet.
  const stopped = report.clusters.filter(
    ({ bucket, status }) => bucket === 'failed' || (bucket === 'held' && status !== 'Pending'),
  );
  const accounts = new Set(report.unreadableAccounts.map(({ account }) => account));
  const fleet = ownFleet === undefined ? '' : ` --fleet ${shellWord(ownFleet)}`;
  const nameOf = apart(report.clusters, ({ name }) => name, shortId);
  const isWhole = report.totals.upgraded === report.clusters.length;
  return [
    ...stopped.map((one) => `${nameOf(one)}: ${goesOn(one, nameOf(one))}`),
    ...report.rollouts.flatMap(({ id, resume }) =>
      resume === undefined ? [] : `rollout ${id} is halted: once somebody has looked at why, ${resume}`,
    ),
    ...[...accounts].map(
      (account) => `account ${account}: deploy the spoke role there (docs/install.md), then: liftlock access check`,
    ),
    ...(serve || stopped.length + accounts.size === 0
      ? []
      : [`try such commands here: npm start --${fleet} --serve keeps the fleet running for bin/liftlock`]),
    ...(isWhole && ownFleet === undefined
      ? ['rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)']
      : []),
    ...(isWhole || html !== undefined ? [] : [`see it as a page: npm start --${fleet} --html report.html`]),
  ];
}

/** One that is set aside is refused a retry: what suspects it is taken back. */
function goesOn({ goesOn: condition, status }: ClusterReport, name: string): string {
  if (status === 'Quarantined') return `what lets it go on says: liftlock explain cluster ${name}`;
  return condition ?? `once what blocks it is mended, liftlock retry cluster ${name}`;
}
