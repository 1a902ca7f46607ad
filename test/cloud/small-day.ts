import { MACHINE_NAMES } from '../../core/contracts/names.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { ClusterControls, Clusters, Rollouts, upgradesOf } from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import { apiRequest } from '../../simulator/cloud/api-request.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { acceptedMutations } from '../../simulator/eks/log/timeline.ts';
import { configOf, knowVersions, type PreparedFleet } from '../../simulator/process/prepare-fleet.ts';
import { untilRest } from '../../simulator/process/until-rest.ts';
import { changeSettingsMeanwhile } from './changed-settings.ts';
import { switchOff, takeLetters } from './failed-calls.ts';
import { loseAnswer } from './lost-answer.ts';
import { afterCall, type Moment } from './moment.ts';
import { startByHand, stopRunningUpgrades, switchRollouts } from './people.ts';
import { auditChanges } from './refused.ts';
import { minutes } from './small-cloud.ts';
import { misheard } from './strangers.ts';
import { tellOfOthers, tellOfTimeout } from './told.ts';
import { makeGates, makeHookReceivers, promoteWatchedWave } from './watched-wave.ts';

const FIRST = 'arn:aws:eks:eu-central-1:111111111111:cluster/first-dev';
const SECOND = 'arn:aws:eks:us-east-1:222222222222:cluster/second-prod';
/** Where each is to end. */
export const ENDS: Readonly<Record<string, string>> = { [FIRST]: '1.36', [SECOND]: '1.35' };
const HOURS = 8;

type OnProblem = (problem: string) => void;

/**
 * One cluster goes by its policy, loses its execution in the middle and is tried again; the other one is asked for by a person, taken back
 * and asked for again, and the first one goes back in the end, as the second one does past Liftlock; fleet and rollouts are stopped and resumed; every machine is started by hand; accounts and functions fail for an hour.
 */
export async function smallDay(cloud: LocalCloud, prepared: PreparedFleet, onProblem: OnProblem): Promise<void> {
  await knowVersions(cloud.table, prepared);
  await apiRequest(cloud, 'PUT', '/v1/config', withWaveHooks(configOf(prepared)));
  await makeGates(cloud);
  await makeHookReceivers(cloud);
  cloud.begin();
  await minutes(cloud, 3);
  await eventsComeIn(cloud, onProblem);
  await fleetAndRollouts(cloud, prepared);
  await firstCluster(cloud);
  for (const problem of await secondCluster(cloud)) onProblem(problem);
  for (const problem of await promoteWatchedWave(cloud, 'dev')) onProblem(problem);
  for (const problem of await newImages(cloud)) onProblem(problem);
  for (const problem of await askedAfterWave(cloud)) onProblem(problem);
  for (const problem of await drains(cloud)) onProblem(problem);
  for (const machine of MACHINE_NAMES) {
    await startByHand(cloud, machine, { cluster: SECOND, targetVersion: ENDS[SECOND] });
    await minutes(cloud, 3);
  }
  for (const problem of await takenBack(cloud)) onProblem(problem);
  for (const problem of await takenBackByOthers(cloud)) onProblem(problem);
  const problems = [...(await unnamedStarts(cloud)), ...(await auditChanges(cloud))];
  await badHours(cloud, onProblem);
  // At the end: a run that goes to its end says by what way nothing came any more.
  for (const problem of problems) onProblem(problem);
}

/** Those whom the policy dev asks before each step are asked before its one wave and after it too; in other runs nobody has made them. */
function withWaveHooks(documents: ReturnType<typeof configOf>): readonly object[] {
  return documents.map((document) => {
    if (document.kind !== 'UpgradePolicy' || document.metadata.name !== 'dev') return document;
    const { hooks = [] } = document.spec;
    const ofWave = hooks.flatMap((hook) =>
      hook.name.startsWith('smoke-') && !('job' in hook.ask || 'webhook' in hook.ask)
        ? ['before', 'after'].map((at) => ({ ...hook, name: `${at}-${hook.name}`, at, step: 'wave' }))
        : [],
    );
    return { ...document, spec: { ...document.spec, hooks: [...hooks, ...ofWave] } };
  });
}

