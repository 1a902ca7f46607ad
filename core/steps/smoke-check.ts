import { z } from 'zod';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import { reasonSchema } from '../contracts/items/common.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { done, failed, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { recordNodes } from '../inventory/record-nodes.ts';
import { given } from '../model/given.ts';
import { isRollback } from '../model/hop.ts';
import { pollSeconds } from '../model/poll-seconds.ts';
import { groupOfOne } from '../model/seen-nodes.ts';
import { counted, some } from '../model/words.ts';
import type { Ports } from '../ports/ports.ts';
import type { Baseline, Observed, Reading } from '../probes/baseline.ts';
import { changedReasons, verdictReason } from '../probes/is-worse.ts';
import { PROBES, type ProbeVerdict, STATE_PROBES, type StateVerdict } from '../probes/probe-verdict.ts';
import { wellSince } from '../protocol/hop-before.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import type { ProbedUrl } from '../scan/preflight/preflight-check.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, findApiServer, isAccessError, isDeniedAccess } from './api-server.ts';
import { afterHooks, askHooks, type HookPorts, hooksPassedAt } from './ask-hooks.ts';
import { baselineFor } from './baseline-for.ts';
import { checkKubelets, type Kubelets } from './check-kubelets.ts';
import { compareHopRates, type RatePorts, secondsUntil } from './compare-hop-rates.ts';
import {
  beganBy,
  comparedBefore,
  compareWithBefore,
  hasCompared,
  judgeCompared,
  SETTLE_MINUTES,
} from './compare-with-before.ts';
import { deniedRetryAt, type StepContext } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';
import { nodesLater } from './node-room.ts';
import { probeUrls } from './probe-urls.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { observePolicy, readAlarms, readClusterProbes } from './read-probes.ts';
import { runStep, type StepOutcome } from './run-step.ts';

const STEP = 'smoke-check' as const;
/** While rates and test Jobs are awaited, all else is looked at until then, so that a fault is seen twice before all should be well. */
const LOOKED_AT_MINUTES = 10;
export type SmokePorts = HookPorts & RatePorts & Pick<Ports, 'clusters' | 'gates' | 'probe' | 'readers'>;

/** Checks whether the upgraded cluster works, compared with the scan's baseline. It reports what could not be checked. */
export function smokeCheck(ports: SmokePorts, stepInput: StepInput): Promise<StepResult> {
  return runStep(ports, stepInput, 'read', STEP, async (context) => {
    const held = await askHooks(ports, context, { at: 'before', step: STEP });
    if (held !== undefined) return held;
    const looking = { ...context, startedAt: await hooksPassedAt(context, STEP) };
    return afterHooks(ports, context, { step: STEP }, await check(ports, looking));
  });
}

async function check(ports: SmokePorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, target, name } = context;
  const rests = await readControlPlaneAtRest(ports, context);
  if ('stop' in rests) return rests.stop;
  const found: Found = { problems: [], notes: [], looked: [], unheard: [], denied: [], unrolled: [] };
  const { problems, notes, looked } = found;
  if (!KubeVersion.parse(cluster.version).equals(target))
    problems.push(reason('WrongVersion', `${name} is at ${cluster.version}, not at ${target}.`));
  const { spec: policy, unknown } = await context.policy();
  // It is unknown what the policy has checked, and that is never taken for nothing.
  if (unknown.length > 0) return parked(undefined, ...unknown);
  const rates = await compareHopRates(ports, context, policy);
  const settled = settledBefore(context);
  notes.push(...(settled?.notes ?? []));
  looked.push(...(settled?.looked ?? []));
  const states =
    settled === undefined
      ? await lookAround(ports, context, policy, found)
      : await withTestJobs(ports, context, policy, settled.states);
  if (found.unrolled.length > 0) return parked(nodesLater(ports), ...found.unrolled);
  const now = ports.clock.now();
  if (now >= settlesAt(context)) notes.push(...found.unheard.splice(0));
  const settledNow = { settled: { notes: [...notes], looked: [...looked] } };
  const judged = await judgeCompared(ports, context, [...states, ...(rates ?? [])]);
  // A verdict that is not enough alone may be enough together with a rate that rose, or may have risen.
  const mayBeSecond = rates?.some(({ result, concludesAt }) => result === 'fail' || concludesAt !== undefined) ?? false;
  const unproved = tellVerdicts(judged, found, mayBeSecond);
  const { told, openRates, endsLooking } = standingOf(context, found, unproved, now);
  const before = context.upgrade && wellSince(context.upgrade);
  const kept = {
    ...{ comparedAt: now.toISOString(), verdicts: judged.verdicts },
    ...given({ wellSince: before }),
    ...((endsLooking || settled !== undefined) && settledNow),
  };
  const outcome = (result: StepResult): StepOutcome =>
    isAsRecorded(context, kept) ? result : { ...result, detail: kept };
  if (problems.length > 0 && now >= settlesAt(context))
    return outcome(failed(...problems, ...told, ...found.denied, ...notes));
  if (problems.length > 0 || told.length > 0) {
    const poll = pollSeconds(context.startedAt, now, { least: 30, most: 120 });
    return outcome(wait(poll, ...problems, ...told));
  }
  if (found.denied.length > 0) return outcome(parked(deniedRetryAt(ports), ...found.denied));
  if (openRates.length > 0) return outcome(wait(secondsUntil(openRates, now), ...openRates.map(verdictReason)));
  const ended = [...notes, ...unproved.map(verdictReason), reason('Looked', `${looked.join('; ')}.`)];
  const since = (await hasMovedSince(ports, context, before)) ? now.toISOString() : (before ?? now.toISOString());
  const watched = await stillWatched(ports, context, policy, since);
  // A hook that is asked after the check may take hours: what begins meanwhile does not concern the hop.
  if (watched === undefined)
    return settled === undefined ? { ...done(...ended), detail: { ...kept, ...settledNow } } : outcome(done(...ended));
  return { ...watched, reasons: [...watched.reasons, ...ended], detail: { ...kept, wellSince: since } };
}

