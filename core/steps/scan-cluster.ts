import { isDenied, isThrottled } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import type { ScanSummary } from '../contracts/items/scan.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { lostCluster } from '../model/passing-status.ts';
import { loadPolicyForUpgrade } from '../policy/policy-of.ts';
import { unapprovedFindings } from '../policy/unapproved-findings.ts';
import type { InsightsRefresh } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { decideHop } from '../scan/fleet/decide-hop.ts';
import { goOn, type Progress } from '../scan/fleet/go-on.ts';
import type { ScanReport } from '../scan/report/report-schema.ts';
import { readInsights } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findApiServer } from './api-server.ts';
import type { StepContext, StepPorts } from './context.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';
import { loadHopPolicy } from './hop-policy.ts';
import { pollSeconds } from './polling.ts';
import { runStep, type StepOutcome } from './run-step.ts';
import { isServer, NOT_ASKED, NOT_VERIFIED, readFacts, type Server } from './scan-facts.ts';
import { endRun, keepReport, reportOf } from './scan-report.ts';

const STEP = 'scan-cluster';

export type ScanPorts = StepPorts & Pick<Ports, 'account' | 'clusters' | 'ec2' | 'gates' | 'readers'>;

/**
 * What would break if this cluster went to the target? Everything is read, judged and reported, and the report alone says whether the hop may
 * go on (core/scan/fleet/decide-hop.ts). Changes nothing (a refresh of the insights is no mutation), so it runs by hand in observe mode as well, and
 * then for later targets too.
 */
export async function scanCluster(ports: ScanPorts, stepInput: StepInput): Promise<StepResult> {
  const early = waitForTurn(ports, stepInput);
  if (early !== undefined) return early;
  const result = await runStep(ports, stepInput, 'read', STEP, scan);
  await endRun(ports, stepInput, result);
  return result;
}

/** A look that is spread over the hour waits for its time (core/readiness/refresh-readiness.ts). */
function waitForTurn({ clock }: ScanPorts, { input }: StepInput): StepResult | undefined {
  const { notBefore } = parseMachineInput(input);
  const seconds = notBefore === undefined ? 0 : Math.ceil((Date.parse(notBefore) - clock.now().getTime()) / 1_000);
  return seconds <= 0 ? undefined : wait(seconds, reason('Spread', `It begins at ${notBefore}.`));
}

async function scan(ports: ScanPorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, name, target } = context;
  const hasMoved = KubeVersion.parse(cluster.version).equals(target);
  const notes: Reason[] = [];
  if (hasMoved) notes.push(reason('AtTarget', `The control plane of ${name} is at ${target} already.`));
  const unfresh = await waitForInsights(ports, context, hasMoved, notes);
  if (unfresh !== undefined) return { step: STEP, result: unfresh };
  const byHand = context.grant === undefined;
  const { spec: policy, unknown } = await loadPolicyForUpgrade(ports.table, context.record, context.upgrade);
  if (unknown.length > 0 && !byHand) return { step: STEP, result: parked(undefined, ...unknown) };
  const server = policy?.verification === 'eks-api' ? NOT_ASKED : findApiServer(context);
  if (server === NOT_ASKED) notes.push(reason('NotVerified', NOT_VERIFIED));
  const rules = policy?.scan;
  const skip = rules?.skip ?? [];
  // An upgrade that has moved the control plane can no longer be kept from it: its objects are not read again.
  const isWhole = byHand || !hasMoved;
  const objects = isWhole ? await readObjects(ports, context, server, skip) : undefined;
  if (objects?.ended === false)
    return { step: STEP, result: wait(objects.pauseSeconds, reason('Scanning', objects.said)) };
  const asksInsights = isWhole && !skip.includes('insight');
  const insights = asksInsights ? await readInsights(ports.eks, context.scope, name) : undefined;
  const { facts, coverage, detail } = await readFacts(ports, context, server, rules, objects?.state);
  const report = await reportOf(ports, context, { facts, coverage, insights, state: objects?.state, rules });
  const kept = isWhole ? await keepReport(ports, context, report) : undefined;
  const decision = decideHop(report);
  const passes = decision.blockers.length === 0;
  const isAsked = passes && !byHand && kept !== undefined && report.summary.errors > 0;
  const unapproved = isAsked ? await unapprovedIn(ports, context, kept) : [];
  const told = [...notes, ...decision.notes];
  const blockers = [...decision.blockers, ...unapproved];
  const result = blockers.length > 0 ? blocked(...blockers, ...told) : done(...told, lookedAt(report));
  return { step: STEP, result, detail };
}

/** What the report that was just kept shows and no approval of the wave has shown. */
async function unapprovedIn({ table, clock }: ScanPorts, context: StepContext, kept: ScanSummary): Promise<Reason[]> {
  const { wave: spec, place, read } = await loadHopPolicy({ table }, context);
  if (place?.wave === undefined) return [];
  const requesters = { policyAppliedBy: read?.policyAppliedBy, rolloutCreatedBy: place.rollout.createdBy };
  return unapprovedFindings(kept, context.name, { spec, wave: place.wave, requesters }, clock.now());
}

