import { STARTED_BY } from '../../../core/contracts/step-input.ts';
import { recordCluster } from '../../../core/inventory/record-cluster.ts';
import { SETTLING_MILLISECONDS } from '../../../core/policy/quarantine.ts';
import { addCluster } from '../../eks/add-cluster.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { Faults } from '../../faults/faulty-ports.ts';
import { World, type WorldOptions } from '../../process/world.ts';
import { clusterNamed } from '../fleet/synthetic-clusters.ts';
import { seriesOf } from '../fleet/synthetic-probes.ts';
import { openDesk } from '../people/desk.ts';
import { goOnCall } from '../people/on-call.ts';
import { openReceivers } from '../people/receivers.ts';
import { runTests } from '../people/test-runs.ts';
import { tried } from '../people/tried.ts';
import { changeCalendar, changePolicy } from './change-rules.ts';
import { armEks } from './eks-faults.ts';
import { deliveries, effectFaults, skewedClocks, staleIndex } from './fault-ports.ts';
import { hubFaults } from './hub-faults.ts';
import { applyNewerConfig, changeConfig, deploy, restoreLater } from './operations-faults.ts';
import { actAsPerson, openGrants } from './people.ts';
import { type FaultOf, faultsOf, type Later, type PlannedFault } from './planned-fault.ts';

const MINUTE = 60_000;
/** The longest consequence of a fault: a stop after a restore, an hour's pause, a late event. */
const AFTERMATH_MINUTES = 100;

/** A world in which these faults will occur, each at its time or operation; and the end of the last timed one. */
export function worldWithFaults(
  options: Omit<WorldOptions, 'around' | 'deliver'>,
  planned: readonly PlannedFault[],
): { readonly world: World; readonly over: Date; readonly isExpected: () => boolean } {
  const { start } = options;
  const faults = new Faults(effectFaults(planned));
  const clocks = skewedClocks(planned);
  const index = staleIndex(planned, start);
  const minuteNow = () => (world.clock.now().getTime() - start.getTime()) / MINUTE;
  const hub = hubFaults(planned, minuteNow);
  const world: World = new World({
    ...options,
    around: (ports, invocation) =>
      faults.around(index(clocks(hub(ports, invocation), invocation), invocation), invocation),
    deliver: deliveries(planned, minuteNow),
  });
  faults.attach(world);
  armEks(world.eks, planned, start);
  schedule(world, start, planned);
  openReceivers(world, options.seed);
  runTests(world, options.seed);
  const isAsked = openDesk(world, options.seed, faultsOf(planned, 'approvals'));
  const isCalled = faultsOf(planned, 'on-call').length > 0 ? goOnCall(world, options.seed) : () => false;
  const last = Math.max(0, ...planned.map(endOf));
  return { world, over: new Date(start.getTime() + last * MINUTE), isExpected: () => isAsked() || isCalled() };
}

/** Minutes after the start when the consequences of the fault have ended. */
function endOf(fault: PlannedFault): number {
  if (!('minute' in fault)) return 0;
  const more =
    fault.kind === 'restored'
      ? (fault.again ?? [])
      : fault.kind === 'redriven' || fault.kind === 'blocked'
        ? [{ after: fault.minutes }]
        : [];
  return fault.minute + AFTERMATH_MINUTES + more.reduce((sum, { after }) => sum + after, 0);
}

function schedule(world: World, start: Date, planned: readonly PlannedFault[]): void {
  const at = (minute: number, run: () => Promise<void>): void => {
    world.clock.schedule(new Date(start.getTime() + minute * MINUTE), run);
  };
  const later: Later = (minutes, run) => {
    world.clock.schedule(new Date(world.clock.now().getTime() + minutes * MINUTE), run);
  };
  for (const fault of faultsOf(planned, 'person')) at(fault.minute, () => actAsPerson(world, fault, later));
  for (const fault of faultsOf(planned, 'excluded')) at(fault.minute, () => excludeCluster(world, fault, later));
  for (const fault of faultsOf(planned, 'tag')) at(fault.minute, () => changeTag(world, fault, later));
  for (const fault of faultsOf(planned, 'history-limit')) at(fault.minute, () => fillHistory(world, fault));
  for (const fault of faultsOf(planned, 'redriven')) {
    // It is armed first, because the stopped execution is the first that ends from then on.
    at(fault.minute, async () => redriveEnded(world, fault, later));
    if (fault.stops) at(fault.minute, () => stopToRedrive(world, fault));
  }
  for (const fault of faultsOf(planned, 'config')) at(fault.minute, () => changeConfig(world, fault, later));
  for (const fault of faultsOf(planned, 'newer-config')) at(fault.minute, () => applyNewerConfig(world, fault, later));
  for (const fault of faultsOf(planned, 'calendar')) at(fault.minute, () => changeCalendar(world, fault));
  for (const fault of faultsOf(planned, 'policy')) at(fault.minute, () => changePolicy(world, fault, fault.minute));
  for (const { minute, minutes, gate, status } of faultsOf(planned, 'gate')) {
    at(minute, async () => void world.gates.set(gate, status));
    at(minute + minutes, async () => void world.gates.delete(gate));
  }
  for (const fault of faultsOf(planned, 'deployment')) at(fault.minute, async () => deploy(world, fault.minute));
  for (const fault of faultsOf(planned, 'restored')) {
    const back = Math.min(fault.minute, fault.back);
    at(fault.minute - back, async () => restoreLater(world, { ...fault, back }, later));
  }
  for (const fault of faultsOf(planned, 'created')) {
    const like = clusterNamed(world.eks.state, fault.cluster);
    if (like !== undefined) at(fault.minute, createdLike(world, like, fault));
  }
  for (const fault of faultsOf(planned, 'blocked')) at(fault.minute, async () => blockCluster(world, fault, later));
  for (const { minute, minutes, account } of faultsOf(planned, 'denied')) {
    at(minute, async () => void world.eks.state.deniedAccounts.push(account));
    at(minute + minutes, async () => {
      const { deniedAccounts } = world.eks.state;
      const index = deniedAccounts.indexOf(account);
      if (index >= 0) deniedAccounts.splice(index, 1);
    });
  }
}

