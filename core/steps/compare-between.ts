import type { UpgradePolicySpec } from '../config/types.ts';
import { failed, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { baselineOf, type Reading } from '../probes/baseline.ts';
import { verdictReason } from '../probes/is-worse.ts';
import { PROBES, type ProbeVerdict } from '../probes/probe-verdict.ts';
import { intentsOf, isOfUpgrade } from '../protocol/intent-store.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, isAccessError } from './api-server.ts';
import { beganBy, compareWithBefore, judgeCompared, SETTLE_MINUTES } from './compare-with-before.ts';
import type { StepContext, StepPorts } from './context.ts';
import { probeUrls } from './probe-urls.ts';
import { observePolicy, readAlarms, readClusterProbes } from './read-probes.ts';

interface Between {
  /** Undefined = nothing is worse, and the upgrade goes on. */
  readonly result?: StepResult;
  readonly notes: readonly Reason[];
  /** The detail for the step's record: the baseline, and what was compared with it. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * What got worse while only the control plane had moved. An upgrade that has waited there, for its bake, a window or a stop, asks this before its
 * nodes follow, because the way back is cheap then. Undefined where it is not at that point, or has no baseline.
 */
export async function compareBetween(
  ports: StepPorts & Pick<Ports, 'gates' | 'probe' | 'readers'>,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  server: ApiServer | undefined,
): Promise<Between | undefined> {
  const { upgrade, startedAt } = context;
  const before = baselineOf(upgrade);
  if (upgrade === undefined || before === undefined || !(await isBetween(ports, context))) return undefined;
  const { probes: baseline, takenAt } = before;
  const movedAt = new Date(upgrade.controlPlaneCompletedAt ?? takenAt);
  const read = await readCluster(ports, context, policy, server, movedAt);
  // A value that nobody has read before the hop has nothing to compare with.
  const alarms = await readAlarms(ports, context.name, baseline.alarms && policy?.scan.alarms);
  const urls = await probeUrls(ports, context.name, baseline.urls && policy?.smoke.urls);
  const compared = await compareWithBefore(ports, context, { ...read.reading, ...observePolicy(alarms, urls) });
  const { verdicts, worse, because } = await judgeCompared(ports, context, compared);
  const now = ports.clock.now();
  const detail = { ...upgrade.steps['scan-cluster']?.detail, comparedAt: now.toISOString(), verdicts };
  const settledAt = startedAt.getTime() + SETTLE_MINUTES * 60_000;
  const isSettling = now.getTime() < settledAt;
  const notes = [...read.notes];
  if (worse && !isSettling) return { result: failed(...because), notes, detail };
  // A fault that began after everything should have been well again is not waited for: another one would begin then.
  const open = verdicts.filter((one) => isOpen(one) && (isSettling || beganBy(one, settledAt)));
  notes.push(...verdicts.filter((one) => one.result === 'inconclusive' && !open.includes(one)).map(verdictReason));
  if (!worse && open.length === 0) return { notes, detail };
  const poll = pollSeconds(startedAt, now, { least: 30, most: 120 });
  return { result: wait(poll, ...because, ...open.map(verdictReason)), notes, detail };
}

/**
 * Whether the control plane has arrived, this upgrade has changed something, and none of its nodes has begun to follow, not even in an earlier try:
 * the next roll repairs one that ended half-way.
 */
async function isBetween(
  { table }: Pick<Ports, 'table'>,
  { upgrade, grant, cluster, target, clusterKey }: StepContext,
): Promise<boolean> {
  const isMoved = upgrade?.mutated === true && KubeVersion.parse(cluster.version).equals(target);
  if (grant === undefined || upgrade?.machine !== 'upgrade-cluster' || !isMoved) return false;
  if (Object.keys(upgrade.steps).some((step) => step.startsWith('roll-node-group/'))) return false;
  const rolls = (await intentsOf(table, clusterKey, 'roll-node-group')).map(({ data }) => data);
  const mayHaveBegun = rolls.filter(({ outcome }) => outcome?.type !== 'refused' && outcome?.type !== 'never-sent');
  return !mayHaveBegun.some((roll) => isOfUpgrade(upgrade, roll));
}

/** A probe that cannot be read now fails nothing, since the smoke check reads it again. */
async function readCluster(
  ports: Pick<Ports, 'readers' | 'clock'>,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  server: ApiServer | undefined,
  movedAt: Date,
): Promise<{ readonly reading: Reading; readonly notes: Reason[] }> {
  if (server === undefined) return { reading: {}, notes: [] };
  const notCompared = (why: string): Reason =>
    reason('ProbeInconclusive', `Not compared with before the hop while its nodes wait: ${why}`);
  try {
    // A test that began before the control plane moved proves nothing about it, and other tests are left to the smoke check.
    const { reading, unread } = await readClusterProbes(ports, server, policy, { begunAfter: movedAt });
    return { reading, notes: unread.map(notCompared) };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    return { reading: {}, notes: [notCompared(accessReason(error, context).message)] };
  }
}

const isOpen = ({ probe, result, concludesAt }: ProbeVerdict): boolean =>
  result === 'inconclusive' && concludesAt !== undefined && PROBES[probe].isHard;