/** When moved workloads have had their time, and all should be well. */
const settlesAt = ({ startedAt }: StepContext): Date => new Date(startedAt.getTime() + SETTLE_MINUTES * 60_000);

/** What this look has left open. */
interface Standing {
  /** Faults that may pass, and what could not be told because of one. */
  readonly told: readonly Reason[];
  readonly openRates: readonly ProbeVerdict[];
  /** From here on only rates and test Jobs are read: later faults of the rest do not concern the hop. */
  readonly endsLooking: boolean;
}

function standingOf(
  context: StepContext,
  { problems, unheard }: Found,
  unproved: readonly ProbeVerdict[],
  now: Date,
): Standing {
  const settled = settlesAt(context);
  // A fault that began after everything should have been well again is not waited for: another one would begin then. Test Jobs take their time.
  const awaited = unproved.filter(
    (one) => one.kind === 'state' && (now < settled || isOfTestJobs(one) || beganBy(one, settled.getTime())),
  );
  const openRates = unproved.filter(({ kind }) => kind === 'rate');
  const endsLooking =
    problems.length === 0 &&
    unheard.length === 0 &&
    openRates.length + awaited.length > 0 &&
    awaited.every(isOfTestJobs) &&
    now.getTime() >= context.startedAt.getTime() + LOOKED_AT_MINUTES * 60_000;
  return { told: [...awaited.map(verdictReason), ...unheard], openRates, endsLooking };
}

/**
 * Finds what gets worse only after hours, before the upgrade has succeeded. It parks, takes no place in its account meanwhile, and looks once more
 * after the watch of its wave. Undefined: the watch is over, or there is none. A rollback, and an upgrade without changes, are not watched.
 */
async function stillWatched(
  ports: SmokePorts,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  since: string,
): Promise<StepResult | undefined> {
  const { upgrade, name } = context;
  const isOfHop = upgrade?.machine === 'upgrade-cluster' && upgrade.mutated;
  if (!isOfHop || policy?.waves.some(({ watch }) => watch !== undefined) !== true) return undefined;
  const { wave } = await loadHopPolicy(ports, context);
  const isOfRollout = upgrade.rolloutId !== undefined;
  // Where its wave is unknown by now, the longest watch of all waves holds.
  const watch = wave === undefined && isOfRollout ? longestOf(policy.waves) : wave?.watch;
  if (watch === undefined) return undefined;
  const until = new Date(Date.parse(since) + durationMilliseconds(watch));
  if (until <= ports.clock.now()) return undefined;
  const said = `All of ${name} is at ${upgrade.to}, and was found no worse than before at ${since}; it is watched for ${watch}, and compared with before once more after ${until.toISOString()}.`;
  return parked(until, reason('Watching', said));
}

const longestOf = (waves: UpgradePolicySpec['waves']): string | undefined =>
  waves
    .flatMap(({ watch }) => watch ?? [])
    .toSorted((a, b) => durationMilliseconds(b) - durationMilliseconds(a))
    .at(0);

/** A later look may move something (an add-on with a new default, nodes with a new image). That is watched like what moved before it. */
async function hasMovedSince(
  { table }: Pick<Ports, 'table'>,
  { clusterKey, upgrade }: StepContext,
  since: string | undefined,
): Promise<boolean> {
  if (since === undefined) return false;
  const intents = await intentsOf(table, clusterKey);
  return intents.some(
    ({ data }) => data.upgradeId === upgrade?.id && data.committedAt > since && data.outcome?.type === 'accepted',
  );
}

