import type { UpgradePolicy } from '../config/types.ts';
import type { BreakGlass } from '../contracts/items/break-glass.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST } from '../contracts/items/rollout.ts';
import { shortId } from '../model/cluster-key.ts';
import { personOf } from '../model/principal.ts';
import { loadFleetInForce, upgradePolicy } from '../policy/applied.ts';
import { isInForce, mayBreakGlass, peopleNeeded } from '../policy/break-glass.ts';
import { readRules } from '../policy/read-rules.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { findRollout } from '../queries/find-rollout.ts';
import { Refusal, refuseGone, wrongState } from '../queries/refusal.ts';
import { changeAndTell, markDirty, type ToldChange } from '../store/change.ts';
import { ClusterControls, Configs, Members, Rollouts, Waves } from '../store/entities.ts';
import { load, ofKind, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { findWave, refuseOutdated } from './vote-on-wave.ts';

interface BreakGlassOrder {
  readonly by: string;
  readonly reason: string;
  /** How long the order holds. It means nothing where a second person agrees to what was asked. */
  readonly milliseconds: number;
}

export interface BreakGlassAnswer {
  /** `cluster NAME`, or `wave NAME of ROLLOUT`. */
  readonly of: string;
  readonly status: 'Opened' | 'Requested' | 'Ended';
  readonly until: string | null;
  readonly reason: string | null;
  readonly by: readonly string[];
  /** Since when another order stood already. Its reason and its time stay, whatever this person said. */
  readonly keptSince?: string;
  /** What this person said, where the reason of the order is another one. */
  readonly comment?: string;
  /** How many people the order needs. */
  readonly peopleNeeded: number;
}

/** Where an order is kept, and the rules of all policies under which it is given: the strictest rule holds. */
interface Place {
  readonly subject: string;
  readonly of: string;
  readonly glass: BreakGlass | undefined;
  readonly planHash?: string | undefined;
  readonly rules: readonly Parameters<typeof isInForce>[1][];
  write(glass: BreakGlass | undefined): readonly WriteOperation[];
}
/** `opening`: true for giving an order. Ending one needs fewer conditions, so that there is no order that nobody can end. */
type FindPlace = (opening: boolean) => Promise<Place>;

/** Lets one cluster go now, whatever its calendars say. Fails with `ClusterGone`, `WrongState` or `NotAllowed`. */
export const breakGlassOfCluster = (ports: OperatorPorts, cluster: ClusterRecord, order: BreakGlassOrder) =>
  breakGlass(ports, placeOfCluster(ports, cluster), order);

/** Lets the clusters of one wave go now. Fails with `RolloutNotFound`, `WaveNotFound`, `WrongState`, `PlanChanged` or `NotAllowed`. */
export const breakGlassOfWave = (ports: OperatorPorts, id: string, wave: string, order: BreakGlassOrder) =>
  breakGlass(ports, placeOfWave(ports, id, wave), order);

/** Ends the order early: an upgrade that was begun under it parks before its next change. */
export const mendGlassOfCluster = (ports: OperatorPorts, cluster: ClusterRecord, by: string, reason: string) =>
  mendGlass(ports, placeOfCluster(ports, cluster), by, reason);

/** Ends the order of a wave early. */
export const mendGlassOfWave = (ports: OperatorPorts, id: string, wave: string, by: string, reason: string) =>
  mendGlass(ports, placeOfWave(ports, id, wave), by, reason);

function placeOfCluster({ table }: OperatorPorts, cluster: ClusterRecord): FindPlace {
  return async (opening) => {
    const { clusterKey, name } = cluster;
    if (opening) refuseGone(cluster);
    const fleet = await loadFleetInForce(table);
    const selecting = (await readRules(table, cluster, fleet, undefined))?.rules(new Map()).policy;
    const policies = [selecting, ...(await policiesOfRollouts(table, clusterKey))].filter((one) => one !== undefined);
    if (opening && policies.length === 0)
      throw wrongState(
        `No policy selects ${name}, so that nobody has said who may break its glass; only calendars of its own tags keep it from anything.`,
      );
    const read = await load(table, ClusterControls, clusterKey);
    const { breakGlass: glass, ...rest } = read?.data ?? { clusterKey };
    const write = (next: BreakGlass | undefined) => [
      replace(ClusterControls, read, next === undefined ? rest : { ...rest, breakGlass: next }),
    ];
    const rules = policies.map(({ spec }) => spec.breakGlass);
    return { subject: clusterKey, of: `cluster ${shortId(cluster)}`, glass, rules, write };
  };
}

/** The policies of the rollouts that may begin a hop of the cluster, whichever policy selects it now. */
async function policiesOfRollouts(table: Table, clusterKey: string): Promise<(UpgradePolicy | undefined)[]> {
  const members = ofKind(await table.queryActive(), Members).filter((member) => member.clusterKey === clusterKey);
  const rollouts = await Promise.all(members.map(({ rolloutId }) => load(table, Rollouts, rolloutId)));
  const names = rollouts.flatMap((one) => (one && !AT_REST.includes(one.data.status) ? one.data.policy : []));
  return Promise.all(
    names.map(async (name) => upgradePolicy((await load(table, Configs, 'UpgradePolicy', name))?.data)),
  );
}

function placeOfWave(ports: OperatorPorts, id: string, name: string): FindPlace {
  return async (opening) => {
    const { table } = ports;
    const rollout = await findRollout(table, id);
    if (opening && AT_REST.includes(rollout.data.status))
      throw wrongState(`The rollout ${id} is ${rollout.data.status}: nothing begins in it any more.`);
    const { wave, waves } = await findWave(ports, id, name);
    const config = await load(table, Configs, 'UpgradePolicy', rollout.data.policy);
    if (opening) refuseOutdated(rollout.data, waves, wave.data, config?.data);
    const { breakGlass: glass, ...rest } = wave.data;
    return {
      subject: `rollout/${id}`,
      of: `wave ${name} of ${id}`,
      glass,
      planHash: wave.data.planHash,
      rules: [upgradePolicy(config?.data)?.spec.breakGlass],
      write: (next) => [
        replace(Waves, wave, next === undefined ? rest : { ...rest, breakGlass: next }),
        unchanged(Configs, config, 'UpgradePolicy', rollout.data.policy),
      ],
    };
  };
}

async function breakGlass(ports: OperatorPorts, find: FindPlace, order: BreakGlassOrder): Promise<BreakGlassAnswer> {
  const answer = await changeAndTell(ports, async (now) => {
    const place = await find(true);
    const { rules, planHash } = place;
    const barring = rules.findIndex((rule) => !mayBreakGlass(rule, order.by));
    if (barring >= 0) {
      const said = `${order.by} is not among those who may break the glass for ${place.of}: ${rules[barring]?.from?.join(', ')}.`;
      throw new Refusal('NotAllowed', said);
    }
    const asked = isWaiting(place, now) ? place.glass : undefined;
    const before = asked?.by ?? [];
    const first = before.find(({ principal }) => personOf(principal) === personOf(order.by));
    const word = { principal: order.by, at: first?.at ?? now.toISOString() };
    const until = asked?.until ?? new Date(now.getTime() + order.milliseconds).toISOString();
    const next: BreakGlass = {
      reason: asked?.reason ?? order.reason,
      until,
      ...(planHash === undefined ? {} : { planHash }),
      ...(rules.some((rule) => rule?.fourEyes === true) ? { fourEyes: true } : {}),
      // A person who asks twice still counts as one person, with the time of the first word.
      by: first === undefined ? [...before, word] : before.map((one) => (one === first ? word : one)),
    };
    const status = isOpen(next, place, now) ? 'Opened' : 'Requested';
    const open = place.glass?.planHash === planHash && isOpen(place.glass, place, now) ? place.glass : undefined;
    if (status === 'Requested' && open !== undefined) {
      const said = `The glass of ${place.of} is broken until ${open.until}, and one person cannot ask anew without ending that: end it first (--end).`;
      throw wrongState(said);
    }
    return ordered(place, next, { status, by: order.by, said: order.reason, keptSince: before[0]?.at });
  });
  await markDirty(ports);
  return answer;
}

/** Whether somebody has asked and a second person is needed: that person's word agrees to the order, and the first person's word only repeats it. */
function isWaiting(place: Place, now: Date): boolean {
  const { glass, planHash } = place;
  if (glass === undefined || glass.planHash !== planHash || Date.parse(glass.until) <= now.getTime()) return false;
  return !isOpen(glass, place, now);
}

const isOpen = (glass: BreakGlass | undefined, { rules }: Place, now: Date): glass is BreakGlass =>
  rules.every((rule) => isInForce(glass, rule, now));

function mendGlass(ports: OperatorPorts, find: FindPlace, by: string, reason: string): Promise<BreakGlassAnswer> {
  return changeAndTell(ports, async (now) => {
    const place = await find(false);
    const over = place.glass !== undefined && Date.parse(place.glass.until) <= now.getTime();
    if (place.glass === undefined || over) {
      const since = over ? ` any more: that was over at ${place.glass?.until}` : '';
      throw wrongState(`The glass of ${place.of} is not broken${since}.`);
    }
    return ordered(place, undefined, { status: 'Ended', by, said: reason });
  });
}

interface Word {
  readonly status: BreakGlassAnswer['status'];
  readonly by: string;
  readonly said: string;
  readonly keptSince?: string | undefined;
}

/** Writes an order, or its end. When a second person agrees, the reason on record stays that of the order, and their own words stand beside it. */
function ordered(
  place: Place,
  next: BreakGlass | undefined,
  { status, by, said, keptSince }: Word,
): ToldChange<BreakGlassAnswer> {
  const { of, subject, rules } = place;
  const until = next?.until;
  const reason = next?.reason ?? said;
  const comment = reason === said ? {} : { comment: said };
  const answer: BreakGlassAnswer = {
    of,
    status,
    until: until ?? null,
    reason: next?.reason ?? null,
    by: next?.by.map(({ principal }) => principal) ?? [],
    peopleNeeded: Math.max(1, ...rules.map((rule) => peopleNeeded(rule, next))),
    ...(keptSince === undefined ? {} : { keptSince }),
    ...comment,
  };
  return {
    result: answer,
    writes: place.write(next),
    record: [{ subject, event: `BreakGlass${status}`, principal: by, detail: { ...answer, reason } }],
    events: ([change]) => [
      {
        type: 'BreakGlassChanged',
        detail: { version: 1, change, of, status, by, reason, ...comment, ...(until === undefined ? {} : { until }) },
      },
    ],
  };
}
