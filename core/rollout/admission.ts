import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { hopId, hopTo, isFinish } from '../model/hop.ts';
import { remembered } from '../model/remembered.ts';
import { capKeys, recountInPlace } from '../policy/caps.ts';
import { settledAt } from '../policy/quarantine.ts';
import { failuresOf } from '../policy/wave-room.ts';
import type { WindowAnswer } from '../policy/window-rule.ts';
import { GRANTING_WAVES } from '../protocol/granting-waves.ts';
import { hasActed, hopsBefore } from '../protocol/hop-before.ts';
import { ordersOfFleet } from '../protocol/kept-away.ts';
import { momentOf, type Situation } from '../protocol/situation.ts';
import { rolloutRefusals } from '../protocol/standing-refusals.ts';
import { refusalsAt } from '../protocol/vetoes.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type Hop, nextHop } from './cluster-target.ts';
import type { Decision, Waiting } from './decisions.ts';
import { leavesAt, leftBehind, waitsForWindow } from './left-behind.ts';
import { letIn, memberChange, standingReasons } from './member-progress.ts';
import { memberRules } from './member-rules.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { suspects } from './suspects.ts';
import { type Answer, waitingForWaves } from './waiting.ts';

/** The counts as they will be after the grants that this tick has decided so far. The granting transaction counts again, exactly. */
export interface Room {
  /** The ledger as it was read, until the first grant of this tick makes a copy, which is then counted up in place. */
  ledger: Ledger;
}

/** The last upgrade of a member, where it has not ended and nobody else has taken it over. */
export function upgradeOf(index: MemberIndex, { clusterKey, upgradeId, rolloutId }: Member): Upgrade | undefined {
  return index.upgrades.get(clusterKey)?.find((one) => one.id === upgradeId && one.rolloutId === rolloutId);
}

/** The upgrades of the hops before the one that is asked for, where they have not ended. */
function upgradesBefore(
  index: MemberIndex,
  clusterKey: string,
  hop: Pick<Upgrade, 'machine' | 'from' | 'to'>,
): readonly Upgrade[] {
  return index.upgrades.get(clusterKey)?.filter(({ id }) => hopsBefore(hop).includes(id)) ?? [];
}

/** Members that were begun go first; the others go by their wave and their position in it. */
const urgency = (a: Member, b: Member): number =>
  Number(b.inFlight) - Number(a.inFlight) ||
  a.waveIndex - b.waveIndex ||
  a.position - b.position ||
  (a.clusterKey < b.clusterKey ? -1 : 1);

/** Items that a tick looks up again and again, indexed once. */
export interface MemberIndex {
  /** Waves by rollout, as they were read. */
  readonly waves: ReadonlyMap<string, readonly Wave[]>;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly grants: ReadonlyMap<string, FleetSnapshot['grants'][number]>;
  /** Upgrades by cluster. */
  readonly upgrades: ReadonlyMap<string, FleetSnapshot['upgrades']>;
}

export interface Admission {
  readonly snapshot: FleetSnapshot;
  readonly rollout: Rollout;
  readonly room: Room;
  readonly now: Date;
  readonly index: MemberIndex;
  readonly rulesOf: ReturnType<typeof memberRules>;
}

/** The waves of a rollout while its members are asked about, by index. */
interface WaveRoom {
  /** Waves by index, counting the members that this tick has decided to let begin. */
  readonly now: Map<number, Wave>;
  /** The waves before a wave, as they were read. */
  earlier(index: number): readonly Wave[];
  readonly failures: number;
}

function waveRoom(waves: readonly Wave[]): WaveRoom {
  return {
    now: new Map(waves.map((wave) => [wave.index, wave])),
    earlier: remembered((index) => waves.filter((wave) => wave.index < index)),
    failures: failuresOf(waves),
  };
}

const NOT_ITS_TURN: Reason = { code: 'NotItsTurn', message: 'Its rollout or its wave lets nobody begin now.' };

