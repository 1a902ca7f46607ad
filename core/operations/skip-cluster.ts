import { namedError } from '../contracts/errors.ts';
import { AT_REST, type Member, type Rollout } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { upgradePolicy } from '../policy/applied.ts';
import { isHalfDone } from '../protocol/hop-before.ts';
import { COUNTED } from '../protocol/settle-decision.ts';
import { type Refusal, wrongState } from '../queries/refusal.ts';
import { whyNotSkipped } from '../rollout/wave-end.ts';
import { auditEntry, changeAndTell, memberChanged, rolloutEntry, writeMark } from '../store/change.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  loadMembersIn,
  loadWaves,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { load, loadKind, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';

/** The refusal while members follow another plan: their waves already count them where they will be. */
export const busyReplanning = ({ id }: Rollout): Refusal =>
  wrongState(`The rollout ${id} is being planned anew, which takes a minute at most. Try again then.`);

const WAITS: readonly Member['status'][] = ['Pending', 'Running', 'Parked', 'Quarantined', 'Blocked'];

/** `told`: the rollouts, where the cluster waited in several. */
type Skipped = Member & { readonly told?: readonly Reason[] };

/**
 * Takes a cluster out of every rollout that it waits in, since each of them would let it begin; a rollout to another target may take it in again. A
 * cluster that one of them has begun cannot be skipped, since it is half done. Fails with `ClusterNotFound` or `WrongState`.
 */
export function skipCluster(ports: OperatorPorts, clusterKey: string, by: string, why: string): Promise<Skipped> {
  return changeAndTell(ports, async (now) => {
    const { table } = ports;
    const cluster = await load(table, Clusters, clusterKey);
    if (cluster === undefined)
      throw namedError('ClusterNotFound', `The inventory has no cluster ${clusterKey}. Run: liftlock get clusters`);
    const { name } = cluster.data;
    const grant = await load(table, Grants, clusterKey);
    const control = await load(table, ClusterControls, clusterKey);
    const underWay = (await loadKind(table, Rollouts)).filter(({ status }) => !AT_REST.includes(status));
    const found = await loadMembersIn(table, underWay, clusterKey);
    const places = (await Promise.all(found.map((one) => placeOf(table, one)))).filter((one) => one !== undefined);
    const [first] = places;
    if (first === undefined) throw wrongState(`${name} waits in no rollout, so there is nothing to skip.`);
    const isHeld = grant !== undefined && grant.data.status !== 'free';
    // What a person has begun, and what failed half-way, will count in the rollout as soon as a tick looks at it.
    const isBegun = isHeld || control?.data.held?.mutated === true;
    for (const place of places) refuseIfBegun(name, place, isBegun);
    const reasons: Reason[] = [{ code: 'Skipped', message: `${by} took it out of this rollout: ${why}` }];
    const taken = places.map((place) => takenOut(place, { by, reasons, now }));
    const ids = places.map(({ rollout }) => rollout.data.id).join(' and ');
    // Several rollouts may be of one policy, and a transaction names each item once.
    const policies = new Map(places.map(({ applied, rollout: { data } }) => [data.policy, applied]));
    const told = [reason('Skipped', `${by} took it out of ${places.length} rollouts that it waited in: ${ids}.`)];
    const result = { ...first.member.data, ...skippedBy(reasons) };
    return {
      result: places.length === 1 ? result : { ...result, told },
      writes: [
        ...taken.flatMap(({ writes }) => writes),
        unchanged(Grants, grant, clusterKey),
        unchanged(ClusterControls, control, clusterKey),
        ...[...policies].map(([name, applied]) => unchanged(Configs, applied, 'UpgradePolicy', name)),
        // Without the cluster a wave that has not begun has another plan; the full look makes it soon, so that nobody approves the old one.
        await writeMark(table, now),
      ],
      record: [...taken.map(({ record }) => record), ...taken.flatMap(({ canceled }) => canceled)],
      events: (changes) => taken.map(({ next, place }, at) => memberChanged(next, place.wave.data, changes[at])),
    };
  });
}

type Place = NonNullable<Awaited<ReturnType<typeof placeOf>>>;

/** Where a member waits; undefined where it does not wait, or its rollout has ended. */
async function placeOf(table: OperatorPorts['table'], { rolloutId, waveIndex, clusterKey }: Member) {
  const rollout = await load(table, Rollouts, rolloutId);
  const member = await load(table, Members, rolloutId, waveIndex, clusterKey);
  const waves = await loadWaves(table, rolloutId);
  const wave = waves.find(({ data }) => data.index === waveIndex);
  const isOver = rollout === undefined || AT_REST.includes(rollout.data.status);
  if (isOver || member === undefined || wave === undefined || !WAITS.includes(member.data.status)) return undefined;
  const applied = await load(table, Configs, 'UpgradePolicy', rollout.data.policy);
  const upgrade = await load(table, Upgrades, clusterKey, member.data.upgradeId ?? '');
  // Which waves there are changes with the plan alone, and so with the rollout.
  return { rollout, member, wave, waves: waves.map(({ data }) => data), applied, upgrade };
}

function refuseIfBegun(
  cluster: string,
  { rollout, member, wave, waves, applied, upgrade }: Place,
  isBegun: boolean,
): void {
  const { id, following } = rollout.data;
  const { status: waits, inFlight, failedBefore } = member.data;
  const isLeft = upgrade !== undefined && isHalfDone(upgrade.data);
  if (waits === 'Running' || inFlight || failedBefore === true || isLeft || isBegun)
    throw wrongState(`${cluster} was begun in the rollout ${id}, so it cannot be skipped: it would stay half done.`);
  if (following !== undefined) throw busyReplanning(rollout.data);
  const last = whyNotSkipped(cluster, wave.data, waves, upgradePolicy(applied?.data));
  if (last !== undefined) throw wrongState(last);
}

const skippedBy = (reasons: Reason[]) => ({ status: 'Excluded', resumeAt: undefined, reasons }) as const;

function takenOut(
  place: Place,
  { by, reasons, now }: { readonly by: string; readonly reasons: Reason[]; readonly now: Date },
) {
  const { rollout, member, wave, upgrade } = place;
  const { clusterKey, rolloutId, upgradeId } = member.data;
  const next: Member = { ...member.data, ...skippedBy(reasons) };
  const counted = { ...wave.data, excluded: wave.data.excluded + 1 };
  const counter = COUNTED[member.data.status as keyof typeof COUNTED];
  if (counter !== undefined) counted[counter] -= 1;
  // An upgrade that was parked before its first change ends here: nothing that it waits for matters any more.
  const isParked = upgrade?.data.status === 'Parked' && upgrade.data.rolloutId === rolloutId;
  const canceled = { status: 'Canceled', resumeAt: undefined, endedAt: now.toISOString(), reasons } as const;
  const ended = upgrade !== undefined && isParked ? [replace(Upgrades, upgrade, { ...upgrade.data, ...canceled })] : [];
  return {
    ...{ place, next },
    writes: [
      replace(Members, member, next),
      replace(Waves, wave, counted),
      ...ended,
      unchanged(Rollouts, rollout, rolloutId),
    ],
    record: rolloutEntry(rolloutId, 'MemberSkipped', by, { clusterKey, reasons }),
    canceled: ended.map(() => auditEntry(clusterKey, 'UpgradeCanceled', by, { upgradeId, reasons })),
  };
}
