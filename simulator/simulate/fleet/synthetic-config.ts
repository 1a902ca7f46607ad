import { apiVersion, type Document } from './documents.ts';
import { neverMeets } from './never-meets.ts';
import { SeededChoices } from './seeded-choices.ts';
import { syntheticCalendars } from './synthetic-calendars.ts';
import { accountsOf, FEW, REGIONS, type SyntheticFleet } from './synthetic-clusters.ts';
import { syntheticWaves } from './synthetic-waves.ts';

/** The Fleet, the calendars and the two policies of a synthetic fleet: everything that config can ask for, all from the seed. */
export function syntheticDocuments(fleet: SyntheticFleet): readonly Document[] {
  const choices = new SeededChoices(fleet.seed * 40_503 + 17);
  return [
    fleetDocument(fleet, choices),
    ...syntheticCalendars(choices, fleet.now),
    ...[neverMeets(fleet)?.calendar].filter((calendar) => calendar !== undefined),
    policyDocument(fleet, choices, 'open'),
    policyDocument(fleet, choices, 'private'),
  ];
}

function fleetDocument({ clusters }: SyntheticFleet, choices: SeededChoices): Document {
  const share = Math.max(2, Math.ceil(clusters / choices.integer(3, 6)));
  // A few clusters would seldom be under way side by side, and what one does to the others would not be seen.
  const total = clusters <= FEW && choices.chance(0.7) ? clusters : share;
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
function policyDocument(fleet: SyntheticFleet, choices: SeededChoices, network: 'open' | 'private'): Document {
  const { target, seed } = fleet;
  const caps = choices.pick<Document>([
    {},
    {},
    { perAccount: 1 },
    { total: 3 },
    { perRegion: 2, perLabel: { team: 1 } },
  ]);
  const estimate = choices.pick(['', '', '45m', '90m']);
  const finish = new SeededChoices(seed * 31 + network.length).pick(['always', 'always', 'propose', 'never']);
  const deadline = choices.pick<unknown>([null, null, '2027-01-15', { beforeEndOf: 'standardSupport', margin: '14d' }]);
  const order = choices.pick([['deadline', 'cost', 'risk', 'name'], ['name'], ['risk', 'name'], ['cost', 'deadline']]);
  return {
    apiVersion,
    kind: 'UpgradePolicy',
    metadata: { name: network },
    spec: {
      selector: { matchLabels: { network } },
      target,
      verification: network === 'open' ? 'full' : 'eks-api',
      trigger: 'automatic',
      finish,
      order,
      caps,
      ...neverMeets(fleet)?.policy,
      ...(estimate === '' ? {} : { estimates: { upgrade: estimate } }),
      ...(deadline === null ? {} : { deadline }),
      waves: syntheticWaves(choices),
    },
  };
}