/** A rollout of the policy dev has ended, and before that each hook after its wave had said go. */
async function askedAfterWave(cloud: LocalCloud): Promise<string[]> {
  const ended = (await loadKind(cloud.table, Rollouts)).find(
    ({ policy, status }) => policy === 'dev' && /^Completed/.test(status),
  );
  const audit = await cloud.table.auditOf(`rollout/${ended?.id}`);
  const said = audit
    .slice(
      0,
      audit.findIndex(({ event }) => event === `Rollout${ended?.status}`),
    )
    .flatMap(({ event, detail }) => (event === 'HookAnswered' ? `${detail.hook} ${detail.answer}` : []));
  return ['after-smoke-ticket/after/wave/all go', 'after-smoke-board/after/wave/all go']
    .filter((one) => !said.includes(one))
    .map((one) => `nobody said ${one} before a rollout of dev ended: ${said.join(', ')}`);
}

/** The policy of that name, whose plans are others. */
const withMoreAtOnce = (documents: ReturnType<typeof configOf>, name: string): readonly object[] =>
  documents.flatMap((document) => {
    if (document.kind !== 'UpgradePolicy' || document.metadata.name !== name) return [];
    const waves = document.spec.waves.map((wave) => ({ ...wave, maxConcurrency: 2 }));
    return [{ ...document, spec: { ...document.spec, waves } }];
  });

/** What was started by hand stands in the audit with who did it, one by one; an upgrade that the API started is granted in their name. */
async function unnamedStarts(cloud: LocalCloud): Promise<string[]> {
  const second = (await loadKind(cloud.table, Clusters)).find(({ arn }) => arn === SECOND);
  const audit = await cloud.table.auditOf(second?.clusterKey ?? '');
  const named = new Map(
    audit.flatMap(({ event, principal, detail }) =>
      event === 'StartedByHand' ? [[String(detail.execution), principal]] : [],
    ),
  );
  const problems = MACHINE_NAMES.filter(
    (machine) => ![...named].some(([execution, who]) => execution.includes(`:liftlock-${machine}:`) && isPerson(who)),
  ).map((machine) => `the audit names nobody who started ${machine} by hand`);
  for (const { event, principal, detail } of audit) {
    if (event === 'Granted' && principal === 'unknown' && !named.has(String(detail.holder)))
      problems.push(`nobody knows who started ${detail.holder}`);
  }
  return problems;
}

const isPerson = (principal: string): boolean => /^(user|role|sso):\d{12}\//.test(principal);

async function eventsComeIn(cloud: LocalCloud, onProblem: OnProblem): Promise<void> {
  cloud.trail.tellOfLifecycle('111111111111', 'eu-central-1', [FIRST], cloud.clock.now().getTime());
  tellOfOthers(cloud, FIRST);
  tellOfTimeout(cloud);
  for (const problem of misheard(cloud, FIRST)) onProblem(problem);
}

async function fleetAndRollouts(cloud: LocalCloud, prepared: PreparedFleet): Promise<void> {
  await apiRequest(cloud, 'GET', '/v1/clusters');
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  await minutes(cloud, 2);
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {});
  await switchRollouts(cloud, { running: 'dev', waiting: 'prod', changed: withMoreAtOnce(configOf(prepared), 'prod') });
}

async function firstCluster(cloud: LocalCloud): Promise<void> {
  await apiRequest(cloud, 'POST', '/v1/clusters/first-dev/scans', {});
  changeSettingsMeanwhile(cloud, { cluster: FIRST, addon: 'coredns', supportType: 'STANDARD' });
  await until(cloud, loseAnswer(cloud, FIRST), 'the control plane of first-dev is updated');
  await minutes(cloud, 30);
  await apiRequest(cloud, 'POST', '/v1/clusters/first-dev/retry', {});
  // Past the hour: versions and deadlines are looked at again, now with an inventory.
  await minutes(cloud, 20);
}

async function secondCluster(cloud: LocalCloud): Promise<string[]> {
  const upgrade = { to: ENDS[SECOND], approve: true };
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/break-glass', { reason: 'rehearsed', for: '10m' });
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/upgrade', upgrade);
  await minutes(cloud, 1);
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/break-glass/end', { reason: 'rehearsed' });
  await stopRunningUpgrades(cloud);
  await minutes(cloud, 2);
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/release', {});
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/upgrade', upgrade);
  const problems = await settingsPutBack(cloud);
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/release', {});
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/upgrade', upgrade);
  await rest(cloud);
  return [...problems, ...(await askedOfPrometheus(cloud))];
}

