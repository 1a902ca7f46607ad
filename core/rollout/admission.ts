import type { Ledger, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { capKeys, recount } from '../policy/caps.ts';
import { grantRefusals } from '../protocol/grant-decision.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { nextHop } from './cluster-target.ts';
import type { Decision, Waiting } from './decisions.ts';
import { memberChange } from './member-progress.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Counts as they will be after the grants decided so far in this tick. The granting transaction counts again, exactly. */
export interface Room {
  ledger: Ledger;
  readonly waves: Map<string, Wave>;
}

const waveKey = (member: { rolloutId: string; waveIndex: number }): string => `${member.rolloutId}/${member.waveIndex}`;

export function roomOf(snapshot: FleetSnapshot): Room {
  return {
    ledger: snapshot.ledger,
    waves: new Map(snapshot.waves.map((wave) => [`${wave.rolloutId}/${wave.index}`, wave])),
  };
}

/** The upgrade that a member had last, where it has not ended. */
export function upgradeOf(index: MemberIndex, member: Member): Upgrade | undefined {
  return member.upgradeId === undefined ? undefined : index.upgrades.get(`${member.clusterKey}/${member.upgradeId}`);
}

/** Those that were begun go first, then by position in their wave. */
const urgency = (a: Member, b: Member): number =>
  Number(b.inFlight) - Number(a.inFlight) ||
  a.waveIndex - b.waveIndex ||
  a.position - b.position ||
  (a.clusterKey < b.clusterKey ? -1 : 1);

/** Which members of a rollout get a grant now, and why the others wait. */
export function admit(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  room: Room,
  now: Date,
  index: MemberIndex,
): { decisions: Decision[]; waiting: Waiting[] } {
  const decisions: Decision[] = [];
  const waiting: Waiting[] = [];
  for (const member of [...(index.members.get(rollout.id) ?? [])].sort(urgency)) {
    if (member.status === 'Running') continue;
    const change = memberChange(snapshot, rollout, member, upgradeOf(index, member));
    if (change !== undefined) {
      decisions.push(change);
      continue;
    }
    const refused =
      member.resumeAt !== undefined && new Date(member.resumeAt) > now
        ? [
            {
              code: 'ResumesLater',
              message: `${member.reasons[0]?.message ?? 'It is parked'} Looking again at ${member.resumeAt}.`,
            },
          ]
        : admitOne(snapshot, rollout, member, room, index, decisions);
    if (refused.length > 0) waiting.push({ clusterKey: member.clusterKey, rolloutId: rollout.id, reasons: refused });
  }
  return { decisions, waiting };
}

/** What is looked up again and again, indexed once for a tick. */
export interface MemberIndex {
  /** By rollout, as they were read. */
  readonly waves: ReadonlyMap<string, readonly Wave[]>;
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly grants: ReadonlyMap<string, FleetSnapshot['grants'][number]>;
  readonly upgrades: ReadonlyMap<string, FleetSnapshot['upgrades'][number]>;
}

function admitOne(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  member: Member,
  room: Room,
  index: MemberIndex,
  decisions: Decision[],
): readonly Reason[] {
  const cluster = snapshot.clusters.get(member.clusterKey);
  const { fleet } = snapshot;
  if (cluster === undefined) return [{ code: 'UnknownCluster', message: 'The cluster is not in the inventory.' }];
  const parkedUpgrade = upgradeOf(index, member);
  const hop =
    parkedUpgrade?.status === 'Parked'
      ? parkedUpgrade
      : nextHop(KubeVersion.parse(member.from), KubeVersion.parse(cluster.version), KubeVersion.parse(member.to));
  const wave = room.waves.get(waveKey(member));
  const refused = grantRefusals(
    {
      epoch: snapshot.epoch,
      fleet,
      control: snapshot.control,
      cluster,
      clusterControl: snapshot.controls.get(member.clusterKey),
      grant: index.grants.get(member.clusterKey),
      ledger: room.ledger,
      upgrade: parkedUpgrade,
      rollout,
      wave,
      earlier: index.waves.get(member.rolloutId)?.filter((one) => one.index < member.waveIndex) ?? [],
      member,
    },
    KubeVersion.parse(hop.to),
  );
  if (refused.length > 0 || fleet === undefined || wave === undefined) return refused;
  room.ledger = { counts: recount(room.ledger.counts, capKeys(cluster, fleet), 1) };
  if (!member.inFlight) room.waves.set(waveKey(member), { ...wave, inFlight: wave.inFlight + 1 });
  decisions.push({ type: 'grant-member', member, from: hop.from, to: hop.to, upgradeId: `${hop.from}-${hop.to}` });
  return [];
}
