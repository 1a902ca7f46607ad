import { parseConfig } from '../../../core/config/parse-config.ts';
import type { Fleet, UpgradePolicy } from '../../../core/config/types.ts';
import { SeededChoices } from './seeded-choices.ts';
import { accountsOf, REGIONS, type SyntheticFleet } from './synthetic-clusters.ts';

const apiVersion = 'liftlock/v1alpha1';

/** Config as a person would have written it, as plain JSON. */
export type Document = Readonly<Record<string, unknown>>;

/** The Fleet and the policy of a synthetic fleet: several waves, caps of every kind, failure budgets, all from the seed. */
export function syntheticDocuments(fleet: SyntheticFleet): readonly Document[] {
  const choices = new SeededChoices(fleet.seed * 40_503 + 17);
  return [
    fleetDocument(fleet, choices),
    policyDocument(fleet, choices, 'open'),
    policyDocument(fleet, choices, 'private'),
  ];
}

/** Documents through the very parser of config files. Throws `InvalidInput` with every error. */
export function parseDocuments(
  documents: readonly Document[],
  now: Date,
): { readonly fleet: Fleet; readonly policies: readonly UpgradePolicy[] } {
  const text = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const { fleet, policies, errors } = parseConfig([{ path: 'synthetic.yaml', text }], { now });
  if (fleet === undefined || errors.length > 0) {
    const message = errors.map((error) => `${error.path}: ${error.message}`).join('\n');
    throw Object.assign(new Error(message || 'the synthetic config has no Fleet'), { name: 'InvalidInput' });
  }
  return { fleet, policies };
}

function fleetDocument({ clusters }: SyntheticFleet, choices: SeededChoices): Document {
  const total = Math.max(2, Math.ceil(clusters / choices.integer(3, 6)));
  return {
    apiVersion,
    kind: 'Fleet',
    metadata: { name: 'synthetic' },
    spec: {
      mode: 'act',
      accounts: accountsOf(clusters),
      regions: [...REGIONS],
      spokeRole: { externalId: 'synthetic' },
      caps: {
        total,
        perAccount: choices.integer(2, 4),
        perRegion: Math.max(2, Math.ceil(total / 2)),
        perLabel: { team: Math.max(2, Math.ceil(total / choices.integer(2, 4))) },
      },
      labels: { fromTags: { stage: 'stage', team: 'team', canary: 'canary', network: 'network' } },
    },
  };
}

/** API servers that only their own network reaches are verified through the EKS API: less is read of them, and runs are quicker. */
function policyDocument({ target }: SyntheticFleet, choices: SeededChoices, network: 'open' | 'private'): Document {
  return {
    apiVersion,
    kind: 'UpgradePolicy',
    metadata: { name: network },
    spec: {
      selector: { matchLabels: { network } },
      target,
      verification: network === 'open' ? 'full' : 'eks-api',
      trigger: 'automatic',
      waves: [
        {
          name: 'canary',
          selector: { matchLabels: { canary: 'true' } },
          maxConcurrency: choices.integer(1, 2),
          failureBudget: { maxFailures: 1 },
          onUndecided: 'pass',
        },
        wave('dev', choices, '50%'),
        wave('staging', choices, '50%'),
        wave('prod', choices, '34%'),
      ],
    },
  };
}

function wave(stage: string, choices: SeededChoices, share: string): Document {
  return {
    name: stage,
    selector: { matchLabels: { stage } },
    maxConcurrency: choices.chance(0.5) ? share : choices.integer(2, 6),
    failureBudget: { maxFailures: choices.pick(['20%', '34%', 2, 3]) },
    onUndecided: 'pass',
  };
}
