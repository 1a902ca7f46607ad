import type { UpgradePolicySpec, Wave as WaveSpec } from '../../core/config/types.ts';
import type { Intent, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { upgradePolicy } from '../../core/policy/applied.ts';
import { Configs, Grants, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { isMember } from '../../core/store/members.ts';
import type { Moment } from './check-history.ts';
import type { StoreAt } from './store-at.ts';

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
