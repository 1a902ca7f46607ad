import { isDeepStrictEqual } from 'node:util';
import type { UndoEntry } from '../../core/contracts/items/protocol.ts';
import type { Wave } from '../../core/contracts/items/rollout.ts';
import { HOOK_JOB_MARK } from '../../core/ports/hook-jobs.ts';
import type { ItemKey } from '../../core/ports/table.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { firstBreak } from '../../core/store/audit.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  UndoEntries,
  Upgrades,
  Waves,
} from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { isCompatible } from '../eks/addon-catalog.ts';
import { record } from '../kubernetes/resources/stored-object.ts';
import { loadAllMembers } from '../process/load-all-members.ts';
import type { RunView } from '../process/run-view.ts';
import { checkApproval } from './check-approval.ts';
import { checkBudget, checkCaps } from './check-caps.ts';
import { checkDisruption } from './check-disruption.ts';
import { checkAttempts, checkFence } from './check-fence.ts';
import { checkGrant } from './check-grant.ts';
import { checkHooks } from './check-hooks.ts';
import { checkLeftBehind } from './check-left-behind.ts';
import { checkOrder } from './check-order.ts';
import { checkProof } from './check-proof.ts';
import { checkReplan } from './check-replan.ts';
import { checkRollback } from './check-rollback.ts';
import { checkSoak } from './check-soak.ts';
import { checkWhole } from './check-whole.ts';
import { checkForced, checkStop, checkWindow } from './check-window.ts';
import { intentBefore, once } from './commit-invariants.ts';
import { oneHop, oneUpdate, order, skew } from './eks-invariants.ts';
import { checkHistory, type History, historyOf, type Violation } from './history.ts';
import { permitted, tagged, untouched } from './permission-invariants.ts';
import { StoreAt } from './store-at.ts';

/** Checks at every audit item, against the rules in force at that item. */
const CHECKS_OF_MOMENTS = [
  checkOrder,
  checkWindow,
  checkCaps,
  checkBudget,
  checkSoak,
  checkApproval,
  checkReplan,
  checkStop,
  checkAttempts,
  checkFence,
  checkGrant,
  checkWhole,
  checkProof,
  checkLeftBehind,
  checkRollback,
  checkDisruption,
  checkForced,
  checkHooks,
];

/** Checks of the whole history at once: the fake EKS's own log, and the final state of the table. */
const CHECKS_OF_HISTORY: readonly ((history: History) => Violation[] | Promise<Violation[]>)[] = [
  oneUpdate,
  oneHop,
  skew,
  order,
  untouched,
  tagged,
  permitted,
  intentBefore,
  once,
  unbrokenAudit,
  rebuilds,
  atRest,
  noCordonLeft,
  noJobLeft,
  noSilenceLeft,
  waveCounters,
  upToDateIsWhole,
];

/** Checks a run at rest against the invariants (docs/simulation.md, What is checked, names the file of each). */
export async function checkInvariants(world: RunView): Promise<Violation[]> {
  const history = await historyOf(world);
  const violations = checkHistory(history, CHECKS_OF_MOMENTS);
  for (const check of CHECKS_OF_HISTORY) violations.push(...(await check(history)));
  return violations;
}

/** 6, 7 and 16: the counters of a wave match its members, whatever has happened. */
async function waveCounters({ world }: History): Promise<Violation[]> {
  const members = await loadAllMembers(world.table);
  const violations: Violation[] = [];
  for (const wave of await loadKind(world.table, Waves)) {
    const own = members.filter((member) => member.rolloutId === wave.rolloutId && member.waveIndex === wave.index);
    const count = (status: string) => own.filter((member) => member.status === status).length;
    const truth = {
      succeeded: count('Succeeded'),
      failed: count('Failed'),
      blocked: count('Blocked'),
      excluded: count('Excluded'),
      quarantined: count('Quarantined'),
      inFlight: own.filter((member) => member.inFlight).length,
      members: own.length,
    };
    for (const [counter, value] of Object.entries(truth)) {
      const stored = wave[counter as keyof typeof truth];
      if (stored !== value)
        violations.push({
          invariant: 'rest',
          message: `the wave ${wave.name} of ${wave.rolloutId} counts ${stored} ${counter}, its members ${value}`,
        });
    }
    if (wave.status === 'Completed' && wave.failed > 0)
      violations.push({
        invariant: 'budget',
        message: `the wave ${wave.name} is Completed with ${wave.failed} failed`,
      });
  }
  for (const member of members) {
    if (member.inFlight && member.status !== 'Running' && member.status !== 'Parked')
      violations.push({ invariant: 'rest', message: `${member.name} is ${member.status} and holds a place` });
  }
  return violations;
}

