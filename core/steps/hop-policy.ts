import type { Wave as WaveSpec } from '../config/types.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { keysOfRules, type ReadRules, readRules } from '../policy/read-rules.ts';
import type { Ports } from '../ports/ports.ts';
import { Clusters, Members, Rollouts, Waves } from '../store/entities.ts';
import { batched, knowing, load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkHop, type SkewedComponent } from '../version/skew.ts';
import type { StepContext } from './context.ts';

/** The policy of the hop that a step belongs to. */
export interface HopPolicy {
  readonly wave: WaveSpec | undefined;
  /** The place of the hop in its rollout; undefined for a hop that a person started. */
  readonly place: { readonly rollout: Rollout; readonly wave: Wave | undefined } | undefined;
  /** Undefined: the cluster is unknown, or there is no Fleet. */
  readonly read: ReadRules | undefined;
  /** Whether another hop of the same cluster follows in its rollout. */
  readonly moreHops: boolean;
}

/** Members are undefined where no policy selects the cluster, or this version cannot read the policy. */
export async function loadHopPolicy(ports: Pick<Ports, 'table'>, context: StepContext): Promise<HopPolicy> {
  const { table } = ports;
  const { rolloutId, waveIndex } = context.upgrade ?? {};
  const isMember = rolloutId !== undefined && waveIndex !== undefined;
  const reader = batched(table);
  const ahead = keysOfRules(table, rolloutId);
  const [fleet, record, rollout, wave, member, rules] = await Promise.all([
    loadFleetInForce(reader),
    load(reader, Clusters, context.clusterKey),
    isMember ? load(reader, Rollouts, rolloutId) : undefined,
    isMember ? load(reader, Waves, rolloutId, waveIndex) : undefined,
    isMember ? load(reader, Members, rolloutId, waveIndex, context.clusterKey) : undefined,
    reader.getAll(ahead),
  ]);
  const place = rollout === undefined ? undefined : { rollout: rollout.data, wave: wave?.data };
  if (fleet === undefined) return { wave: undefined, place, read: undefined, moreHops: false };
  const read = await readRules(table, record?.data, fleet, place, knowing(table, ahead, rules));
  const moreHops = member !== undefined && context.target.isOlderThan(KubeVersion.parse(member.data.to));
  return { wave: read?.rules(new Map()).wave, place, read, moreHops };
}

/**
 * Whether the nodes may stay as they are at this hop: the policy says `rollNodes: whenSkewRequires`, another hop follows, and the oldest kubelet
 * still keeps the skew rule after that one (semantics.md, Windows, bakes, watches and estimates). Nodes of an unreadable version are rolled.
 */
export function nodesMayWait(
  { wave, moreHops }: HopPolicy,
  target: KubeVersion,
  groups: readonly { readonly name: string; readonly version: string | undefined }[],
): boolean {
  if (wave?.rollNodes !== 'whenSkewRequires' || !moreHops) return false;
  if (groups.some(({ version }) => version === undefined || KubeVersion.tryParse(version) === undefined)) return false;
  const kubelets = groups.map(({ name, version = '' }): SkewedComponent => ({ kind: 'kubelet', name, version }));
  return checkHop(target, kubelets).ok;
}