/** The findings of a check: problems, what it could not tell, and what it looked at, so that "done" differs from "nothing was asked". */
interface Found extends Kubelets {
  readonly looked: string[];
  /** What could not be told because of a fault that may pass. It is asked again while moved workloads may settle, and reported then. */
  readonly unheard: Reason[];
  /** What Liftlock may not read of a cluster that the upgrade has changed: its permission is missing, which is no fault of the hop. */
  readonly denied: Reason[];
}

/** Checks everything but rates, and returns the comparison with the time before the hop. */
async function lookAround(
  ports: SmokePorts,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  found: Found,
): Promise<StateVerdict[]> {
  const { notes, looked, unheard } = found;
  looked.push(`EKS says ${context.cluster.version}`);
  let ofCluster: Reading = {};
  if (policy?.verification === 'eks-api') {
    const said = 'The policy verifies through the EKS API only: readiness, nodes, pods and workloads were not checked.';
    notes.push(reason('NotVerified', said));
  } else ofCluster = await checkInside(ports, context, policy, found);
  const alarms = await readAlarms(ports, context.name, policy?.scan.alarms);
  const urls = await checkUrls(ports, context, policy, found);
  if (alarms.length > 0) looked.push(counted(alarms.length, 'alarm'));
  // An alarm that was read before the hop may have no data while its pods come back, and ring only then.
  const known = (await baselineFor(ports, context))?.probes.alarms?.known ?? [];
  for (const { gate, message, mayPass } of alarms.filter(({ status }) => status === 'unknown'))
    (mayPass === true || known.includes(`alarm ${gate}`) ? unheard : notes).push(
      reason('ProbeInconclusive', `The alarm ${gate} could not be compared with before the hop: ${message}`),
    );
  return compareWithBefore(ports, context, { ...ofCluster, ...observePolicy(alarms, urls) });
}

const settledLook = z.object({ notes: z.array(reasonSchema), looked: z.array(z.string()) });

const isOfTestJobs = ({ probe }: Pick<ProbeVerdict, 'probe'>): boolean => probe === 'test-jobs';

/**
 * The settled verdicts, with test Jobs read again while they are awaited. Where they cannot be read now they are looked at again, and given up some
 * time after they were to be decided.
 */
async function withTestJobs(
  ports: SmokePorts,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  settled: readonly StateVerdict[],
): Promise<StateVerdict[]> {
  const [server, now] = [findApiServer(context), ports.clock.now()];
  const [before] = settled.filter((one) => isOfTestJobs(one) && one.concludesAt !== undefined);
  if (before === undefined || server === undefined) return [...settled];
  const others = settled.filter((one) => one !== before);
  try {
    const asked = { ...testsThatCount(context), lists: ['jobs'] } as const;
    const { reading } = await readClusterProbes(ports, server, policy, asked);
    const seen = reading['test-jobs'];
    if (seen !== undefined) return [...others, ...(await compareWithBefore(ports, context, { 'test-jobs': seen }))];
  } catch (error) {
    if (!isAccessError(error)) throw error;
  }
  const { concludesAt = '', ...undecided } = before;
  const isOver = now.getTime() > Date.parse(concludesAt) + SETTLE_MINUTES * 60_000;
  return [...others, isOver ? undecided : before];
}

/** Only Jobs that began after the hop's end count; during a watch and on a way back none is awaited, since other clusters wait. */
function testsThatCount({ upgrade, startedAt }: StepContext) {
  const since = upgrade && wellSince(upgrade);
  const isBack = upgrade !== undefined && isRollback(upgrade);
  return { begunAfter: new Date(since ?? startedAt), areAwaited: since === undefined && !isBack };
}

/** What this execution had found when all but rates and test Jobs was well; undefined where it was not yet. */
function settledBefore(context: StepContext) {
  const parsed = settledLook.safeParse(context.upgrade?.steps[STEP]?.detail?.settled);
  if (!parsed.success || !hasCompared(context)) return undefined;
  return { ...parsed.data, states: comparedBefore(context).filter((one) => one.kind === 'state') };
}

/** Adds verdicts to the findings, and returns those that another reading decides. */
function tellVerdicts(
  { verdicts, worse, because }: Awaited<ReturnType<typeof judgeCompared>>,
  { problems, notes }: Found,
  mayBeSecond: boolean,
): ProbeVerdict[] {
  // URLs have to answer whatever they did before, so they are reported already.
  (worse ? problems : notes).push(...because.filter(({ code }) => code !== 'UrlFailed'));
  notes.push(...changedReasons(verdicts));
  const unsure = verdicts.filter(({ result }) => result === 'inconclusive');
  const isAwaited = ({ probe, concludesAt }: ProbeVerdict): boolean =>
    concludesAt !== undefined && (PROBES[probe].isHard || PROBES[probe].kind === 'rate' || mayBeSecond);
  notes.push(...unsure.filter((one) => !isAwaited(one)).map(verdictReason));
  return unsure.filter(isAwaited);
}

