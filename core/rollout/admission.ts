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
import { momentOf, type Situation } from '../protocol/situation.ts';
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
import { waveInTurn } from './wave-end.ts';

/** Counts as they will be after the grants decided so far in this tick. The granting transaction counts again, exactly. */
export interface Room {
  /** As it was read, until the first grant of this tick makes a copy that is counted up in place. */
  ledger: Ledger;
}

/** The upgrade that a member had last, where it has not ended, and nobody else has taken it over. */
export function upgradeOf(index: MemberIndex, { clusterKey, upgradeId, rolloutId }: Member): Upgrade | undefined {
  return index.upgrades.get(clusterKey)?.find((one) => one.id === upgradeId && one.rolloutId === rolloutId);
}

/** The upgrades of the hops before one that is asked for, where they have not ended. */
function upgradesBefore(
  index: MemberIndex,
  clusterKey: string,
  hop: Pick<Upgrade, 'machine' | 'from' | 'to'>,
): readonly Upgrade[] {
  return index.upgrades.get(clusterKey)?.filter(({ id }) => hopsBefore(hop).includes(id)) ?? [];
}

/** Those that were begun go first, then by position in their wave. */
const urgency = (a: Member, b: Member): number =>
  Number(b.inFlight) - Number(a.inFlight) ||
  a.waveIndex - b.waveIndex ||
  a.position - b.position ||
  (a.clusterKey < b.clusterKey ? -1 : 1);

/** What is looked up again and again, indexed once for a tick. */
export interface MemberIndex {
  /** By rollout, as they were read. */
  readonly waves: ReadonlyMap<string, readonly Wave[]>;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly grants: ReadonlyMap<string, FleetSnapshot['grants'][number]>;
  /** By cluster. */
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
  /** With those in flight that this tick has decided. */
  readonly now: Map<number, Wave>;
  /** Those before a wave, as they were read. */
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
  const inTurn = waveInTurn(waves)?.index;
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
    const later = postponed(snapshot, member, standing, now);
    if (later === undefined && wave !== undefined && !GRANTING_WAVES.includes(wave.status)) {
      waiting.push(toldWhenAsked(member, () => told(member, admitOne(admission, room, member))));
    } else {
      const answer = later ?? admitOne(admission, room, member, decisions);
      if (answer.reasons.length === 0) continue;
      waiting.push({ clusterKey: member.clusterKey, rolloutId: rollout.id, ...told(member, answer) });
    }
    decisions.push(...letIn(member, room.now.get(member.waveIndex), upgrade, standing, inTurn === member.waveIndex));
  }
  return { decisions, waiting };
}

/** Most members wait for their wave, and a tick only counts them: what else is in their way is worked out when somebody reads it. */
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
  member: Member,
  standing: readonly Reason[],
  now: Date,
): Answer | undefined {
  const [later] = [restsUntil(member), member.resumeAt].flatMap((at) => at ?? []).sort((a, b) => (a < b ? 1 : -1));
  if (later !== undefined && new Date(later) > now) return { reasons: [resumesLater(later)], until: later };
  if (member.inFlight || standing.length === 0) return undefined;
  return { reasons: standing, until: asideUntil(snapshot, member, standing) };
}

/** A member that parked less than 30 s after its grant, by a slow clock or anything else, is not granted again, or it would loop. */
const REST_MILLISECONDS = 30_000;

const restsUntil = ({ status, grantedAt }: Member): string | undefined =>
  status !== 'Parked' || grantedAt === undefined
    ? undefined
    : new Date(Date.parse(grantedAt) + REST_MILLISECONDS).toISOString();

/** One that was just created comes back by itself; nobody knows when the others do. */
export function asideUntil(
  snapshot: FleetSnapshot,
  { clusterKey }: Member,
  reasons: readonly Reason[],
): string | undefined {
  const cluster = snapshot.clusters.get(clusterKey);
  const isNew = reasons.every(({ code }) => code === 'RecentlyCreated');
  return isNew && cluster !== undefined ? settledAt(cluster).toISOString() : undefined;
}

/** What it parked for says its upgrade. */
const resumesLater = (at: string): Reason => ({
  code: 'ResumesLater',
  message: `It is parked, and Liftlock looks again at ${at}.`,
});

/** What the grant of a member's next hop is asked. Without `decisions` nobody is let in: it is what will be asked at another instant. */
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
      // Somebody else's too, who has begun the same hop.
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

/** Of what is asked: what the snapshot does not say. A start by hand has no rollout, no wave and no member. */
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
  // Of a window that a broken glass passes nobody waits for the opening.
  const waits = reasons.some((one) => asked.window.reasons.includes(one));
  const until = waits ? asked.window.startsAt?.toISOString() : undefined;
  return { reasons, ...(until === undefined ? {} : { until }) };
}

const versionsOf = ({ from, to }: Upgrade): Hop => ({ from: KubeVersion.parse(from), to: KubeVersion.parse(to) });

/** The id of the upgrade that a member makes next. */
export function nextHopId(member: Member, cluster: ClusterRecord, control: ClusterControl | undefined): string {
  const { from, to } = nextHopOf(member, cluster, control);
  return hopId(from, to);
}

/** The hop that a member's upgrade makes next: first the one that has moved the control plane, failed, and is to be tried again. */
export function nextHopOf(member: Member, { version }: ClusterRecord, control: ClusterControl | undefined): Hop {
  const [current, to] = [KubeVersion.parse(version), KubeVersion.parse(member.to)];
  if (isFinish(member)) return { from: to, to };
  const next = nextHop(KubeVersion.parse(member.from), current, to);
  // One that failed before the control plane had moved is of the hop that follows.
  const retried = control?.retried?.upgradeId;
  const left = retried === undefined ? retried : [current, current.next()].find((end) => retried === hopTo(end));
  return left === undefined || to.isOlderThan(left) ? next : { from: left.previous(), to: left };
}