/**
 * 20 `up to date`: no cluster is reported as up to date with a managed node group that EKS has at an older version than the control plane, with any
 * other older node where its nodes were ever read, or with an add-on whose version EKS does not list for it.
 */
export async function upToDateIsWhole({ world }: History): Promise<Violation[]> {
  const { items } = await listClusters({ table: world.table, clock: world.clock }, {});
  const living = new Map(Object.values(world.eks.state.clusters).map((cluster) => [cluster.arn, cluster]));
  const records = new Map((await loadKind(world.table, Clusters)).map((record) => [record.clusterKey, record]));
  return items.flatMap(({ arn, key, name, state }) => {
    const cluster = living.get(arn);
    if (state !== 'UpToDate' || cluster === undefined) return [];
    const old = Object.values(cluster.nodegroups).filter(
      (group) =>
        group.amiType !== 'CUSTOM' && KubeVersion.parse(group.version).isOlderThan(KubeVersion.parse(cluster.version)),
    );
    const isRead = records.get(key)?.otherNodes !== undefined;
    const others = cluster.kubernetes.nodes.filter(
      ({ nodegroupName, kubeletVersion }) =>
        nodegroupName === undefined &&
        KubeVersion.parse(kubeletVersion).isOlderThan(KubeVersion.parse(cluster.version)),
    );
    const unlisted = cluster.addons.filter(
      (addon) => !isCompatible(world.eks.state.addonVersions, addon.name, addon.version, cluster.version),
    );
    return [
      ...old.map((group) => `its group ${group.name} is at ${group.version}`),
      ...(isRead ? others : []).map((node) => `its node ${node.name} is at ${node.kubeletVersion}`),
      ...unlisted.map((addon) => `its add-on ${addon.name} is at ${addon.version}`),
    ].map((what) => ({
      invariant: 'up to date',
      message: `${name} is UpToDate at ${cluster.version}, and ${what}`,
    }));
  });
}

/** 14 `audit`: every chain is valid from its first item to its last. */
function unbrokenAudit({ audit }: History): Violation[] {
  return [...audit.entries()].flatMap(([subject, items]) => {
    const broken = firstBreak(items);
    return broken === undefined
      ? []
      : [{ invariant: 'audit', message: `${subject} #${broken.sequence}: ${broken.problem}` }];
  });
}

const MARK = 'liftlock.dev/cordoned-by';

/** 16 `rest`: a node has Liftlock's mark only while its drain waits or since it has ended; nodes that others cordoned stay as they are. */
async function noCordonLeft({ world }: History): Promise<Violation[]> {
  const upgrades = await loadKind(world.table, Upgrades);
  const violations: Violation[] = [];
  for (const { arn, kubernetes } of Object.values(world.eks.state.clusters)) {
    for (const { name, annotations, unschedulable } of kubernetes.nodes) {
      const by = annotations?.[MARK];
      if (by === undefined) continue;
      const drain = upgrades.find(({ clusterKey, id }) => id === by && clusterKey.startsWith(`${arn}@`));
      const mayStay = drain?.status === 'Succeeded' || drain?.status === 'Parked';
      if (unschedulable && mayStay) continue;
      const message = `${arn}: ${name} bears the mark of ${by}, which is ${drain?.status ?? 'not there'}`;
      violations.push({ invariant: 'rest', message });
    }
  }
  return violations;
}

/** 16 `rest`: no Job of a hook is left. */
function noJobLeft({ world }: History): Violation[] {
  return Object.values(world.eks.state.clusters).flatMap(({ arn, kubernetes: { objects = [] } }) =>
    objects.flatMap(({ kind, metadata }) =>
      kind === 'Job' && record(metadata.annotations)[HOOK_JOB_MARK] !== undefined
        ? [{ invariant: 'rest', message: `${arn}: the Job ${metadata.name} is left` }]
        : [],
    ),
  );
}

/**
 * 16 `rest`: no mute rule is left, except one that ends by itself for a cluster that was deleted meanwhile, and one that has ended, of which the
 * journal says that deleting it was denied.
 */
async function noSilenceLeft({ world }: History): Promise<Violation[]> {
  const clusters = await loadKind(world.table, Clusters);
  const gone = new Set(clusters.flatMap(({ clusterKey, deletedAt }) => (deletedAt ? [clusterKey] : [])));
  const now = world.clock.now().toISOString();
  const isToldOf = (one: UndoEntry) =>
    one.effect === 'silence' && one.until < now && one.notes?.some(({ code }) => code === 'NotLifted');
  const entries = await loadKind(world.table, UndoEntries);
  const theirs = entries.filter((one) => gone.has(one.clusterKey) || isToldOf(one));
  return world.muteRules.all().flatMap(({ name, description }) => {
    const isOurs = /liftlock:[0-9a-f]{64}$/.test(description);
    if (!isOurs || theirs.some(({ subject }) => subject === name)) return [];
    return [{ invariant: 'rest', message: `the mute rule ${name} is left` }];
  });
}

