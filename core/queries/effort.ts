import { LIFTLOCK } from '../contracts/names.ts';
import { waitsFor } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { AuditItem } from '../ports/table.ts';

/** The owner of the clusters, and the hop: `1.36-1.37`, or `to 1.37` for a whole rollout. */
interface About {
  readonly hop: string | null;
  readonly team: string | null;
}
/** An act of a person at one instant, in the words of the audit, or a time in which something waited. A wait without an end still goes on. */
export interface Spent extends About {
  readonly what: string;
  readonly from: string;
  readonly to?: string;
}

/** Records that are written beside the record of the act itself, and those that an execution writes in the name of the person who started it. */
const BESIDE = ['WaveShown', 'RolloutPlanned', 'MemberRetried', 'UpgradeCanceled', 'Granted', 'UpgradeParked'];

/** Every act of people: a principal that is not Liftlock is a person, even where nobody knows which. */
export function actsOf(items: readonly AuditItem[], aboutOf: (item: AuditItem) => About): Spent[] {
  return items.flatMap((item) => {
    const { event, principal, at, detail } = item;
    if (principal === LIFTLOCK || BESIDE.includes(event)) return [];
    return [
      { ...aboutOf(item), what: /^Config(Applied|Deleted)$/.test(event) ? `${event} ${detail.kind}` : event, from: at },
    ];
  });
}

/** An upgrade by one minor, or the rollback of one. */
const HOP = /^(?:rollback-)?(\d+\.\d+-\d+\.\d+)$/;

/** The hop that an entry of a cluster's record is about; a rollback belongs to the hop that it takes back. */
export function hopOfItem({ detail: { upgradeId, from, to, held } }: AuditItem): string | null {
  const ofHeld = typeof held === 'object' && held !== null && 'upgradeId' in held ? held.upgradeId : undefined;
  const [named] = [upgradeId, ofHeld].flatMap((id) => HOP.exec(String(id))?.[1] ?? []);
  return named ?? (from === undefined || to === undefined ? null : `${from}-${to}`);
}

const CAUSES = { window: 'window', cap: 'capacity', place: 'capacity', turn: 'turn' } as const;
const ENDED = [
  ...['UpgradeSucceeded', 'UpgradeFailed', 'UpgradeBlocked', 'UpgradeCanceled', 'UpgradeRolledBack'],
  'RollbackGivenUp',
];
/** Ends of upgrades that a person has to answer by an act. */
const STOPPED: Readonly<Record<string, string>> = {
  UpgradeBlocked: 'blocked',
  UpgradeFailed: 'failed',
  UpgradeRolledBack: 'rolled back',
};
const TAKEN_UP = ['ClusterRetried', 'ClusterReleased', 'Granted', 'UpgradeSucceeded', 'UpgradeCanceled', 'ClusterGone'];
/** A blocked upgrade has not moved the cluster, so whoever moves it later has taken the work up. */
const MOVED_ON = ['VersionObserved'];
/** A rollback that ends in one of these ways leaves its cluster as it was, and an earlier hold in place. */
const LEFT_AS_IT_WAS = ['UpgradeBlocked', 'RollbackGivenUp'];

/** An undo takes back what an upgrade has left, and does not take the cluster up again. */
const isOfUndo = ({ detail: { upgradeId } }: AuditItem): boolean => String(upgradeId).startsWith('undo-');
const isOfRollback = ({ detail: { upgradeId } }: AuditItem): boolean => String(upgradeId).startsWith('rollback-');
/** What stopped the upgrades of a cluster. A rollback that was refused has not stopped any. */
const stopOf = (item: AuditItem): string | undefined =>
  item.event === 'UpgradeBlocked' && isOfRollback(item) ? undefined : STOPPED[item.event];

/**
 * How long the upgrades of one cluster waited, and for what.
 *
 * @param openedAt when the wave had opened under which an upgrade was granted
 * @param leftAt when the cluster left a rollout for good: it was skipped there, or the rollout was aborted
 */
export function clusterWaits(
  items: readonly AuditItem[],
  team: string | null,
  openedAt: (rolloutId: unknown, waveIndex: unknown) => string | undefined,
  leftAt: (rolloutId: unknown) => string | undefined,
): Spent[] {
  const waits: Spent[] = [];
  const granted = new Set<string>();
  for (const [index, item] of items.entries()) {
    const { event, at, detail } = item;
    const hop = hopOfItem(item);
    const wave = `${detail.rolloutId} ${detail.waveIndex}`;
    if (event === 'UpgradeParked') {
      const isEnd = (one: AuditItem): boolean => hopOfItem(one) === hop && ['Granted', ...ENDED].includes(one.event);
      const end = items.slice(index + 1).find(isEnd);
      waits.push({ hop, team, what: parkedFor(detail.reasons), from: at, ...(end && { to: end.at }) });
    }
    const stopped = stopOf(item);
    // One transaction may end a rollback and its hop, and the cluster waits only once.
    if (stopped !== undefined && !items.slice(0, index).some((one) => one.at === at && stopOf(one) !== undefined)) {
      const left = leftAt(detail.rolloutId);
      waits.push(...timesStopped(items, item, left).map((time) => ({ hop, team, what: stopped, ...time })));
    }
    const opened = event === 'Granted' && !granted.has(wave) ? openedAt(detail.rolloutId, detail.waveIndex) : undefined;
    if (opened !== undefined && opened < at) waits.push({ hop, team, what: 'open wave', from: opened, to: at });
    if (event === 'Granted') granted.add(wave);
  }
  return waits;
}