/** It settles (core/policy/quarantine.ts) half an hour after it has appeared. */
function createdLike({ eks }: World, like: ClusterRecord, { minute }: FaultOf<'created'>): () => Promise<void> {
  const { version, account, region, tags, description } = like;
  const name = `${like.name}-${minute}`;
  const nodegroups = like.nodegroups.map((group) => ({ name: group.name, version: group.version }));
  const auto = description.computeConfig?.enabled === true ? { autoModeNodes: 1, addons: {} } : {};
  const specification = { name, version, account, region, tags: { ...tags }, nodegroups, ...auto };
  return async () => {
    const createdAt = new Date(eks.state.now - SETTLING_MILLISECONDS + 30 * MINUTE);
    addCluster(eks.state, { ...specification, createdAt }).prometheus = [seriesOf(name)];
  };
}

/** Another cluster with that name, created meanwhile, has nothing to remove. */
function blockCluster({ eks }: World, { cluster, by, minutes }: FaultOf<'blocked'>, later: Later): void {
  const blocked = clusterNamed(eks.state, cluster);
  if (blocked === undefined) return;
  const block = (stands: boolean): void => {
    if (by === 'insights') blocked.insights.unavailable = stands;
    else
      for (const budget of blocked.kubernetes.podDisruptionBudgets)
        if (budget.name === 'coredns') budget.maxUnavailable = stands ? 0 : 1;
  };
  block(true);
  later(minutes, async () => block(false));
}

/** Fills the history of an execution under the newest grant, so that its next event fails it. */
async function fillHistory(world: World, { nested }: FaultOf<'history-limit'>): Promise<void> {
  const [grant] = (await openGrants(world)).slice(-1);
  const executionArn = nested ? grant?.children.at(-1) : grant?.holder;
  if (executionArn !== undefined) world.runner.fillHistory(executionArn);
}

/** Redrives the next execution of an upgrade, or one nested in it, that ends without success. */
function redriveEnded(world: World, { minutes, nested }: FaultOf<'redriven'>, later: Later): void {
  const before = world.onEnded;
  let isArmed = true;
  world.onEnded = (execution) => {
    before(execution);
    const { executionArn, input, redriveStatus } = execution;
    if (!isArmed || redriveStatus !== 'REDRIVABLE' || input.includes(STARTED_BY) !== nested) return;
    isArmed = false;
    // A user may have redriven it meanwhile, and it runs again or has succeeded.
    later(minutes, async () => void (await tried(world.runner.redriveExecution({ executionArn }))));
  };
}

/** Stops the newest upgrade, or its nested execution. */
async function stopToRedrive(world: World, { nested }: FaultOf<'redriven'>): Promise<void> {
  const granted = (await openGrants(world)).flatMap(({ holder, children }) => (nested ? children : [holder]));
  const executionArn = granted.findLast((arn) => statusOf(world, arn) === 'RUNNING');
  if (executionArn !== undefined) await tried(world.runner.stopExecution({ executionArn, error: 'StoppedByHand' }));
}

/** Undefined for a granted execution that was not started. */
function statusOf({ runner }: World, executionArn: string): string | undefined {
  try {
    return runner.describeExecution(executionArn).status;
  } catch {
    return undefined;
  }
}

/** Sets the tag that excludes a cluster from Liftlock, records the cluster, and removes the tag again. */
async function excludeCluster(world: World, { cluster, minutes }: FaultOf<'excluded'>, later: Later): Promise<void> {
  await setTag(world, { cluster, tag: 'paused', seen: true }, 'true');
  later(minutes, () => setTag(world, { cluster, tag: 'paused', seen: true }, undefined));
}

/** Sets a tag, changes or removes it, and restores its first value. */
async function changeTag(world: World, fault: FaultOf<'tag'>, later: Later): Promise<void> {
  const { minutes, value, changed } = fault;
  const before = clusterNamed(world.eks.state, fault.cluster)?.tags[`liftlock/${fault.tag}`];
  await setTag(world, fault, value);
  later(Math.ceil(minutes / 2), () => setTag(world, fault, changed));
  later(minutes, () => setTag(world, fault, before));
}

async function setTag(
  world: World,
  { cluster: name, tag, seen }: Pick<FaultOf<'tag'>, 'cluster' | 'tag' | 'seen'>,
  value: string | undefined,
): Promise<void> {
  const cluster = clusterNamed(world.eks.state, name);
  if (cluster === undefined) return;
  const { account, region, tags } = cluster;
  if (value === undefined) delete tags[`liftlock/${tag}`];
  else tags[`liftlock/${tag}`] = value;
  if (seen) await tried(recordCluster(world.ports, { account, region, name, depth: 'deep' }));
}
