import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../config/types.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { ReadinessVerdict } from '../contracts/scan-words.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { blockersOnTheWay, lookCommand } from './hop-blockers.ts';
import { isReady, readinessTo } from './readiness.ts';
import { type FleetSnapshot, nodesIn } from './snapshot.ts';
import { waveInTurn, whyNotSkipped } from './wave-end.ts';

type Looks = Pick<FleetSnapshot, 'clusters' | 'policies' | 'scans' | 'takesLooksForMade'>;

/** The members that a wave with `requireReady` waits for before it opens. */
export interface Unready {
  readonly members: readonly Member[];
  readonly reason: Reason;
}

/** The members of the waves that open next (in a paused rollout: once it goes on) and that ask for readiness. Empty where the policy asks for none. */
export function askedToBeReady({
  rollouts,
  waves,
  members,
  policies,
}: Pick<FleetSnapshot, 'rollouts' | 'waves' | 'members' | 'policies'>): Member[] {
  return rollouts.flatMap(({ id, status, policy }: Rollout) => {
    const next = waveInTurn(waves.filter(({ rolloutId }) => rolloutId === id));
    if (!(status === 'Running' || status === 'Paused') || next?.status !== 'Pending') return [];
    if (waveNamed(policies.get(policy)?.policy, next.name)?.requireReady === undefined) return [];
    return members.filter((one) => one.rolloutId === id && one.waveIndex === next.index && one.status === 'Pending');
  });
}

/** The unready members that keep the next wave of a rollout shut, as the tick asks that would open the wave; undefined where none does. */
export function unreadyToOpen(
  snapshot: Looks,
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  now: Date,
): Unready | undefined {
  const asked = askedToBeReady({ ...snapshot, rollouts: [rollout], waves, members });
  const own = waves.filter(({ rolloutId }) => rolloutId === rollout.id);
  const wave = own.find(({ index }) => index === asked[0]?.waveIndex);
  if (wave === undefined || rollout.status !== 'Running') return undefined;
  const spec = waveNamed(snapshot.policies.get(rollout.policy)?.policy, wave.name);
  return unready(snapshot, spec, { rollout, waves: own, wave }, asked, now);
}

/**
 * Why a wave with `requireReady` does not open: members are not ready to go all the way, or no look at them is young enough to tell. Undefined = the
 * wave may open. `members`: the members of the wave that are to go.
 */
export function unready(
  snapshot: Looks,
  spec: Pick<WaveSpec, 'requireReady'> | undefined,
  {
    rollout,
    waves,
    wave,
  }: { readonly rollout: Pick<Rollout, 'policy'>; readonly waves: readonly Wave[]; readonly wave: Wave },
  members: readonly Member[],
  now: Date,
): Unready | undefined {
  const required = spec?.requireReady;
  if (required === undefined) return undefined;
  const oldest = now.getTime() - durationMilliseconds(required);
  const found = members.flatMap((member) => {
    const why = whyUnready(snapshot, member, oldest, now);
    return why === undefined ? [] : [{ member, ...why }];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const { name, to } = first.member;
  const who = found.map(({ member, words }) => `${member.name} ${words}`);
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  const without = whyNotSkipped(name, wave, waves, policy) ?? `Without it: liftlock skip cluster ${name}`;
  const message =
    `The wave ${wave.name} opens once each of its clusters is ready by a look of the last ${required} (requireReady): ${some(who, MOST_NAMED)}. ` +
    `What is in the way: liftlock readiness cluster ${name} --to ${to}. A new look: ${first.look}. ${without}`;
  return { members: found.map(({ member }) => member), reason: reason('NotReady', message) };
}

const MOST_NAMED = 10;

/**
 * Words that end a sentence about a cluster, and the command that looks again; undefined = the cluster is ready. A missing cluster is judged
 * elsewhere.
 */
function whyUnready(
  snapshot: Looks,
  { clusterKey, to }: Member,
  oldest: number,
  now: Date,
): { readonly words: string; readonly look: string } | undefined {
  const { clusters, scans, takesLooksForMade } = snapshot;
  const cluster = clusters.get(clusterKey);
  if (cluster === undefined) return undefined;
  const known = scans?.get(clusterKey);
  const nodes = nodesIn(snapshot, cluster);
  const readiness = readinessTo(cluster, KubeVersion.parse(to), { scans: known, now, nodes });
  const { verdict, scannedAt, for: hop } = readiness;
  const isOld = isReady(readiness) && scannedAt !== null && Date.parse(scannedAt) < oldest;
  // A plan assumes a look in time: such a look meets again what the last one found, and what it could not read.
  const lasting = takesLooksForMade === true ? blockersOnTheWay(cluster, known, to, nodes, now) : [];
  const isUnread = lasting.every(({ code }) => code === 'ScanIncomplete');
  const words =
    takesLooksForMade === true
      ? WORDS[lasting.length === 0 ? 'ready' : isUnread ? 'incomplete' : 'blocked']
      : scannedAt === null && verdict === 'incomplete'
        ? 'was not looked at yet'
        : WORDS[isOld ? 'stale' : verdict];
  return words === undefined ? undefined : { words, look: lookCommand(cluster, KubeVersion.parse(hop ?? to)) };
}

const WORDS: Readonly<Record<ReadinessVerdict, string | undefined>> = {
  ready: undefined,
  readyAfterHops: undefined,
  blocked: 'is blocked',
  incomplete: 'was not looked at as a whole',
  stale: 'was looked at too long ago',
};
