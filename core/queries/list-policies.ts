import type { UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { loadAppliedConfigs, readPolicies, upgradePolicy } from '../policy/applied.ts';
import { policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { PolicyRollouts } from '../store/entities.ts';
import { load } from '../store/entity.ts';

export interface PolicyView extends Pick<AppliedConfig, 'name' | 'revision' | 'appliedBy' | 'appliedAt'> {
  /** Null when this version cannot read what was applied: then nothing happens under it. */
  readonly spec: UpgradePolicy['spec'] | null;
  /** Clusters that it alone selects. */
  readonly clusters: number;
  /** Clusters that it selects together with other policies: left alone until one does. */
  readonly ambiguousClusters: number;
  /** Clusters for which its expression has no answer (`PolicyError`): it does not select them. */
  readonly undecidedClusters: number;
  readonly newestRollout: string | null;
}

export async function listPolicies({ table }: Pick<Ports, 'table'>): Promise<{ items: PolicyView[] }> {
  const configs = await loadAppliedConfigs(table, 'UpgradePolicy');
  const { policies, unreadable } = readPolicies(configs);
  const living = await loadLivingRecords(table);
  const matches = living.map((cluster) => policyOf(cluster, policies, unreadable));
  const items = await Promise.all(
    configs.map(async (config): Promise<PolicyView> => {
      const rollout = await load(table, PolicyRollouts, config.name);
      return {
        name: config.name,
        spec: upgradePolicy(config)?.spec ?? null,
        revision: config.revision,
        appliedBy: config.appliedBy,
        appliedAt: config.appliedAt,
        clusters: matches.filter((match) => match.type === 'one' && match.policy.metadata.name === config.name).length,
        ambiguousClusters: matches.filter((match) => match.type === 'ambiguous' && match.names.includes(config.name))
          .length,
        undecidedClusters: matches.filter(({ errors }) => errors.some(({ policy }) => policy === config.name)).length,
        newestRollout: rollout?.data.rolloutId ?? null,
      };
    }),
  );
  return { items };
}