/**
 * The times in which a cluster waited for a person to take up what stopped it. The time of a rollback does not count; after a rollback that changed
 * nothing the cluster waits again.
 */
function timesStopped(
  items: readonly AuditItem[],
  stop: AuditItem,
  leftAt: string | undefined,
): Pick<Spent, 'from' | 'to'>[] {
  const takenUp = stop.event === 'UpgradeBlocked' ? [...TAKEN_UP, ...MOVED_ON] : TAKEN_UP;
  const left = leftAt !== undefined && leftAt > stop.at ? leftAt : undefined;
  const times: Pick<Spent, 'from' | 'to'>[] = [];
  let from: string | undefined = stop.at;
  // Entries of the same instant were written with the stop and do not end it.
  for (const one of items.filter((item) => item.at > stop.at && !isOfUndo(item))) {
    if (left !== undefined && one.at > left) break;
    const isBack = isOfRollback(one);
    if (isBack && LEFT_AS_IT_WAS.includes(one.event)) from ??= one.at;
    else if (takenUp.includes(one.event) || stopOf(one) !== undefined) {
      if (from !== undefined) times.push({ from, to: one.at });
      from = undefined;
      if (!(isBack && one.event === 'Granted')) return times;
    }
  }
  if (from !== undefined) times.push({ from, ...(left !== undefined && { to: left }) });
  return times;
}

/** The first reason is the one that the upgrade parked for. */
function parkedFor(reasons: unknown): string {
  const [first] = Array.isArray(reasons) ? (reasons as readonly Reason[]) : [];
  const shared = first === undefined ? undefined : waitsFor(first.code);
  return shared === undefined ? (first?.code ?? 'not recorded') : CAUSES[shared];
}

const PASSED = ['WaveCompleted', 'WaveCompletedWithFailures', 'WaveSkipped', 'WavePassed', 'WavePromoted'];

/** A wave whose turn has come opens within this time where nothing is in its way. */
const TICKS = 2 * 60_000;

/**
 * How long the waves of one rollout soaked, waited from their turn for their last approval, and then waited for readiness (or for the end of a pause)
 * until they opened.
 */
export function rolloutWaits(items: readonly AuditItem[], about: About): Spent[] {
  const waits: Spent[] = [];
  let turn: string | undefined;
  for (const [index, { event, at, detail }] of items.entries()) {
    const ofWave = ({ detail: { wave } }: AuditItem): boolean => wave === detail.wave;
    if (event === 'WaveSoaking') {
      const end = items.slice(index + 1).find((one) => ofWave(one) && [...PASSED, 'WaveHalted'].includes(one.event));
      waits.push({ ...about, what: 'soak', from: at, ...(end === undefined ? {} : { to: end.at }) });
    }
    if (event === 'WaveOpen') {
      const approved = items.slice(0, index).findLast((one) => one.event === 'WaveApproved' && ofWave(one))?.at;
      const from = turn !== undefined && approved !== undefined && approved > turn ? approved : turn;
      if (turn !== undefined && from !== turn) waits.push({ ...about, what: 'approval', from: turn, to: from ?? at });
      if (from !== undefined && Date.parse(at) - Date.parse(from) > TICKS)
        waits.push({ ...about, what: 'shut wave', from, to: at });
    }
    if (event === 'RolloutCreated' || PASSED.includes(event)) turn = at;
  }
  return waits;
}

/** The minutes of a wait that lie in a period. */
export function minutesIn({ from, to }: Pick<Spent, 'from' | 'to'>, start: Date, end: Date): number {
  const until = to === undefined ? end.getTime() : Math.min(Date.parse(to), end.getTime());
  return Math.max(0, until - Math.max(Date.parse(from), start.getTime())) / 60_000;
}

/** 1 for an act that lies in the period, else 0; the instant at which a period ends belongs to it. */
export const timesIn = ({ from }: Pick<Spent, 'from'>, start: Date, end: Date): number =>
  Number(from > start.toISOString() && from <= end.toISOString());