/** So that a scan that found nothing is told from one that asked nothing. */
function lookedAt({ findings, coverage }: ScanReport): Reason {
  const read = coverage.filter(({ status }) => status === 'read');
  const objects = read.reduce((sum, { count }) => sum + count, 0);
  const left = coverage.length - read.length;
  const unread = left === 0 ? '' : ` (${left} not)`;
  const found = findings.length === 0 ? 'nothing stands against it' : `findings: ${findings.length}`;
  const said = `Objects and answers of ${read.length} sources were read${unread}: ${objects}; ${found}.`;
  return reason('Looked', said);
}

/** What EKS is asked to look at anew is waited for: what is read meanwhile would be old by then. Undefined when it is fresh, or cannot be. */
async function waitForInsights(
  ports: ScanPorts,
  context: StepContext,
  hasMoved: boolean,
  notes: Reason[],
): Promise<StepResult | undefined> {
  const { cluster, name, startedAt } = context;
  const look = hasMoved || lostCluster(cluster) !== undefined ? undefined : await lookAtRefresh(ports, context);
  if (look !== undefined && runsSince(look, startedAt)) {
    const waiting = await refreshInsights(ports, context, look);
    if (waiting.status === 'wait') return waiting;
  }
  const updates = await findUpdatesInFlight(ports, context, { name });
  const beside = stopBeside(ports, context, `the control plane of ${name}`, updates);
  if (beside !== undefined || look === undefined) return beside;
  const refreshed = await refreshInsights(ports, context, look);
  if (refreshed.status === 'wait') return refreshed;
  notes.push(...refreshed.reasons);
  return undefined;
}

/** Who writes which API version, for as long as one invocation may; again and again until everything is read. */
async function readObjects(
  ports: ScanPorts,
  { asker, clusterKey, target }: StepContext,
  server: Server,
  skip: Parameters<typeof goOn>[1]['skip'],
): Promise<Progress | undefined> {
  if (!isServer(server)) return undefined;
  return goOn(ports, { clusterKey, execution: asker.arn, target: target.toString(), server, skip });
}

/** A refresh takes minutes, as far as EKS says anything about it. */
const BOUNDS = { least: 30, most: 60, first: 60 };
const GIVE_UP_MINUTES = 20;

/** The latest refresh of the insights, or why it could not be read. */
type RefreshLook = { readonly refresh: InsightsRefresh } | { readonly error: unknown };

export async function lookAtRefresh(ports: StepPorts, { scope, name }: StepContext): Promise<RefreshLook> {
  try {
    return { refresh: await ports.eks.describeInsightsRefresh(scope, { clusterName: name }) };
  } catch (error) {
    return { error };
  }
}

/** Whether EKS refreshes now what this execution, or somebody since it began, asked for. */
export const runsSince = (look: RefreshLook, startedAt: Date): boolean =>
  'refresh' in look && look.refresh.status === 'IN_PROGRESS' && isSince(look.refresh, startedAt);

const isSince = (refresh: InsightsRefresh, startedAt: Date): boolean =>
  refresh.startedAt !== undefined && refresh.startedAt >= startedAt;

/**
 * Has EKS look again, so that the scan judges today's cluster (a refresh is older than this execution → start one). `wait` while it runs;
 * `done` when it is fresh, or with a note when EKS cannot refresh: then only what is younger than a day counts.
 */
export async function refreshInsights(ports: StepPorts, context: StepContext, look: RefreshLook): Promise<StepResult> {
  const { scope, name, startedAt } = context;
  const now = ports.clock.now();
  try {
    if ('error' in look) throw look.error;
    const { refresh } = look;
    const fresh = isSince(refresh, startedAt);
    if (refresh.status === 'IN_PROGRESS') return giveUpAfter(now, startedAt, refresh.startedAt);
    if (fresh && refresh.status === 'COMPLETED') return done();
    if (fresh && refresh.status === 'FAILED')
      return done(
        reason('RefreshFailed', `EKS could not refresh its insights: ${refresh.message ?? 'no reason given'}.`),
      );
    await ports.eks.startInsightsRefresh(scope, { clusterName: name });
    return refreshing(now, now);
  } catch (error) {
    if (errorName(error) === 'InvalidRequestException' || isThrottled(error)) return giveUpAfter(now, startedAt);
    if (!isDenied(error)) throw error;
    return done(reason('RefreshDenied', `The refresh of the insights was denied: ${errorMessage(error)}`));
  }
}

const refreshing = (since: Date, now: Date): StepResult =>
  wait(pollSeconds(since, now, BOUNDS), reason('RefreshingInsights', 'EKS refreshes its upgrade insights.'));

function giveUpAfter(now: Date, startedAt: Date, since: Date = now): StepResult {
  if (now.getTime() - startedAt.getTime() < GIVE_UP_MINUTES * 60_000) return refreshing(since, now);
  return done(reason('RefreshTooSlow', `EKS did not refresh its insights within ${GIVE_UP_MINUTES} minutes.`));
}