/** Nobody answers at the URL; that it is told so shows that the secret was read, and that the host might be asked. The workspace is another account's. */
async function askedOfPrometheus(cloud: LocalCloud): Promise<string[]> {
  const second = (await loadKind(cloud.table, Clusters)).find(({ arn }) => arn === SECOND);
  const upgrades = await upgradesOf(cloud.table, second?.clusterKey ?? '');
  const told = upgrades.flatMap(({ steps }) => steps['smoke-check']?.reasons ?? []).map(({ message }) => message);
  const isAsked = told.some((one) => one.includes('127.0.0.1:9/prometheus could not be read: UrlUnreachable'));
  const payments = upgrades
    .flatMap((upgrade) => comparisonOf(upgrade)?.verdicts ?? [])
    .find((one) => one.kind === 'rate' && one.of?.name === 'payments');
  return [
    ...(isAsked ? [] : [`second-prod says nothing of its queries: ${told.join(' ')}`]),
    ...(payments?.result === 'pass' ? [] : [`payments, of a workspace, is no pass: ${JSON.stringify(payments)}`]),
  ];
}

/**
 * Somebody stops the fleet and the execution while EKS gives a node group the update settings of the policy: they are taken back all the same.
 */
async function settingsPutBack(cloud: LocalCloud): Promise<string[]> {
  const own = (): boolean =>
    Object.values(cloud.eks.state.clusters).every(({ nodegroups }) =>
      nodegroups.every(({ updateConfig }) => updateConfig.maxUnavailable === 1),
    );
  const problems: string[] = [];
  const set = afterCall(cloud, { operation: 'UpdateNodegroupConfig', cluster: SECOND }, () => {
    cloud.time.after(0, () => stopRunningUpgrades(cloud));
    return true;
  });
  await until(cloud, set, 'a node group of second-prod gets the update settings of the policy');
  await apiRequest(cloud, 'POST', '/v1/fleet/stop', { reason: 'rehearsed' });
  await minutes(cloud, 15);
  if (!own()) problems.push('update settings are not put back while the fleet is stopped');
  await apiRequest(cloud, 'POST', '/v1/fleet/resume', {});
  return problems;
}

/** AWS has published an image four days before; the policy takes it within the hour, and by force in the end, since a budget lets no pod of CoreDNS go. */
async function newImages(cloud: LocalCloud): Promise<string[]> {
  const first = Object.values(cloud.eks.state.clusters).find(({ arn }) => arn === FIRST);
  const [budget] = first?.kubernetes.podDisruptionBudgets ?? [];
  if (budget !== undefined) budget.maxUnavailable = 0;
  cloud.eks.state.imageDays = { '1.37': '2026-11-16' };
  await minutes(cloud, 60);
  await rest(cloud);
  if (budget !== undefined) budget.maxUnavailable = 1;
  const behind = first?.nodegroups.filter(({ releaseVersion }) => !releaseVersion.endsWith('-20261116')) ?? [];
  const rolls = acceptedMutations(cloud.eks.state, { clusterArn: FIRST, operation: 'UpdateNodegroupVersion' });
  const forced = rolls.filter(({ request }) => request.force === true).length;
  return [
    ...behind.map(
      ({ name, releaseVersion }) => `${name} of first-dev runs ${releaseVersion}, and not the newest image`,
    ),
    ...(forced === 1 ? [] : [`${forced} rolls of first-dev were by force`]),
  ];
}

/**
 * Whoever approves it takes the first cluster back to where it was, which is in extended support by then; somebody stops it in the middle, it is asked
 * for again, and the trait is cleared.
 */
async function takenBack(cloud: LocalCloud): Promise<string[]> {
  const { state } = cloud.eks;
  state.supportCalendar = state.supportCalendar.map((row) =>
    row.minor === '1.36' ? { ...row, endOfStandardSupport: '2026-11-01' } : row,
  );
  for (const cluster of Object.values(state.clusters)) if (cluster.arn === FIRST) cluster.supportType = 'STANDARD';
  // What Regions offer is asked for once an hour.
  await minutes(cloud, 65);
  const asked = ['/v1/clusters/first-dev/rollback', { approve: true, extendSupport: true }] as const;
  await apiRequest(cloud, 'POST', ...asked);
  await until(
    cloud,
    afterCall(cloud, { operation: 'UpdateNodegroupVersion', cluster: FIRST }, () => true),
    'a node group of first-dev goes back',
  );
  await stopRunningUpgrades(cloud, 'rollback-cluster');
  await minutes(cloud, 5);
  await apiRequest(cloud, 'POST', ...asked);
  await rest(cloud);
  const first = (await loadKind(cloud.table, Clusters)).find(({ arn }) => arn === FIRST);
  const upgrades = await upgradesOf(cloud.table, first?.clusterKey ?? '');
  const [back] = upgrades.filter(({ machine }) => machine === 'rollback-cluster');
  const told = back?.reasons.map(({ message }) => message).join(' ');
  const support = Object.values(state.clusters).find(({ arn }) => arn === FIRST)?.supportType;
  if (support !== 'EXTENDED') return [`the support type of first-dev is ${support}`];
  // Whatever it was, it does not lie in the image of the nodes.
  const rollouts = await loadKind(cloud.table, Rollouts);
  const ended = rollouts.find(({ status }) => status === 'CompletedWithFailures');
  const released = { traits: ['ami/AL2023_x86_64_STANDARD'], reason: 'it was something else' };
  await apiRequest(cloud, 'POST', `/v1/rollouts/${ended?.id}/release-trait`, released);
  return back?.status === 'Succeeded' ? [] : [`the rollback of first-dev is ${back?.status}: ${told}`];
}