/** Which members of a rollout get a grant now, and why the others wait and until when. */
export function admit(admission: Admission): { decisions: Decision[]; waiting: Waiting[] } {
  const { snapshot, rollout, now, index } = admission;
  const decisions: Decision[] = [];
  const waiting: Waiting[] = [];
  const rulesAt = remembered((milliseconds: number) => memberRules(snapshot, new Date(milliseconds)));
  const members = index.members.get(rollout.id) ?? [];
  const waves = index.waves.get(rollout.id) ?? [];
  const room = waveRoom(waves);
  const suspicionOf = suspects(snapshot, rollout, waves, members, now);
  const told = waitingForWaves(snapshot, rollout, waves, now, (member, at) => {
    return admitOne({ ...admission, now: at, rulesOf: rulesAt(at.getTime()) }, room, member);
  });
  for (const member of [...members].sort(urgency)) {
    if (member.status === 'Running') continue;
    if (snapshot.unread?.has(member.clusterKey) === true) {
      waiting.push({ clusterKey: member.clusterKey, rolloutId: rollout.id, reasons: [NOT_ITS_TURN] });
      continue;
    }
    const wave = room.now.get(member.waveIndex);
    const standing = standingReasons(snapshot, rollout, wave, member, suspicionOf, now);
    const upgrade = upgradeOf(index, member);
    const change = memberChange(snapshot, rollout, member, upgrade, standing, wave);
    if (change !== undefined) {
      decisions.push(change);
      continue;
    }
    const later = postponed(snapshot, rollout, member, standing, now);
    if (later === undefined && wave !== undefined && !GRANTING_WAVES.includes(wave.status)) {
      waiting.push(toldWhenAsked(member, () => told(member, admitOne(admission, room, member))));
    } else {
      const answer = later ?? admitOne(admission, room, member, decisions);
      if (answer.reasons.length === 0) continue;
      waiting.push({ clusterKey: member.clusterKey, rolloutId: rollout.id, ...told(member, answer) });
    }
    // What stands against a member is not known without a Fleet and a policy that this version can read.
    if (snapshot.fleet !== undefined && snapshot.policies.has(rollout.policy))
      decisions.push(...letIn(member, room.now.get(member.waveIndex), upgrade, standing));
  }
  return { decisions, waiting };
}

/** Most members wait for their wave, and a tick only counts them: their other reasons are worked out only when somebody reads them. */
function toldWhenAsked({ clusterKey, rolloutId }: Member, tell: () => Answer): Waiting {
  let known: Answer | undefined;
  const answer = (): Answer => {
    known ??= tell();
    return known;
  };
  return {
    clusterKey,
    rolloutId,
    get reasons() {
      return answer().reasons;
    },
    get until() {
      return answer().until;
    },
  };
}

/** Why a member is not even asked about now; undefined = it may be its turn. */
function postponed(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  member: Member,
  standing: readonly Reason[],
  now: Date,
): Answer | undefined {
  const [later] = [restsUntil(member), member.resumeAt].flatMap((at) => at ?? []).sort((a, b) => (a < b ? 1 : -1));
  if (later !== undefined && new Date(later) > now) return { reasons: [resumesLater(later)], until: later };
  if (member.inFlight || standing.length === 0) return undefined;
  // Whoever ends what sets a member aside is told what else a person has to end before the member begins.
  const orders = [...ordersOfFleet(snapshot), ...rolloutRefusals(rollout)];
  return { reasons: [...standing, ...orders], until: asideUntil(snapshot, member, standing) };
}

/** A member that parked less than 30 s after its grant, by a slow clock or anything else, is not granted again, or it would loop. */
const REST_MILLISECONDS = 30_000;

const restsUntil = ({ status, grantedAt }: Member): string | undefined =>
  status !== 'Parked' || grantedAt === undefined
    ? undefined
    : new Date(Date.parse(grantedAt) + REST_MILLISECONDS).toISOString();

/** Until when a member stays set aside: a cluster that was just created comes back by itself; of the others nobody knows when. */
export function asideUntil(
  snapshot: FleetSnapshot,
  { clusterKey }: Member,
  reasons: readonly Reason[],
): string | undefined {
  const cluster = snapshot.clusters.get(clusterKey);
  const isNew = reasons.every(({ code }) => code === 'RecentlyCreated');
  return isNew && cluster !== undefined ? settledAt(cluster).toISOString() : undefined;
}

/** The member's upgrade says what it is parked for; this reason says until when. */
const resumesLater = (at: string): Reason => ({
  code: 'ResumesLater',
  message: `It is parked, and Liftlock looks again at ${at}.`,
});

