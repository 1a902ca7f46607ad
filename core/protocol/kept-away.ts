import type { FleetSpec } from '../config/types.ts';
import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { FleetControl, Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { AnyCode, ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { isRollback } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { sentence } from '../model/words.ts';
import { FLEET, fleetSpec, loadFleetInForce } from '../policy/applied.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { itemId, type Table } from '../ports/table.ts';
import { ClusterControls, Clusters, Configs, FleetControls, Rollouts, Waves } from '../store/entities.ts';
import { load, ofKind } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isLastLook, isWatched } from './hop-before.ts';
import { leftByAbort } from './left-half-done.ts';
import { momentOf } from './situation.ts';
import { fleetRefusals, haltRefusals, NO_FLEET, rolloutRefusals } from './standing-refusals.ts';
import { VETOES } from './vetoes.ts';

/** An upgrade, or a member that stands for it. */
type Begun = Pick<Upgrade, 'mutated' | 'reasons' | 'from' | 'to' | 'clusterKey' | 'rolloutId' | 'waveIndex'> & {
  readonly status: Upgrade['status'] | Member['status'];
  readonly machine?: Upgrade['machine'];
  /** Only an upgrade has steps. */
  readonly steps?: Upgrade['steps'];
};

/** What the grant of a last look depends on, beside its time. */
export interface Orders {
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly rollout: Rollout | undefined;
  readonly wave: Wave | undefined;
  readonly cluster: ClusterRecord | undefined;
  /** The hold of the cluster; it counts only while the upgrade runs. */
  readonly held?: ClusterControl['held'];
}

/**
 * Why nobody looks at a watched cluster when its watch is over: an order of a person, or the halt of its rollout. Empty where the last look comes by
 * itself, where the upgrade is not watched, and where an abort has left it (`leftByAbort`). The grant of that look is refused for the same reasons.
 */
export const keptAway = (begun: Begun, orders: Orders): Reason[] =>
  isWatched(begun) && orders.rollout?.status !== 'Aborted' ? standing(begun, orders) : [];

/** The reasons that refuse the grant of any parked hop, whatever the hop parked for. */
function standing(begun: Begun, orders: Orders): Reason[] {
  const { fleet, rollout, wave, cluster } = orders;
  return [
    ...ordersOfFleet(orders),
    ...rolloutRefusals(rollout),
    ...haltRefusals(rollout),
    ...(wave?.status === 'Halted' && rollout?.status !== 'Halted'
      ? [reason('WaveHalted', `The wave ${wave.name} is ${wave.status}.`)]
      : []),
    ...(cluster === undefined ? [] : clusterRefusals(cluster, KubeVersion.parse(begun.to), fleet)),
  ];
}

/** What the Fleet, its mode and its switch say against everything that has begun. */
export const ordersOfFleet = ({ fleet, control }: Pick<Orders, 'fleet' | 'control'>): Reason[] =>
  fleet === undefined ? [NO_FLEET] : fleetRefusals(fleet, control);

/** The same as the table has it now. */
export async function loadOrdersOfFleet(table: Pick<Table, 'get'>): Promise<Reason[]> {
  const [fleet, control] = await Promise.all([loadFleetInForce(table), load(table, FleetControls)]);
  return ordersOfFleet({ fleet, control: control?.data });
}

/**
 * Codes that are asked again now, so that nobody reads a reason that was true only when the upgrade parked. Of a rollback only the codes of the Fleet
 * are asked.
 */
const OF_FLEET: readonly AnyCode[] = ['FleetNotConfigured', 'ObserveMode', 'FleetStopped'] satisfies ReasonCode[];
const OF_HOP: readonly AnyCode[] = [
  ...OF_FLEET,
  ...(['RolloutPaused', 'RolloutHalted', 'WaveHalted'] satisfies ReasonCode[]),
  ...(['Gone', 'NotInFleet', 'Unsupported', 'Excluded', 'Pinned', 'Unreachable'] satisfies ReasonCode[]),
];

/** Whether the reasons are asked again. An upgrade that only undoes goes on under all of these, so its own reasons stay. */
const isAsked = ({ status, machine }: Begun): boolean => status === 'Parked' && machine !== 'restore-nodes';

/**
 * Why an upgrade that runs gives way, and how far it runs on, in the words of explain; then its own reasons. Of a member, which has no steps, only why
 * is known.
 */
function whileRunning(begun: Begun, orders: Orders): readonly Reason[] {
  const [first, ...others] = givesWayFor(begun, { ofFleet: ordersOfFleet(orders), ...orders });
  if (first === undefined) return begun.reasons;
  const until = hasSteps(begun) ? ` ${runsOn(begun)}` : '';
  return [{ ...first, message: `${sentence(first.message)}${until}` }, ...others, ...begun.reasons];
}

const hasSteps = (begun: Begun): begun is Upgrade => begun.steps !== undefined;

/**
 * Why the upgrade does not go on now, or gives way while it runs: an abort that has left it half-way, or what stands against it at this moment and then its reasons for parking
 * that are not asked again.
 */
export function reasonsNow(begun: Begun, orders: Orders): readonly Reason[] {
  const left = leftByAbort(begun, orders.rollout);
  if (left !== undefined) return left;
  if (begun.status === 'Running') return whileRunning(begun, orders);
  if (!isAsked(begun) || orders.rollout?.status === 'Aborted') return begun.reasons;
  const isBack = begun.machine === 'rollback-cluster';
  const [asked, now] = isBack ? [OF_FLEET, ordersOfFleet(orders)] : [OF_HOP, standing(begun, orders)];
  const others = begun.reasons.filter((one) => !asked.includes(one.code) && !now.some((each) => isSame(each, one)));
  if (now.length + others.length > 0) return [...now, ...others];
  return begun.reasons.map(({ code, message }) => ({ code, message: `It parked for this, which is over: ${message}` }));
}

/** `reasonsNow` for several upgrades, by what the table says now. It reads nothing where none of them runs or is parked. */
export async function loadReasonsNow<One extends Begun>(
  table: Pick<Table, 'getAll'>,
  all: readonly One[],
): Promise<(one: One) => readonly Reason[]> {
  const begun = all.filter(({ status }) => status === 'Parked' || status === 'Running');
  if (begun.length === 0) return ({ reasons }) => reasons;
  const keys = begun.flatMap(({ clusterKey, status, rolloutId = '', waveIndex = 0 }) => [
    Rollouts.key(rolloutId),
    // A hold counts only while the upgrade runs, wave and cluster only while it is parked.
    ...(status === 'Running'
      ? [ClusterControls.key(clusterKey)]
      : [Clusters.key(clusterKey), Waves.key(rolloutId, waveIndex)]),
  ]);
  const asked = [...keys, Configs.key('Fleet', FLEET), FleetControls.key()].map((key) => [itemId(key), key] as const);
  const items = (await table.getAll([...new Map(asked).values()])).filter((item) => item !== undefined);
  const [fleet] = ofKind(items, Configs).map(fleetSpec);
  const [control] = ofKind(items, FleetControls);
  const held = new Map(ofKind(items, ClusterControls).map((one) => [one.clusterKey, one.held]));
  const [rollouts, waves, clusters] = [ofKind(items, Rollouts), ofKind(items, Waves), ofKind(items, Clusters)];
  return (one) =>
    reasonsNow(one, {
      ...{ fleet, control },
      rollout: rollouts.find(({ id }) => id === one.rolloutId),
      wave: waves.find(({ rolloutId, index }) => rolloutId === one.rolloutId && index === one.waveIndex),
      cluster: clusters.find(({ clusterKey }) => clusterKey === one.clusterKey),
      held: held.get(one.clusterKey),
    });
}

/** What people have ordered since the upgrade began. `ofFleet`: the refusals of the Fleet and its switch. */
interface OrdersSince {
  readonly ofFleet: readonly Reason[];
  readonly rollout: Pick<Rollout, 'id' | 'status' | 'reasons'> | undefined;
  readonly held?: ClusterControl['held'];
}

/**
 * Why an upgrade that runs gives way. What EKS works on finishes, and the next change asks for these orders; an undo or a rollback does not ask for
 * all of them.
 */
export function givesWayFor({ machine }: { readonly machine?: Upgrade['machine'] }, orders: OrdersSince): Reason[] {
  const { ofFleet, rollout, held } = orders;
  const upgrade = machine && { machine };
  const moment = momentOf(upgrade, 'later');
  const asked: ReadonlySet<string> = new Set(VETOES.flatMap((one) => (one.asked.includes(moment) ? one.codes : [])));
  const isTakenBack = held?.reason.code === 'RollingBack' && !isRollback(upgrade);
  const standing = [...ofFleet, ...rolloutRefusals(rollout)].filter(({ code }) => asked.has(code));
  return [...standing, ...(isTakenBack ? [held.reason] : [])];
}

/** Where a running upgrade gives way to an order: at its next commit. A smoke check, the last of all steps, commits nothing. */
export function givesWay(upgrade: Upgrade): string {
  if (upgrade.steps['smoke-check']?.status === 'running')
    return 'looks on to its end, since a smoke check changes nothing; only where it waits for a hook does it park';
  // Waiting for a hook ends when the grant ends, whatever ends that, so it does not wait for a next change (docs/hooks.md).
  const asks = Object.values(upgrade.steps).some(
    ({ status, reasons }) => status === 'running' && reasons.some(({ code }) => code === 'HookWaits'),
  );
  if (asks) return 'parks when it would ask its hook again';
  return isLastLook(upgrade)
    ? 'looks once more to its end; only where it finds something to change does it park'
    : 'parks at its next change';
}

/** How far an upgrade runs on that gives way, as a sentence. */
export const runsOn = (upgrade: Upgrade): string => `It runs now, and ${givesWay(upgrade)}.`;
