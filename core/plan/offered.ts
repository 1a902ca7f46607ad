import type { UpgradePolicySpec } from '../config/types.ts';
import type { Ledger } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { capKeys, capLimit } from '../policy/caps.ts';
import { waveRefusal } from '../policy/wave-room.ts';
import { GRANTING_WAVES } from '../protocol/grant-decision.ts';
import type { Waiting } from '../rollout/decisions.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { PASSED } from '../rollout/wave-end.ts';

/** Members beside those that there is room for: some of them wait for a reason of their own. */
const SPARE = 8;

/** The members of one wave by position, those before `from` all settled. */
export interface WaveMembers {
  readonly list: Member[];
  from: number;
}

/** One cap that a cluster counts against. */
interface Cap {
  readonly key: string;
  readonly limit: number;
}

/** What does not change while a plan is drawn, looked up once: the caps that limit each cluster. */
export type CapsOfClusters = Map<string, readonly Cap[]>;

interface Looked {
  readonly base: FleetSnapshot;
  readonly waves: ReadonlyMap<string, Wave>;
  readonly members: ReadonlyMap<string, WaveMembers>;
  readonly ledger: Ledger;
  readonly caps: CapsOfClusters;
  /** Clusters that are set aside at the first look, wherever their wave stands: new ones, and those that come or go. */
  readonly aside: ReadonlySet<string>;
}

/**
 * The members of a rollout that a tick could do anything with: those that are begun or set aside, and of the others as many as there is
 * room for, the first ones. The decision about those is the same as among all, since a cap that is full or a wave that is full refuses
 * the rest in any case. `depth` 1, 2, 3 … offers ever more; undefined = everybody who has not settled.
 */
export function offered(looked: Looked, rollout: Rollout, depth: number | undefined): Member[] {
  const result: Member[] = [];
  const isSetAside = ({ status, clusterKey }: Member): boolean => status === 'Pending' && looked.aside.has(clusterKey);
  let current = true;
  for (let index = 0; index < rollout.waves.length; index += 1) {
    const wave = looked.waves.get(`${rollout.id}/${index}`);
    const own = looked.members.get(`${rollout.id}/${index}`) ?? { list: [], from: 0 };
    if (wave === undefined) continue;
    const passed = PASSED.includes(wave.status);
    // The next wave opens by counting its members; those after it are not looked at yet.
    if (wave.status === 'Pending') {
      if (depth === undefined || current) add(result, own, isUnsettled);
      else if (looked.aside.size > 0) add(result, own, isSetAside);
      current = false;
      continue;
    }
    if (!passed) current = false;
    if (!GRANTING_WAVES.includes(wave.status)) continue;
    const settled = wave.succeeded + wave.failed + wave.blocked + wave.excluded;
    if (passed && wave.inFlight === 0 && settled >= wave.members) continue;
    if (depth === undefined) {
      add(result, own, isUnsettled);
      continue;
    }
    add(result, own, (member) => isBegunOrAside(member) || isSetAside(member));
    addPending(result, looked, rollout, wave, own, depth);
  }
  return result;
}

const isBegunOrAside = (member: Member): boolean =>
  member.status === 'Running' || member.status === 'Parked' || member.status === 'Quarantined' || member.inFlight;

const isUnsettled = (member: Member): boolean => member.status === 'Pending' || isBegunOrAside(member);

function add(result: Member[], own: WaveMembers, wanted: (member: Member) => boolean): void {
  const { list } = own;
  for (let first = list[own.from]; first !== undefined && !isUnsettled(first); first = list[own.from]) own.from += 1;
  for (let index = own.from; index < list.length; index += 1) {
    const member = list[index];
    if (member !== undefined && wanted(member)) result.push(member);
  }
}

function addPending(
  result: Member[],
  { base, ledger, caps, aside }: Looked,
  rollout: Rollout,
  wave: Wave,
  { list, from }: WaveMembers,
  depth: number,
): void {
  const full = waveRefusal(wave) !== undefined;
  const room = full ? 1 : (wave.maxConcurrency - wave.inFlight + SPARE) * 4 ** (depth - 1);
  const policy = base.policies.get(rollout.policy)?.policy.spec;
  const taken = new Map<string, number>();
  let found = 0;
  for (let index = from; index < list.length && found < room; index += 1) {
    const member = list[index];
    if (member?.status !== 'Pending' || aside.has(member.clusterKey)) continue;
    found += 1;
    if (full) {
      result.push(member);
      continue;
    }
    const own = capsOf(base, policy, member, caps);
    // Beyond the first look everybody counts, since somebody before may wait for a reason of his own.
    const spare = (depth - 1) * SPARE;
    if (own.some(({ key, limit }) => (ledger.counts[key] ?? 0) + (taken.get(key) ?? 0) >= limit + spare)) {
      found -= 1;
      continue;
    }
    for (const { key } of own) taken.set(key, (taken.get(key) ?? 0) + 1);
    result.push(member);
  }
}

function capsOf(
  { clusters, fleet }: FleetSnapshot,
  policy: UpgradePolicySpec | undefined,
  { clusterKey }: Member,
  known: CapsOfClusters,
): readonly Cap[] {
  const before = known.get(clusterKey);
  if (before !== undefined) return before;
  const cluster = clusters.get(clusterKey);
  const keys = cluster === undefined || fleet === undefined ? [] : capKeys(cluster, fleet, policy);
  const own = keys.flatMap((key): Cap[] => {
    const limit = fleet === undefined ? undefined : capLimit(key, fleet, policy);
    return limit === undefined ? [] : [{ key, limit }];
  });
  known.set(clusterKey, own);
  return own;
}

/** Reasons that hold for everybody who comes after in the same wave, or under the same cap. */
const SHARED = new Set([
  'CapReached',
  'WaveFull',
  'CanaryFirst',
  'BudgetInFlight',
  'WindowClosed',
  'Frozen',
  'WindowTooShort',
  'WindowClosing',
]);

/** Somebody waits for a reason of his own, so that one who was not offered may have none. */
export function isOwnReason({ clusters, fleet }: FleetSnapshot, { clusterKey, reasons }: Waiting): boolean {
  const calendars = clusters.get(clusterKey)?.tags[`${fleet?.tagPrefix ?? ''}calendar`];
  return calendars !== undefined || reasons.every(({ code }) => !SHARED.has(code));
}