/** Asks whether the member's next hop gets a grant. Without `decisions` it lets nobody in: it only tells what will be asked at another instant. */
function admitOne(
  { snapshot, rollout, room, now, index, rulesOf }: Admission,
  waves: WaveRoom,
  member: Member,
  decisions?: Decision[],
): Answer {
  const cluster = snapshot.clusters.get(member.clusterKey);
  const { fleet } = snapshot;
  if (cluster === undefined)
    return { reasons: [{ code: 'UnknownCluster', message: 'The cluster is not in the inventory.' }] };
  const upgrade = upgradeOf(index, member);
  const parked = upgrade?.status === 'Parked' ? upgrade : undefined;
  const hop =
    parked === undefined ? nextHopOf(member, cluster, snapshot.controls.get(member.clusterKey)) : versionsOf(parked);
  const wave = waves.now.get(member.waveIndex);
  const { rules, policyAppliedBy, window } = rulesOf(rollout.policy, cluster, wave);
  const [from, to] = [hop.from.toString(), hop.to.toString()];
  const answer = askToBegin(
    { snapshot, room, index, now },
    cluster,
    { machine: 'upgrade-cluster', from, to },
    {
      // The same hop may have been begun by somebody else; that upgrade is asked about too.
      upgrade: upgrade ?? index.upgrades.get(member.clusterKey)?.find(({ id }) => id === hopId(from, to)),
      rollout,
      wave,
      earlier: waves.earlier(member.waveIndex),
      member,
      rules,
      policyAppliedBy,
      window: window(hasActed(upgrade)),
    },
  );
  if (wave !== undefined && waitsForWindow(answer.reasons)) {
    const behind = decisions && leftBehind(rules, wave, member, now);
    const at = leavesAt(rules.policy, wave);
    if (behind === undefined) return at !== undefined && at > now ? { until: at.toISOString(), ...answer } : answer;
    decisions?.push({ type: 'change-member', member, status: 'Blocked', reasons: [behind] });
    return { reasons: [] };
  }
  if (answer.reasons.length > 0 || fleet === undefined || wave === undefined || decisions === undefined) return answer;
  if (room.ledger === snapshot.ledger) room.ledger = { counts: { ...room.ledger.counts } };
  recountInPlace(room.ledger.counts, capKeys(cluster, fleet), 1);
  if (!member.inFlight) waves.now.set(member.waveIndex, { ...wave, inFlight: wave.inFlight + 1 });
  decisions.push({ type: 'grant-member', member, from, to, upgradeId: hopId(from, to), failures: waves.failures });
  return { reasons: [] };
}

/** What `askToBegin` needs beside the snapshot. An upgrade that a person starts has no rollout, no wave and no member. */
type Asked = Pick<Situation, 'upgrade' | 'rollout' | 'wave' | 'earlier' | 'member' | 'rules' | 'policyAppliedBy'> & {
  readonly window: WindowAnswer;
};

/** Why a cluster gets no grant for this hop now, and until when it waits; no reason = it gets one. */
export function askToBegin(
  { snapshot, room, index, now }: Pick<Admission, 'snapshot' | 'room' | 'index' | 'now'>,
  cluster: ClusterRecord,
  hop: Pick<Upgrade, 'machine' | 'from' | 'to'>,
  asked: Asked,
): Answer {
  const { clusterKey } = cluster;
  const { epoch, fleet, control, controls } = snapshot;
  const reasons = refusalsAt(momentOf(hop, 'grant'), {
    ...{ epoch, fleet, control, cluster, now, ...asked },
    target: KubeVersion.parse(hop.to),
    clusterControl: controls.get(clusterKey),
    grant: index.grants.get(clusterKey),
    ledger: room.ledger,
    before: upgradesBefore(index, clusterKey, hop),
  });
  // Where a broken glass passes the window, nobody waits for its opening.
  const waits = reasons.some((one) => asked.window.reasons.includes(one));
  const until = waits ? asked.window.startsAt?.toISOString() : undefined;
  return { reasons, ...(until === undefined ? {} : { until }) };
}

const versionsOf = ({ from, to }: Upgrade): Hop => ({ from: KubeVersion.parse(from), to: KubeVersion.parse(to) });

export function nextHopId(member: Member, cluster: ClusterRecord, control: ClusterControl | undefined): string {
  const { from, to } = nextHopOf(member, cluster, control);
  return hopId(from, to);
}

/** The next hop of a member's upgrade. A hop that has moved the control plane, has failed and is to be tried again comes first. */
export function nextHopOf(member: Member, { version }: ClusterRecord, control: ClusterControl | undefined): Hop {
  const [current, to] = [KubeVersion.parse(version), KubeVersion.parse(member.to)];
  if (isFinish(member)) return { from: to, to };
  const next = nextHop(KubeVersion.parse(member.from), current, to);
  // An upgrade that failed before the control plane had moved belongs to the hop that follows.
  const retried = control?.retried?.upgradeId;
  const left = retried === undefined ? retried : [current, current.next()].find((end) => retried === hopTo(end));
  return left === undefined || to.isOlderThan(left) ? next : { from: left.previous(), to: left };
}