/** Somebody takes the control plane of the second cluster back past Liftlock, and then up again: nothing of Liftlock's does that by itself. */
async function takenBackByOthers(cloud: LocalCloud): Promise<string[]> {
  const second = Object.values(cloud.eks.state.clusters).find(({ arn }) => arn === SECOND);
  if (second === undefined) return ['second-prod is gone'];
  second.version = '1.34';
  await minutes(cloud, 65);
  const record = (await loadKind(cloud.table, Clusters)).find(({ arn }) => arn === SECOND);
  const upgrades = await upgradesOf(cloud.table, record?.clusterKey ?? '');
  const control = await load(cloud.table, ClusterControls, record?.clusterKey ?? '');
  const found = [
    upgrades.find(({ id }) => id === '1.34-1.35')?.status,
    control?.data.held?.reason.code,
    second.version,
  ];
  second.version = '1.35';
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/release', {});
  const said = found.join(', ');
  return said === 'RolledBack, RolledBack, 1.34' ? [] : [`what others took back of second-prod is ${said}`];
}

/** One drain ends; one whose pods have nowhere to go is canceled in the middle, and then given up: both times it is taken back. */
async function drains(cloud: LocalCloud): Promise<string[]> {
  const path = '/v1/clusters/second-prod/drain';
  const problems: string[] = [];
  const cordoned = (): number =>
    Object.values(cloud.eks.state.clusters).flatMap(({ kubernetes }) =>
      kubernetes.nodes.filter(({ annotations }) => annotations?.['liftlock.dev/cordoned-by'] !== undefined),
    ).length;
  const expect = (what: string, holds: boolean): void =>
    void (holds || problems.push(`${what}: ${cordoned()} cordoned`));
  await apiRequest(cloud, 'POST', path, { nodegroup: 'workers', approve: true });
  await rest(cloud);
  const drained = cordoned();
  expect('a drained group stays cordoned', drained > 0);
  // What is left of the cluster is drained as well: its pods have nowhere to go.
  await apiRequest(cloud, 'POST', path, { nodegroup: 'custom', approve: true });
  await minutes(cloud, 2);
  expect('a drain cordons', cordoned() > drained);
  await apiRequest(cloud, 'POST', `${path}/cancel`, { nodegroup: 'custom', reason: 'rehearsed' });
  await rest(cloud);
  expect('a canceled drain is taken back', cordoned() === drained);
  await apiRequest(cloud, 'POST', path, { nodegroup: 'custom', approve: true });
  await rest(cloud);
  expect('a drain that is stuck is taken back, and no other one', cordoned() === drained);
  await apiRequest(cloud, 'POST', '/v1/clusters/second-prod/release', {});
  return problems;
}

/** For an hour calls of the functions that are started hourly are refused; in the next one EKS refuses every account. */
async function badHours(cloud: LocalCloud, onProblem: OnProblem): Promise<void> {
  const hourly = ['liftlock-discover-clusters', 'liftlock-watch-versions', 'liftlock-refresh-readiness'];
  const giveBack = switchOff(cloud, hourly);
  await minutes(cloud, 60);
  giveBack();
  for (const problem of takeLetters(cloud, hourly)) onProblem(problem);
  cloud.eks.state.deniedAccounts.push('111111111111', '222222222222');
  await minutes(cloud, 60);
}

async function until(cloud: LocalCloud, moment: Moment, what: string): Promise<void> {
  const end = cloud.clock.now().getTime() + HOURS * 3_600_000;
  while (!moment.happened) {
    if (cloud.clock.now().getTime() > end) throw new Error(`within ${HOURS} hours it did not happen that ${what}`);
    await minutes(cloud, 1);
  }
}

async function rest(cloud: LocalCloud): Promise<void> {
  const end = new Date(cloud.clock.now().getTime() + HOURS * 3_600_000);
  if (!(await untilRest(cloud, cloud.clock, { until: end, quietHours: 0.4 })))
    throw new Error(`it did not come to rest within ${HOURS} hours`);
}
