import type { UpgradePolicySpec, Wave as WaveSpec } from '../../core/config/types.ts';
import type { Intent, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { Configs, Grants, isMember, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import type { MutationRecord } from '../eks/log/mutation-record.ts';
import { acceptedMutations } from '../eks/log/timeline.ts';
import type { GateShown } from '../process/in-memory-gates.ts';
import type { RunView } from '../process/run-view.ts';
import { spokePrincipal } from '../process/world.ts';
import { StoreAt } from './store-at.ts';

/** A violated invariant of docs/simulation.md, with the evidence. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

/** The real events, from the fake EKS's own log and the audit, not from the state of the controller. */
export interface History {
  readonly world: RunView;
  /** By subject, oldest first. */
  readonly audit: ReadonlyMap<string, readonly AuditItem[]>;
  /** All subjects, in the order of writing. */
  readonly timeline: readonly AuditItem[];
  /** Mutations by Liftlock that EKS accepted, without replays of a token. */
  readonly ours: readonly MutationRecord[];
  /** When an audit item was written, in the time of the world, whatever its writer's clock was. Epoch milliseconds. */
  readonly writtenAt: (item: AuditItem) => number;
  /** The state of gates at each reading, in that order; undefined where it was not kept. */
  readonly gateReadings?: readonly GateShown[] | undefined;
  /** When EKS described each cluster, by its ARN, in epoch milliseconds; undefined where it was not kept. */
  readonly looks?: ReadonlyMap<string, readonly number[]> | undefined;
  /** The same with replays. */
  readonly sent: readonly MutationRecord[];
}

export async function historyOf(world: RunView): Promise<History> {
  const timeline = await world.auditTimeline();
  const audit = Map.groupBy(timeline, ({ subject }) => subject);
  const sent = acceptedMutations(world.eks.state, { withReplays: true }).filter(
    (mutation) => mutation.principal === spokePrincipal(mutation),
  );
  const writtenAt = (item: AuditItem): number => world.writtenAt?.(item) ?? Date.parse(item.at);
  const { gateReadings, looks } = world;
  return {
    world,
    audit,
    timeline,
    writtenAt,
    gateReadings,
    looks,
    sent,
    ours: sent.filter((mutation) => !mutation.replay),
  };
}

export const keyOfMutation = (mutation: MutationRecord): string =>
  `${mutation.clusterArn}@${new Date(mutation.clusterCreatedAt).toISOString()}`;

/** One audit item, with the table right after it. */
export interface Moment {
  readonly item: AuditItem;
  readonly store: StoreAt;
  /** The time of the write in the time of the world, because the function's own clock may have been wrong. Epoch milliseconds. */
  readonly at: number;
}

/** Checks one invariant at each moment, in the order of the audit. */
export type Check = (moment: Moment) => Violation[];

/** The clocks of two functions may differ by this much without a fault. */
export const SKEW_MILLISECONDS = 60_000;

/** Passes the whole history to every check. */
export function checkHistory(history: History, checks: readonly ((history: History) => Check)[]): Violation[] {
  const store = new StoreAt();
  const begun = checks.map((check) => check(history));
  const violations: Violation[] = [];
  for (const item of history.timeline) {
    store.apply(item);
    const moment: Moment = { item, store, at: history.writtenAt(item) };
    for (const check of begun) violations.push(...check(moment));
  }
  return violations;
}

/** An intent at the moment of its commit, with the reason for the commit. */
export type CommitAt = NonNullable<ReturnType<typeof commitAt>>;

/** The commit in an audit item; undefined for all other items. */
export function commitAt({ item, store }: Moment) {
  if (item.event !== 'MutationCommitted') return undefined;
  const clusterKey = item.subject;
  const detail = item.detail as unknown as Intent;
  const { step, subject, attempt, grantNumber, call, upgradeId } = detail;
  const was = store.was(Upgrades, clusterKey, upgradeId);
  return {
    clusterKey,
    step,
    subject,
    attempt,
    grantNumber,
    call,
    grant: store.get(Grants, clusterKey),
    upgrade: store.get(Upgrades, clusterKey, upgradeId),
    /** The upgrade had changed nothing before. */
    first: was?.mutated !== true || was.noChangeYet === true,
    /** An earlier attempt of it had changed the cluster: the upgrade goes on, also where no wave takes the cluster any more. */
    goesOn: was?.mutated === true,
  };
}

/** Whether an upgrade only undoes what another one has left: no stop, window, hold or cap blocks it (docs/protocol.md). */
export const isUndoing = (upgrade: Pick<Upgrade, 'machine'> | undefined): boolean =>
  upgrade?.machine === 'restore-nodes';

/** Whether an upgrade takes its cluster back: no hold, rollout or exclusion blocks it, but a stop and the mode do (docs/protocol.md). */
export const isGoingBack = (upgrade: Pick<Upgrade, 'machine'> | undefined): boolean =>
  upgrade?.machine === 'rollback-cluster';

/** The rollout of an upgrade, its wave, and the policy in force. */
export interface PlaceAt {
  readonly rollout: Rollout;
  readonly wave: Wave;
  readonly earlier: readonly Wave[];
  readonly policy: UpgradePolicySpec | undefined;
  readonly spec: WaveSpec | undefined;
}

/** Undefined for upgrades without a rollout. */
export function placeAt(
  store: StoreAt,
  { rolloutId, waveIndex }: { readonly rolloutId?: string | undefined; readonly waveIndex?: number | undefined },
): PlaceAt | undefined {
  if (rolloutId === undefined || waveIndex === undefined) return undefined;
  const rollout = store.get(Rollouts, rolloutId);
  const wave = store.get(Waves, rolloutId, waveIndex);
  if (rollout === undefined || wave === undefined) return undefined;
  const earlier = Array.from({ length: waveIndex }, (_, index) => store.get(Waves, rolloutId, index)).filter(
    (one) => one !== undefined,
  );
  const policy = upgradePolicy(store.get(Configs, 'UpgradePolicy', rollout.policy))?.spec;
  const spec = policy?.waves.find((one) => one.name === wave.name);
  return { rollout, wave, earlier, policy, spec };
}

/** Whether a cluster held a place in its wave before the last applied item: a cluster that continues does, parked or between two hops. */
export const wentOn = (store: StoreAt, { rollout, wave }: PlaceAt, clusterKey: string): boolean =>
  store.was(Members, rollout.id, wave.index, clusterKey)?.inFlight === true;

/** The clusters of a wave. */
export const membersOf = (store: StoreAt, of: Pick<Member, 'rolloutId' | 'waveIndex'>): Member[] =>
  store.all(Members).filter((one) => isMember(one) && one.rolloutId === of.rolloutId && one.waveIndex === of.waveIndex);
