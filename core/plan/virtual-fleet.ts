import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { AnyCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import { isFinish } from '../model/hop.ts';
import { capKeys, capLimit, recountInPlace } from '../policy/caps.ts';
import { estimateOf } from '../policy/hop-rules.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { waveRefusal } from '../policy/wave-room.ts';
import { GRANTING_WAVES } from '../protocol/granting-waves.ts';
import { without } from '../protocol/rollback.ts';
import { settle, type UpgradeEnd, waveWithout, withoutPlace } from '../protocol/settle-decision.ts';
import type { Decision, RolloutPlan } from '../rollout/decisions.ts';
import { hopBlockers } from '../rollout/hop-blockers.ts';
import { type FleetSnapshot, nodesIn } from '../rollout/snapshot.ts';
import { turnedWave } from '../rollout/wave-end.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { Agenda } from './agenda.ts';
import { offered } from './offered.ts';
import type { Chance } from './plan-input.ts';
import { type Standing, WaveMembers } from './wave-members.ts';

/** When a cluster began and ended in a plan; milliseconds since the epoch. */
export interface Lived {
  startedAt: number;
  endedAt: number | undefined;
  /** When each finished hop ended. */
  readonly hopEnds: number[];
  /** Stretches of work, with the hop that each belongs to; a bake is no work. */
  readonly runs: { readonly from: number; readonly to: number; readonly hop: number }[];
}

/** A fleet between two instants at which something happens, right before the second one. */
export interface Standstill {
  /** The snapshot without members. */
  readonly snapshot: FleetSnapshot;
  readonly at: Date;
}

interface Work {
  readonly clusterKey: string;
  readonly rolloutId: string;
  readonly part: 'until-bake' | 'until-watch' | 'end' | 'blocked';
}

/** A scan that blocks a hop takes this long. */
const SCAN_MILLISECONDS = 5 * 60_000;

const NEW_UPGRADE = { machine: 'upgrade-cluster', requestedBy: LIFTLOCK } as const satisfies Partial<Upgrade>;
const NEW_GRANT = {
  number: 1,
  epoch: 1,
  status: 'open',
  machine: 'upgrade-cluster',
  holder: '',
  executionName: '',
} as const satisfies Partial<Grant>;

const waveKey = (rolloutId: string, index: number): string => `${rolloutId}/${index}`;

/**
 * A fleet that lives in memory and in virtual time: the reconciler's decisions are carried out on plain values, and upgrades end when their time is
 * over. The rules are those of core/protocol and core/rollout; this class only stands in for the table and EKS.
 */
export class VirtualFleet {
  readonly rollouts = new Map<string, Rollout>();
  readonly waves = new Map<string, Wave>();
  /** Members by wave. */
  readonly members = new Map<string, WaveMembers>();
  readonly lived = new Map<string, Lived>();
  readonly work = new Agenda<Work>();
  readonly #base: FleetSnapshot;
  readonly #chance: Chance;
  /** Places by rollout, then by cluster: a joined key would be a long text to make at every look. */
  readonly #placeOf = new Map<string, Map<string, { readonly of: WaveMembers; readonly at: number }>>();
  readonly #grants = new Map<string, Grant>();
  readonly #upgrades = new Map<string, Upgrade>();
  readonly #ledger: FleetSnapshot['ledger'] = { counts: {} };

  constructor(base: FleetSnapshot, plans: readonly RolloutPlan[], chance: Chance, start: Date) {
    this.#base = base;
    this.#chance = chance;
    for (const plan of plans) {
      // Other rules are tried on the same plan, so its rollout takes the revision of their policy: otherwise it would count as outdated.
      const policyRevision = base.policies.get(plan.rollout.policy)?.revision ?? plan.rollout.policyRevision;
      this.rollouts.set(plan.rollout.id, { ...plan.rollout, policyRevision });
      const places = new Map<string, { readonly of: WaveMembers; readonly at: number }>();
      this.#placeOf.set(plan.rollout.id, places);
      const standingOf = standingIn(base, plan.rollout.policy, start);
      for (const wave of plan.waves) {
        const key = waveKey(wave.rolloutId, wave.index);
        this.waves.set(key, wave);
        const members = plan.members.filter(({ waveIndex }) => waveIndex === wave.index);
        const own = new WaveMembers(members, standingOf);
        this.members.set(key, own);
        for (const [at, { clusterKey }] of members.entries()) places.set(clusterKey, { of: own, at });
      }
    }
  }

  /**
   * What the reconciler would read, without members whose turn cannot come now. `depth` widens the look where it was too narrow; undefined = all
   * members.
   */
  snapshot(depth: number | undefined): FleetSnapshot {
    const snapshot = this.#without();
    const looked = { waves: this.waves, members: this.members, ledger: this.#ledger };
    return { ...snapshot, members: snapshot.rollouts.flatMap((rollout) => offered(looked, rollout, depth)) };
  }

  /** The fleet as it is now, unaffected by later changes; without members. */
  standstill(at: Date): Standstill {
    const ledger = { counts: { ...this.#ledger.counts } };
    return { snapshot: { ...this.#without(), ledger }, at };
  }

  /** Whether one of these members would begin before another one that comes first, has room, and was not offered in this snapshot. */
  passesOver(begins: readonly Member[], { members }: FleetSnapshot): boolean {
    const asked = new Set(members);
    const { counts } = this.#ledger;
    return begins.some(({ rolloutId, clusterKey, waveIndex }) => {
      const place = this.#placeOf.get(rolloutId)?.get(clusterKey);
      return [...Array(waveIndex + 1).keys()].some((index) => {
        const wave = this.waves.get(waveKey(rolloutId, index));
        if (wave === undefined || !GRANTING_WAVES.includes(wave.status) || waveRefusal(wave) !== undefined)
          return false;
        const before = index === waveIndex ? place?.at : undefined;
        return this.members.get(waveKey(rolloutId, index))?.hasOthers(asked, counts, before) === true;
      });
    });
  }

  /** Carries out one decision. True when something changed. */
  apply(decision: Decision, now: Date): boolean {
    const at = now.toISOString();
    switch (decision.type) {
      case 'grant-member':
        this.#grant(decision, now);
        return true;
      case 'change-wave': {
        this.#setWave(turnedWave(this.#wave(decision.wave), decision, at));
        return true;
      }
      case 'adjust-wave':
        this.#setWave({ ...this.#wave(decision.wave), ...decision.changes });
        return decision.event !== undefined;
      case 'drop-rollback':
        this.#setWave(without(this.#wave(decision.wave), 'goingBack', decision.clusterKey));
        return true;
      case 'ask-hook': {
        const { wave, due } = decision;
        const state = { askedSince: at, grantNumber: wave.plan ?? 0, answer: 'go' as const };
        this.#setWave({ ...this.#wave(wave), hooks: { ...wave.hooks, [due.key]: state } });
        return true;
      }
      case 'change-rollout':
        this.rollouts.set(decision.rollout.id, { ...decision.rollout, status: decision.status, endedAt: at });
        return true;
      case 'change-member': {
        const { member, status, reasons } = decision;
        const next = withoutPlace(member, status, reasons);
        const wave = this.#wave({ rolloutId: member.rolloutId, index: member.waveIndex });
        this.#setWave(waveWithout(wave, member, next, now));
        this.#setMember(next);
        return true;
      }
      default:
        // Here grants end by themselves, and nothing is created, planned anew or canceled while a plan is drawn.
        return false;
    }
  }

  /** Ends all work that is over at this instant. */
  finish(now: Date): void {
    for (const work of this.work.takeUntil(now.getTime())) this.#end(work, now);
  }

  /** The next instant at which work ends. */
  get nextEnd(): number | undefined {
    return this.work.nextAt;
  }

  #without(): FleetSnapshot {
    return {
      ...this.#base,
      ledger: this.#ledger,
      grants: [...this.#grants.values()],
      upgrades: [...this.#upgrades.values()],
      rollouts: [...this.rollouts.values()].filter((one) => one.status === 'Running'),
      waves: [...this.waves.values()],
      members: [],
    };
  }

  #grant({ member, upgradeId, from, to }: Extract<Decision, { type: 'grant-member' }>, now: Date): void {
    const { clusterKey, rolloutId, waveIndex } = member;
    const { fleet, clusters, scans } = this.#base;
    const cluster = clusters.get(clusterKey);
    if (fleet === undefined || cluster === undefined) return;
    const at = now.toISOString();
    const target = KubeVersion.parse(to);
    const blockers = isFinish({ from, to })
      ? []
      : hopBlockers(
          cluster,
          scans?.get(clusterKey),
          target,
          cluster.version === from,
          nodesIn(this.#base, cluster),
          now,
        );
    const parked = this.#upgrades.get(clusterKey);
    const resumes = parked?.status === 'Parked' && parked.id === upgradeId;
    const keys = capKeys(cluster, fleet);
    recountInPlace(this.#ledger.counts, keys, 1);
    const upgrade: Upgrade = {
      ...(resumes ? parked : { ...NEW_UPGRADE, steps: {}, reasons: [] }),
      clusterKey,
      id: upgradeId,
      from,
      to,
      rolloutId,
      waveIndex,
      status: 'Running',
      mutated: blockers.length === 0,
      reasons: [...blockers],
      startedAt: (resumes ? parked.startedAt : undefined) ?? at,
    };
    this.#upgrades.set(clusterKey, upgrade);
    this.#grants.set(clusterKey, {
      ...NEW_GRANT,
      children: [],
      input: {},
      clusterKey,
      upgradeId,
      capKeys: keys,
      grantedAt: at,
    });
    const wave = this.#wave({ rolloutId, index: waveIndex });
    const wasQuarantined = member.status === 'Quarantined';
    this.#setWave({
      ...wave,
      inFlight: wave.inFlight + (member.inFlight ? 0 : 1),
      quarantined: wave.quarantined - (wasQuarantined ? 1 : 0),
      startedAt: wave.startedAt ?? at,
    });
    this.#setMember({
      ...member,
      status: 'Running',
      inFlight: true,
      upgradeId,
      resumeAt: undefined,
      grantedAt: at,
      reasons: [],
    });
    if (blockers.length > 0) {
      this.work.add(now.getTime() + SCAN_MILLISECONDS, { clusterKey, rolloutId, part: 'blocked' });
      return;
    }
    const lived = this.lived.get(clusterKey) ?? { startedAt: now.getTime(), endedAt: undefined, hopEnds: [], runs: [] };
    this.lived.set(clusterKey, lived);
    this.#schedule(upgrade, wave, lived, resumes ? parked.reasons[0]?.code : undefined, now);
  }

  #schedule(upgrade: Upgrade, wave: Wave, lived: Lived, parkedFor: AnyCode | undefined, now: Date): void {
    const { clusterKey, rolloutId = '' } = upgrade;
    const { policy, spec } = this.#ruling(wave);
    if (parkedFor === 'Watching') {
      this.work.add(now.getTime() + SCAN_MILLISECONDS, { clusterKey, rolloutId, part: 'end' });
      return;
    }
    const estimate =
      wave.estimateSeconds === undefined ? estimateOf(policy, this.#base.learned) : wave.estimateSeconds * 1000;
    const whole = this.#chance.milliseconds(clusterKey, lived.hopEnds.length, estimate);
    const bakes = spec?.bake !== undefined;
    const lasts = bakes ? whole / 2 : whole;
    const part = bakes && parkedFor === undefined ? 'until-bake' : spec?.watch === undefined ? 'end' : 'until-watch';
    lived.runs.push({ from: now.getTime(), to: now.getTime() + lasts, hop: lived.hopEnds.length });
    this.work.add(now.getTime() + lasts, { clusterKey, rolloutId, part });
  }

  #end({ clusterKey, rolloutId, part }: Work, now: Date): void {
    const upgrade = this.#upgrades.get(clusterKey);
    const place = this.#placeOf.get(rolloutId)?.get(clusterKey);
    const member = place?.of.list[place.at];
    const grant = this.#grants.get(clusterKey);
    const lived = this.lived.get(clusterKey);
    if (upgrade === undefined || member === undefined || grant === undefined) return;
    const wave = this.#wave({ rolloutId, index: member.waveIndex });
    const end = this.#endOf({ clusterKey, rolloutId, part }, upgrade, wave, now);
    const settled = settle(now, upgrade, member, wave, end);
    if (settled.member === undefined || settled.wave === undefined) return;
    const keeps = settled.member.status === 'Parked';
    this.#setMember({ ...settled.member, inFlight: keeps });
    this.#setWave({ ...settled.wave, inFlight: settled.wave.inFlight - (keeps ? 0 : 1) });
    if (settled.upgrade.status === 'Parked') this.#upgrades.set(clusterKey, settled.upgrade);
    else {
      this.#upgrades.delete(clusterKey);
      if (part !== 'blocked') lived?.hopEnds.push(now.getTime());
    }
    this.#grants.delete(clusterKey);
    recountInPlace(this.#ledger.counts, grant.capKeys, -1);
    // A cluster that is blocked on its way never arrives.
    if (!keeps && lived !== undefined) lived.endedAt = part === 'blocked' ? undefined : now.getTime();
  }

  #endOf({ clusterKey, part }: Work, { reasons }: Upgrade, wave: Wave, now: Date): UpgradeEnd {
    if (part === 'blocked') return { status: 'blocked', reasons };
    const { bake = '0s', watch = '0s' } = this.#ruling(wave).spec ?? {};
    if (part === 'until-bake')
      return { status: 'parked', reasons: [reason('Baking', 'It bakes.')], resumeAt: later(now, bake) };
    // A failure is assumed to show in the first smoke check, so a failed hop does not wait for its watch.
    const failed = this.#chance.fails(clusterKey, this.lived.get(clusterKey)?.hopEnds.length ?? 0);
    if (!failed && part === 'until-watch')
      return { status: 'parked', reasons: [reason('Watching', 'It is watched.')], resumeAt: later(now, watch) };
    return failed ? { status: 'failed', reasons: [reason('Failed', 'It failed.')] } : { status: 'done', reasons: [] };
  }

  #ruling({ rolloutId, name }: Wave) {
    const policy = this.#base.policies.get(this.rollouts.get(rolloutId)?.policy ?? '')?.policy;
    return { policy, spec: waveNamed(policy, name) };
  }

  #wave(at: Pick<Wave, 'rolloutId' | 'index'>): Wave {
    const wave = this.waves.get(waveKey(at.rolloutId, at.index));
    if (wave === undefined) throw new Error(`unreachable: no wave ${at.index} of ${at.rolloutId}`);
    return wave;
  }

  #setWave(wave: Wave): void {
    this.waves.set(waveKey(wave.rolloutId, wave.index), wave);
  }

  #setMember(member: Member): void {
    const place = this.#placeOf.get(member.rolloutId)?.get(member.clusterKey);
    place?.of.set(place.at, member);
  }
}

const later = (now: Date, duration: string): string =>
  new Date(now.getTime() + durationMilliseconds(duration)).toISOString();

/** New clusters, and those that are being created or deleted, are set aside at the first look, wherever their wave stands. */
function standingIn({ clusters, fleet, policies }: FleetSnapshot, policyName: string, start: Date) {
  const policy = policies.get(policyName)?.policy.spec;
  return ({ clusterKey }: Member): Standing => {
    const cluster = clusters.get(clusterKey);
    if (cluster === undefined || fleet === undefined) return { isAside: false, own: [], shared: [] };
    const caps = capKeys(cluster, fleet).flatMap((key) => {
      const limit = capLimit(key, fleet, policy);
      return limit === undefined ? [] : [{ key, limit }];
    });
    const isOwn = ({ key }: { readonly key: string }): boolean => key.startsWith('account/');
    return {
      isAside: quarantineReasons(cluster, start).length > 0,
      own: caps.filter(isOwn),
      shared: caps.filter((cap) => !isOwn(cap)),
    };
  };
}