const FREED = new Set(['ClusterRetried', 'ClusterReleased', 'RollbackGivenUp']);

/** 16 `rest`: with the faults over, nothing is left behind: no grant, count, open intent, running upgrade or execution. */
async function atRest({ world, audit }: History): Promise<Violation[]> {
  const violations: Violation[] = [];
  const left = (message: string) => violations.push({ invariant: 'rest', message });
  for (const grant of await loadKind(world.table, Grants)) {
    if (grant.status !== 'free') left(`the grant ${grant.number} of ${grant.clusterKey} is ${grant.status}`);
  }
  const counts = (await load(world.table, Ledgers))?.data.counts ?? {};
  if (Object.keys(counts).length > 0) left(`the ledger counts ${JSON.stringify(counts)}`);
  for (const intent of await loadKind(world.table, Intents)) {
    if (intent.outcome === undefined)
      left(`${intent.clusterKey} ${intent.step} ${intent.subject} #${intent.attempt} has no outcome`);
  }
  const gone = new Set(
    (await loadKind(world.table, Clusters)).flatMap((one) => (one.deletedAt ? [one.clusterKey] : [])),
  );
  for (const { clusterKey, subject, effect, closed } of await loadKind(world.table, UndoEntries)) {
    if (effect !== 'cordon' && closed === undefined && !gone.has(clusterKey))
      left(`${effect} ${subject} in ${clusterKey} is not taken back`);
  }
  const held = new Set(
    (await loadKind(world.table, ClusterControls)).filter((one) => one.held !== undefined).map((one) => one.clusterKey),
  );
  for (const upgrade of await loadKind(world.table, Upgrades)) {
    if (upgrade.status === 'Running') left(`${upgrade.clusterKey} ${upgrade.id} is Running`);
    // A person may have lifted the hold since, by retry or release.
    const freed = audit
      .get(upgrade.clusterKey)
      ?.some((one) => FREED.has(one.event) && one.at >= (upgrade.endedAt ?? ''));
    if (upgrade.status === 'Failed' && !held.has(upgrade.clusterKey) && freed !== true)
      left(`${upgrade.clusterKey} ${upgrade.id} failed and its cluster is not held`);
  }
  for (const { arn } of world.runner.machines.records()) {
    const { executions } = world.runner.listExecutions({ machineArn: arn, statusFilter: 'RUNNING', maxResults: 1000 });
    for (const execution of executions) left(`${execution.name} is RUNNING`);
  }
  return violations;
}

/** Kinds whose every write must be in the audit, so that a restore can recover them. */
const REBUILT: readonly { readonly kind: string }[] = [
  ClusterControls,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  Waves,
];

const idOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

/** 14 `audit`: applying the audit from its first item to its last gives the present table. */
async function rebuilds({ world, timeline }: History): Promise<Violation[]> {
  const store = new StoreAt();
  for (const item of timeline) store.apply(item);
  const folded = new Map(store.writes().map((write) => [idOf(write), write.data]));
  const violations: Violation[] = [];
  for (const { kind } of REBUILT) {
    for (const item of await world.table.queryKind(kind)) {
      const known = folded.get(idOf(item));
      folded.delete(idOf(item));
      if (known !== undefined && isDeepStrictEqual(recorded(kind, known), recorded(kind, item.data))) continue;
      const message = `${kind} ${idOf(item)} is not what the audit gives when it is folded`;
      violations.push({ invariant: 'audit', message });
    }
  }
  const kinds = new Set(REBUILT.map(({ kind }) => kind));
  for (const write of store.writes()) {
    if (!kinds.has(write.kind) || !folded.has(idOf(write))) continue;
    const message = `${write.kind} ${idOf(write)} is not there, and the audit gives it when it is folded`;
    violations.push({ invariant: 'audit', message });
  }
  return violations;
}

/**
 * Gates of a soaking wave are read again every minute, and an unchanged reading is no event. Restored readings are older than five minutes, which
 * restarts the soak, so nothing depends on them.
 */
function recorded(kind: string, data: unknown): unknown {
  if (kind !== Waves.kind) return data;
  const { gates: _, reasons: _words, conditions: _derived, ...rest } = data as Wave;
  return rest;
}
