import type { UpgradePolicySpec } from '../config/types.ts';
import { errorMessage, errorName, isDenied } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ScanRun, ScanSummary } from '../contracts/items/scan.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import {
  blocked,
  bounded,
  done,
  parked,
  type Reason,
  reason,
  type StepResult,
  wait,
} from '../contracts/step-result.ts';
import { recordInTime } from '../inventory/record-in-time.ts';
import { shortId } from '../model/cluster-key.ts';
import { isRollback } from '../model/hop.ts';
import { isRolled } from '../model/image-rule.ts';
import { refusedWaiver } from '../policy/allowed-waivers.ts';
import { scanWaivers } from '../policy/applied.ts';
import { loadForcedAfter } from '../policy/forced-after.ts';
import { unapprovedFindings } from '../policy/unapproved-findings.ts';
import type { Insight, Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import data from '../scan/data/coverage.json' with { type: 'json' };
import { drainCoverage, isStuckDrain, observeDrains } from '../scan/drain/observe-drains.ts';
import { endTogether } from '../scan/drain/without-surge.ts';
import { decideHop } from '../scan/fleet/decide-hop.ts';
import { goOn, type Progress } from '../scan/fleet/go-on.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { loadRun, saveRun } from '../scan/fleet/run-store.ts';
import { judgeAll } from '../scan/judge/judge.ts';
import type { Observation, Problem, RuleHit, SkewObservation } from '../scan/judge/observation.ts';
import { coverageOf, type LiveScanState } from '../scan/live/keep.ts';
import { isOfRoll, observePreflight } from '../scan/preflight/checks.ts';
import { hasNoImage } from '../scan/preflight/node-group-checks.ts';
import type { PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { isReplaced } from '../scan/preflight/surge-addresses.ts';
import { buildReport } from '../scan/report/build-report.ts';
import { unreadOf } from '../scan/report/coverage.ts';
import type { Coverage, ScanReport } from '../scan/report/report-schema.ts';
import { isGap } from '../scan/report/verdict.ts';
import { insightsCoverage, observeInsights, readInsights } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { findApiServer } from './api-server.ts';
import { checkRollback } from './check-rollback.ts';
import { compareBetween } from './compare-between.ts';
import { waitForFault } from './compare-with-before.ts';
import { deniedRetryAt, type StepContext, type StepPorts } from './context.ts';
import { loadHopPolicy, nodesMayWait } from './hop-policy.ts';
import { UNHEARD_SECONDS } from './read-probes.ts';
import { waitForInsights } from './refresh-insights.ts';
import { runStep, type StepOutcome } from './run-step.ts';
import { isServer, NOT_ASKED, NOT_VERIFIED, readFacts, rollsInside, type Server } from './scan-facts.ts';

const STEP = 'scan-cluster';

export type ScanPorts = StepPorts & Pick<Ports, 'account' | 'clusters' | 'ec2' | 'gates' | 'probe' | 'readers'>;

/**
 * What would break if this cluster went to the target? Everything is read, judged and reported, and the report alone decides whether the hop may go
 * on (core/scan/fleet/decide-hop.ts). It changes nothing, since a refresh of the insights is no mutation. So a person may also run it in observe
 * mode, and for later targets too.
 */
export async function scanCluster(ports: ScanPorts, stepInput: StepInput): Promise<StepResult> {
  const early = waitForTurn(ports, stepInput);
  if (early !== undefined) return early;
  const result = await runStep(ports, stepInput, 'read', STEP, (context) =>
    isRollback(context.upgrade) ? checkRollback(ports, context) : scanOrReport(ports, context),
  );
  await endRun(ports, stepInput, result);
  return result;
}

/** A look that is spread over the hour waits for its time (core/readiness/refresh-readiness.ts). */
function waitForTurn({ clock }: ScanPorts, { input }: StepInput): StepResult | undefined {
  const { notBefore } = parseMachineInput(input);
  const seconds = notBefore === undefined ? 0 : Math.ceil((Date.parse(notBefore) - clock.now().getTime()) / 1_000);
  return seconds <= 0 ? undefined : wait(seconds, reason('Spread', `It begins at ${notBefore}.`));
}

/** A look at a cluster of which EKS denies something leaves a report all the same, or it would count as never looked at. */
async function scanOrReport(ports: ScanPorts, context: StepContext): Promise<StepOutcome> {
  try {
    return await scan(ports, context);
  } catch (error) {
    if (context.grant === undefined && isDenied(error)) await keepReport(ports, context, await denied(context, error));
    throw error;
  }
}

async function denied(context: StepContext, error: unknown): Promise<ScanReport> {
  const record = await context.record();
  const detail = `${errorName(error)}: ${errorMessage(error)}`;
  const [, permission = 'what EKS says of the cluster'] = / perform: ([\w-]+:\w+)/.exec(detail) ?? [];
  return buildReport({
    ...ofCluster(context, record),
    from: context.cluster.version,
    failOn: 'removed',
    findings: [],
    coverage: [unreadOf(permission, 'eks', 'denied', detail)],
    scannedAt: readSince(context.startedAt, record),
  });
}

/** What every report of the cluster says of it. */
const ofCluster = ({ target }: StepContext, record: ClusterRecord) => ({
  subject: shortId(record),
  clusters: [record.name, shortId(record), record.arn],
  target: target.toString(),
  data,
});

async function scan(ports: ScanPorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, name, target } = context;
  const hasMoved = KubeVersion.parse(cluster.version).equals(target);
  const moved = await recordMove(ports, context);
  if (moved !== undefined) return moved;
  const notes: Reason[] = [];
  if (hasMoved) notes.push(reason('AtTarget', `The control plane of ${name} is at ${target} already.`));
  const unfresh = await waitForInsights(ports, context, hasMoved, notes);
  if (unfresh !== undefined) return unfresh;
  const byHand = context.grant === undefined;
  const { spec: policy, unknown } = await context.policy();
  if (unknown.length > 0 && !byHand) return parked(undefined, ...unknown);
  const server = policy?.verification === 'eks-api' ? NOT_ASKED : findApiServer(context);
  if (server === NOT_ASKED) notes.push(reason('NotVerified', NOT_VERIFIED));
  const between = await compareBetween(ports, context, policy, isServer(server) ? server : undefined);
  if (between?.result !== undefined) return { ...between.result, detail: between.detail };
  notes.push(...(between?.notes ?? []));
  const rules = policy?.scan;
  const skip = rules?.skip ?? [];
  // Once the control plane has moved the scan can prevent nothing, so objects are not read again. A patch has changed nothing yet.
  const rollsOnly = hasMoved && rollsInside(context) !== undefined;
  const isWhole = byHand || !hasMoved || rollsOnly;
  const objects = isWhole ? await readObjects(ports, context, server, skip) : undefined;
  if (objects?.ended === false) return wait(objects.pauseSeconds, reason('Scanning', objects.said));
  const asksInsights = isWhole && !rollsOnly && !skip.includes('insight');
  const insights = asksInsights ? await readInsights(ports.eks, context.scope, name) : undefined;
  const { facts, coverage, detail, unheard } = await readFacts(ports, context, server, policy, objects?.state);
  // What is unknown before the hop cannot be compared after it, and what was begun does not fail by one fault: it is read again.
  const open = unheard.map((one) => reason('ProbeInconclusive', `Not known yet, and read again: ${one}`));
  const again = open.length > 0 ? waitForFault(ports, context, STEP, UNHEARD_SECONDS, ...open) : undefined;
  if (again !== undefined) return again;
  const report = await reportOf(ports, context, { facts, coverage, insights, state: objects?.state, rules });
  const kept = isWhole ? await keepReport(ports, context, report) : undefined;
  const decision = decideHop(report);
  const passes = decision.blockers.length === 0;
  const isAsked = passes && !byHand && kept !== undefined && report.summary.errors > 0;
  const unapproved = isAsked ? await unapprovedIn(ports, context, kept) : [];
  const told = [...notes, ...decision.notes];
  const blockers = [...decision.blockers, ...unapproved];
  const wasDenied = report.coverage.some((one) => isGap(one) && one.status === 'denied');
  // As a denial by EKS, one by the API server fails no upgrade that has changed its cluster; what was found does, whatever else is denied.
  const waits = report.verdict === 'incomplete' && wasDenied && context.upgrade?.mutated === true;
  const stops = (...why: Reason[]) => (waits ? parked(deniedRetryAt(ports), ...why) : blocked(...why));
  const result = blockers.length > 0 ? stops(...blockers, ...told) : done(...told, lookedAt(report));
  return { ...result, detail: between?.detail ?? detail };
}

const RECORD_SECONDS = 20;

/**
 * Records a cluster that the inventory has at another version than EKS, and begins anew: what the scan finds is about the version that it has now.
 * Undefined where nothing is to record. An upgrade with a grant reads the whole cluster at its end.
 */
async function recordMove(ports: ScanPorts, context: StepContext): Promise<StepOutcome | undefined> {
  const { cluster, grant, input, name } = context;
  if (grant !== undefined) return undefined;
  const { version } = await context.record();
  if (version === cluster.version) return undefined;
  if (!(await recordInTime(ports, input.cluster, RECORD_SECONDS))) return undefined;
  return wait(
    1,
    reason('Scanning', `EKS has ${name} at ${cluster.version} by now, and ${version} was known; it is recorded.`),
  );
}

/** Findings of the new report that no approval of the wave has shown. */
async function unapprovedIn({ table, clock }: ScanPorts, context: StepContext, kept: ScanSummary): Promise<Reason[]> {
  const { wave: spec, place, read } = await loadHopPolicy({ table }, context);
  if (place?.wave === undefined) return [];
  const requesters = { policyAppliedBy: read?.policyAppliedBy, rolloutCreatedBy: place.rollout.createdBy };
  return unapprovedFindings(kept, context.name, { spec, wave: place.wave, requesters }, clock.now());
}

/** Distinguishes a scan that found nothing from one that asked nothing. */
function lookedAt({ findings, coverage }: ScanReport): Reason {
  const read = coverage.filter(({ status }) => status === 'read');
  const objects = read.reduce((sum, { count }) => sum + count, 0);
  // Every report says these two apart: what was left out on purpose counts nowhere as not read.
  const gaps = coverage.filter(isGap).length;
  const left = coverage.length - read.length - gaps;
  const others = [...(gaps === 0 ? [] : [`${gaps} not`]), ...(left === 0 ? [] : [`${left} left out`])].join(', ');
  const found = findings.length === 0 ? 'nothing stands against it' : `findings: ${findings.length}`;
  const said = `Objects and answers of ${read.length} sources were read${others && ` (${others})`}: ${objects}; ${found}.`;
  return reason('Looked', said);
}

/** Reads the objects and their writers' API versions, as long as one invocation may, until everything is read. */
async function readObjects(
  ports: ScanPorts,
  { asker, clusterKey, target }: StepContext,
  server: Server,
  skip: Parameters<typeof goOn>[1]['skip'],
): Promise<Progress | undefined> {
  if (!isServer(server)) return undefined;
  return goOn(ports, { clusterKey, execution: asker.arn, target: target.toString(), server, skip });
}

/** Everything that a scan has read. */
interface WhatWasRead {
  readonly facts: PreflightFacts;
  readonly coverage: readonly Coverage[];
  /** Undefined where they are not needed any more. */
  readonly insights: readonly Insight[] | undefined;
  /** The objects of the cluster; undefined where the API server is not asked. */
  readonly state: LiveScanState | undefined;
  readonly rules: UpgradePolicySpec['scan'] | undefined;
}

/** Judges what was read for the hop, or for all hops to a later target. */
async function reportOf(ports: StepPorts, context: StepContext, read: WhatWasRead): Promise<ScanReport> {
  const { facts, insights, state, rules } = read;
  const { target } = context;
  const record = await context.record();
  const waivers = await scanWaivers(ports.table);
  const from = versionBefore(facts);
  const preflight = facts.inside === undefined ? observePreflight(facts) : preflightInside(facts);
  const seen = [...(state?.observations ?? []), ...preflight];
  const isWarned = insights?.some(({ insightStatus: { status } }) => status === 'WARNING') === true;
  const isAsked = isWarned || seen.some((one) => one.type === 'rule' && isBrought(one, facts));
  const isOfStaying = isAsked && (await nodesStay(ports, context, facts)) ? isNode : () => false;
  const brings = (one: SkewObservation | RuleHit) => isBrought(one, facts) && !isOfStaying(one);
  const isOfNodes = (one: Observation): one is SkewObservation => one.type === 'skew' && one.component === 'kubelet';
  const stay = facts.nodegroups.some((group) => hasNoImage(group, target));
  // Nodes that no group has are known from the API server alone.
  const areNodesRead = state?.observations.some(isOfNodes) === true;
  const allNodes = areNodesRead && !stay && seen.filter(isOfNodes).every(brings);
  const addons = facts.addons.map(({ addon }) => addon.addonName);
  const changes = Object.values(state?.facts.changes ?? {});
  const observed = observeInsights(insights ?? [], changes, ports.clock.now(), { addons, allNodes });
  const observations = [
    ...(state?.observations ?? []),
    ...observed,
    ...preflight.filter((one) => !isOfRoll(one)),
    ...(await findingsOfRolls(ports, context, facts, state, preflight.filter(isOfRoll))),
  ];
  const insightsRead = insights !== undefined;
  return buildReport({
    ...ofCluster(context, record),
    from: from.toString(),
    failOn: rules?.failOn ?? 'removed',
    findings: judgeAll(observations, { target, from, insightsRead, isUpgrade: true, brings }),
    coverage: [
      ...read.coverage,
      ...(insights === undefined ? [] : [insightsCoverage('read', insights.length)]),
      ...(state === undefined ? [] : [...coverageOf(state, { forgiven: waivers.length > 0 }), ...drainCoverage(state)]),
    ],
    waivers,
    refuses: (waiver, finding) => refusedWaiver(rules, waiver, finding),
    scannedAt: state === undefined ? readSince(context.startedAt, record) : new Date(state.startedAt),
  });
}

/** When a look without objects began; a look that has recorded the cluster itself began anew then. */
const readSince = (startedAt: Date, { versionObservedAt }: Pick<ClusterRecord, 'versionObservedAt'>): Date =>
  new Date(Math.max(startedAt.getTime(), Date.parse(versionObservedAt)));

/** Checks of rolls concern the node groups that are replaced; all others concern the control plane, which stays. */
function preflightInside(facts: PreflightFacts): Observation[] {
  const replaced = replacedIn(facts);
  const ofRolls = observePreflight({ ...facts, hasMoved: false }).filter(isOfRoll);
  const isOfThem = (one: Observation): boolean => one.type === 'problem' && replaced.includes(one.subject.name ?? '');
  return [...observePreflight(facts).filter((one) => !isOfRoll(one)), ...ofRolls.filter(isOfThem)];
}

const replacedIn = (facts: PreflightFacts): string[] =>
  facts.nodegroups.filter((group) => isReplaced(group, facts)).map((one) => one.nodegroupName);

/** An upgrade whose control plane has moved is still in its hop. A person who scans at the target asks about no hop. */
function versionBefore({ cluster, hasMoved, isHop }: PreflightFacts): KubeVersion {
  const version = KubeVersion.parse(cluster.version);
  return hasMoved && isHop ? KubeVersion.parse(`${version.major}.${version.minor - 1}`) : version;
}

/**
 * Whether each hop updates it: the add-on kube-proxy, and a managed node group whose image EKS or the policy chooses. What else a new node brings than
 * another kubelet is known of the images of EKS alone, and of nodes that are replaced.
 */
function isBrought(one: SkewObservation | RuleHit, facts: PreflightFacts): boolean {
  if (one.type === 'rule')
    return facts.nodegroups.some((group) => group.nodegroupName === one.nodegroup && bringsRuntime(group, facts));
  return one.component === 'kube-proxy'
    ? facts.addons.some(({ addon }) => addon.addonName === one.component)
    : isRolledHere(one.nodegroup, facts);
}

/** Whether it is about nodes, which a hop may leave as they are. */
const isNode = (one: SkewObservation | RuleHit): boolean => one.type === 'rule' || one.component === 'kubelet';

const bringsRuntime = (group: Nodegroup, facts: PreflightFacts): boolean =>
  group.amiType !== 'CUSTOM' && isReplaced(group, facts) && !hasNoImage(group, facts.target);

/** What the rolls of this hop meet. Where nodes stay as they are, these findings stop only a later roll, and become warnings here. */
async function findingsOfRolls(
  ports: StepPorts,
  context: StepContext,
  facts: PreflightFacts,
  state: LiveScanState | undefined,
  ofRolls: readonly Observation[],
): Promise<Observation[]> {
  const question = {
    rolls: (group: string) =>
      facts.inside === undefined ? isRolledHere(group, facts) : replacedIn(facts).includes(group),
    together: endTogether(facts.nodegroups),
    updating: facts.nodegroups.flatMap(({ nodegroupName, status }) => (status === 'UPDATING' ? nodegroupName : [])),
    now: ports.clock.now(),
  };
  const drains = observeDrains(state?.facts.drain, question);
  const after = await loadForcedAfter(ports, context.record, (await context.policy()).spec);
  const inTheEnd = `The policy has their node group rolled by force from ${after} after the beginning of the first roll that they stop: EKS then deletes these pods.`;
  const isOfOthers = (one: Observation): one is Problem => isError(one) && !question.rolls(one.subject.name ?? '');
  const found = [
    ...(after === undefined ? drains : asWarnings(drains, isStuckDrain, inTheEnd)),
    ...asWarnings(ofRolls, isOfOthers, 'No hop rolls this node group: its AMI is its own, and no rule names another.'),
  ];
  if (!found.some(isError) || !(await nodesStay(ports, context, facts))) return found;
  return asWarnings(found, isError, 'The nodes stay as they are in this hop (rollNodes: whenSkewRequires).');
}

/** Whether this hop leaves the nodes as they are. Who scans without a grant asks about no hop of a rollout. */
async function nodesStay(ports: StepPorts, context: StepContext, { nodegroups }: PreflightFacts): Promise<boolean> {
  if (context.grant === undefined) return false;
  const groups = nodegroups.map(({ nodegroupName: name, version }) => ({ name, version }));
  return nodesMayWait(await loadHopPolicy(ports, context), context.target, groups);
}

const isError = (one: Observation): one is Problem => one.type === 'problem' && one.severity === 'error';

/** Those that stop no hop here become warnings, which say why. */
const asWarnings = (
  found: readonly Observation[],
  which: (one: Observation) => one is Problem,
  why: string,
): Observation[] =>
  found.map((one) => (which(one) ? { ...one, severity: 'warning', message: `${one.message} ${why}` } : one));

const isRolledHere = (name: string | undefined, { nodegroups, nodes }: PreflightFacts): boolean =>
  nodegroups.some((group) => group.nodegroupName === name && isRolled(nodes, group));

/** Stores the report, and records its time for whoever follows the scan. */
async function keepReport(ports: StepPorts, context: StepContext, report: ScanReport): Promise<ScanSummary> {
  const { asker, clusterKey, target } = context;
  const begun: ScanRun = {
    ...{ clusterKey, execution: asker.arn, target: target.toString(), startedAt: context.startedAt.toISOString() },
    ...{ status: 'running', read: 0, left: 0, resumed: 0, reasons: [] },
  };
  const run = (await loadRun(ports.table, asker.arn))?.data ?? begun;
  const summary = await saveReport(ports.table, run, report, ports.clock.now(), context.grant !== undefined);
  await saveRun(ports.table, { ...run, scannedAt: summary.scannedAt }, ports.clock.now());
  return summary;
}

/** Records the end of a scan for whoever follows it, with the reasons when there is no report. */
async function endRun(ports: StepPorts, { execution }: StepInput, result: StepResult): Promise<void> {
  if (result.status === 'wait') return;
  const run = await loadRun(ports.table, execution.arn);
  if (run === undefined || run.data.status === 'ended') return;
  const reasons = bounded(result.reasons);
  await saveRun(ports.table, { ...run.data, status: 'ended', reasons }, ports.clock.now());
}