/** A look that finds nothing new writes nothing. */
function isAsRecorded(
  context: StepContext,
  { verdicts, settled }: { verdicts: unknown[]; settled?: unknown },
): boolean {
  const isKept = settled === undefined || settledBefore(context) !== undefined;
  return isKept && JSON.stringify(comparedBefore(context)) === JSON.stringify(verdicts);
}

/** Returns the reading of the cluster for the comparison. */
async function checkInside(
  ports: SmokePorts,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  found: Found,
): Promise<Reading> {
  const { problems, notes, looked, unheard, denied } = found;
  const server = findApiServer(context);
  if (server === undefined) {
    problems.push(reason('NoEndpoint', `EKS gives no endpoint for ${context.name}.`));
    return {};
  }
  try {
    const ready = await ports.clusters.ready(server);
    if (!ready.ok) problems.push(reason('ApiServerNotReady', `/readyz says no: ${ready.failed.join(', ')}.`));
    const version = await ports.clusters.serverVersion(server);
    if (KubeVersion.tryParse(version)?.equals(context.target) !== true)
      problems.push(reason('WrongVersion', `The API server says ${version}.`));
    looked.push(`the API server is ready and says ${version}`);
    const nodes = await ports.clusters.listNodes(server);
    await recordNodes(ports, await context.record(), nodes.map(groupOfOne));
    await checkKubelets(ports, context, { nodes, rules: policy?.nodes }, found);
    const tests = testsThatCount(context);
    const { reading, seen, unread, passing } = await readClusterProbes(ports, server, policy, tests);
    for (const why of unread)
      (passing.includes(why) ? unheard : notes).push(
        reason('ProbeInconclusive', `Not compared with before the hop: ${why}`),
      );
    checkWithoutBaseline(await baselineFor(ports, context), reading, found);
    checkNamed([...seen.workloads.keys()], reading.workloads ?? [], policy?.smoke.deployments ?? [], found);
    return reading;
  } catch (error) {
    if (!isAccessError(error)) throw error;
    (isDeniedAccess(error) && context.upgrade?.mutated === true ? denied : problems).push(accessReason(error, context));
    return {};
  }
}

/** Without a baseline nothing can be compared, so nodes and the cluster's own workloads have to be well. */
function checkWithoutBaseline(before: Baseline | undefined, reading: Reading, found: Found): void {
  const { problems, notes, looked } = found;
  const baseline = before?.probes;
  for (const probe of STATE_PROBES) {
    const seen = reading[probe];
    if (seen === undefined) continue;
    const ill = seen.filter(({ is }) => is !== undefined);
    looked.push(`${PROBES[probe].what}: ${seen.length}${ill.length === 0 ? '' : ` (${ill.length} not well)`}`);
    if (baseline?.[probe] !== undefined || ill.length === 0) continue;
    const texts = ill.map(({ identity, said }) => `${identity}: ${said}`);
    const system = ill.filter(({ identity }) => identity.includes(' kube-system/'));
    if (probe === 'nodes') problems.push(reason('NodeNotReady', `${some(texts, 3)}.`));
    else if (probe === 'workloads')
      problems.push(...system.map(({ identity, said }) => reason('WorkloadUnavailable', `${identity} has ${said}.`)));
    else if (baseline === undefined)
      notes.push(reason('NoBaseline', `${some(texts, 3)}; there is no scan from before to compare with.`));
  }
}

/** Deployments that the policy names have to exist and be available, whatever they were before. */
function checkNamed(known: readonly string[], seen: readonly Observed[], named: readonly string[], found: Found): void {
  for (const name of named) {
    const identity = `Deployment ${name}`;
    const one = seen.find((it) => it.identity === identity);
    if (!known.includes(identity))
      found.problems.push(reason('WorkloadMissing', `The policy names the ${identity}, and it does not exist.`));
    else if (one?.is !== undefined)
      found.problems.push(reason('WorkloadUnavailable', `${identity}, which the policy names, has ${one.said}.`));
  }
}

async function checkUrls(
  ports: SmokePorts,
  { name: cluster }: StepContext,
  policy: UpgradePolicySpec | undefined,
  { problems, looked }: Found,
): Promise<ProbedUrl[]> {
  const probed = await probeUrls(ports, cluster, policy?.smoke.urls);
  if (probed.length > 0) looked.push(`${counted(probed.length, 'URL')} asked`);
  for (const { url, isReady, answer } of probed) {
    const said = `The URL ${url}, which the policy wants to answer with success after a hop, does not: ${answer}.`;
    if (!isReady) problems.push(reason('UrlFailed', said));
  }
  return probed;
}
