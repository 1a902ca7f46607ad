import type { UpgradePolicy, Wave } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { shortId } from '../model/cluster-key.ts';
import { remembered, rememberedBy } from '../model/remembered.ts';
import { clusterTags } from './cluster-tags.ts';
import { policyError, selects } from './policy-of.ts';

interface WavePlace {
  /** The index in `spec.waves`; -1 = the cluster is in no wave, and `reasons` say why (`NoWave`, `PolicyError`, `BadTag`). */
  readonly index: number;
  /** The last wave that the cluster may belong to, where expressions have no answer for it. */
  readonly latest?: number;
  /** Never empty: the reasons also say why the cluster is in its wave, with codes `Wave` and `WaveTag`. */
  readonly reasons: readonly Reason[];
}

/**
 * The wave of a cluster that the policy selects: the first one that takes it, unless its tag asks for a later one (semantics.md, Waves and Tags on
 * clusters). A tag that names an earlier or an unknown wave, and an expression without an answer, keep the cluster out of all waves: in another wave
 * it might go too soon.
 */
export function waveOf(policy: UpgradePolicy, cluster: ClusterRecord, prefix: string): WavePlace {
  const chosen = bySelector(cluster, policy);
  const { wave: asked } = clusterTags(cluster.tags, prefix);
  if (asked === undefined || asked === '' || (chosen.index < 0 && chosen.latest === undefined)) return chosen;
  const tag = `The cluster's tag ${prefix}wave`;
  const names = policy.spec.waves.map(({ name }) => name);
  const own = names[chosen.index];
  const index = names.indexOf(asked);
  if (index === -1) {
    return outside(`${tag} is "${asked}", and the policy ${policy.metadata.name} has ${names.join(', ')}.`);
  }
  if (chosen.latest !== undefined) return { ...chosen, latest: Math.max(index, chosen.latest) };
  if (index < chosen.index) {
    const later = names.slice(chosen.index + 1);
    const hint = later.length === 0 ? 'Remove the tag' : `Use ${later.join(' or ')}, or remove the tag`;
    return outside(`${tag} is "${asked}", which comes before its wave ${own}; tags only delay. ${hint}.`);
  }
  if (index === chosen.index) return chosen;
  const moved = reason('WaveTag', `${tag} moves it from ${own} to the later wave ${asked}.`);
  return { index, reasons: [...chosen.reasons, moved] };
}

/** The wave of that name; undefined where the policy has given it up, or there is no policy that can be read. */
export const waveNamed = (policy: Pick<UpgradePolicy, 'spec'> | undefined, name: string): Wave | undefined =>
  policy?.spec.waves.find((wave) => wave.name === name);

export interface RulingWave {
  readonly wave: Wave | undefined;
  /** Why the policy has no wave for the cluster: none takes it, or its tag asks for a wave that it may not have. */
  readonly unplaced: readonly Reason[];
}

/**
 * The wave that a cluster goes by: the one of its rollout, whichever takes it now, unless its tag asks for a wave that it may not have. A cluster
 * whose tags or policy put it (or may put it) into a later wave by now does not begin in this one, since it would go too soon. Where the policy has
 * given the wave up, the wave that takes the cluster now counts, as long as the policy still selects the cluster: another policy may, with windows of
 * its own.
 *
 * @param name the wave of the cluster in its rollout
 */
export function rulingWave(
  policy: UpgradePolicy,
  cluster: ClusterRecord,
  name: string | undefined,
  prefix: string,
): RulingWave {
  const named = name === undefined ? undefined : waveNamed(policy, name);
  if (name !== undefined && named === undefined && !selects(policy.spec.selector, cluster).matches)
    return { wave: undefined, unplaced: [noWave(policy)] };
  const { index, latest, reasons } = waveOf(policy, cluster, prefix);
  const belongs = latest ?? index;
  if (named !== undefined && belongs > policy.spec.waves.indexOf(named)) {
    const [does, why = ''] = latest === undefined ? ['belongs'] : ['may belong', ` ${reasons[0]?.message}`];
    const later = `${cluster.name} ${does} to the wave ${policy.spec.waves[belongs]?.name} by now, which comes after ${named.name}: it does not begin in that one, and the next rollout takes it.${why}`;
    return { wave: named, unplaced: [reason('NoWave', later)] };
  }
  const against = reasons.filter(({ code }) => named === undefined || code === 'BadTag');
  return { wave: named ?? policy.spec.waves[index], unplaced: index >= 0 ? [] : against };
}

export const noWave = ({ metadata }: UpgradePolicy): Reason =>
  reason('NoWave', `No wave of the policy ${metadata.name} selects it.`);

/** The reason of a member that only counts as failed in its rollout (`isStray`). */
export const givenUp = (policy: string): Reason =>
  reason('NoWave', `No wave of ${policy} that is still to begin takes it: a later rollout may, unless it is held.`);

/** The first wave that takes a cluster, whatever its tags ask for. */
const bySelector = rememberedBy((cluster: ClusterRecord, policy: UpgradePolicy): WavePlace => {
  let unanswered: (WavePlace & { readonly latest: number }) | undefined;
  for (const [index, wave] of policy.spec.waves.entries()) {
    const { matches, reasons, error } = taken(wave, cluster);
    if (error !== undefined) {
      const whether = `the wave ${wave.name} of the policy ${policy.metadata.name} takes it`;
      const reasons = [policyError(whether, `spec.waves[${index}].selector.when`, error)];
      unanswered = { index: -1, reasons, ...unanswered, latest: index };
      continue;
    }
    if (!matches) continue;
    if (unanswered !== undefined) return { ...unanswered, latest: index };
    const rank = index === 0 ? 'the first wave' : 'the first wave that takes it';
    return { index, reasons: [reason('Wave', `${wave.name} is ${rank}: ${reasons.join(' and ')}.`)] };
  }
  return unanswered ?? { index: -1, reasons: [noWave(policy)] };
});

function taken(wave: Wave, cluster: ClusterRecord): ReturnType<typeof selects> {
  if (wave.clusters !== undefined) {
    const matches = isNamedIn(wave.clusters, cluster.name) || isPlacedIn(wave.clusters, cluster);
    return { matches, reasons: [`it names ${cluster.name}`] };
  }
  if (wave.selector === undefined) return { matches: true, reasons: ['it takes all that are left'] };
  return selects(wave.selector, cluster);
}

/** Whether one of these entries names the cluster by more than its name: as `account.region.name`, or by its ARN. */
export const isPlacedIn = (
  clusters: readonly string[],
  cluster: Pick<ClusterRecord, 'account' | 'region' | 'name' | 'arn'>,
): boolean => isNamedIn(clusters, shortId(cluster)) || isNamedIn(clusters, cluster.arn);

/** A set of the clusters: waves may name thousands, and each is looked for among all of them. */
const setOf = remembered((clusters: readonly string[]) => new Set(clusters), new WeakMap());
export const isNamedIn = (clusters: readonly string[], text: string): boolean => setOf(clusters).has(text);

const outside = (message: string): WavePlace => ({ index: -1, reasons: [reason('BadTag', message)] });
