import { HOOK_STEPS } from '../../../core/contracts/hook.ts';
import { hasBadMinor, thatGoesOn } from './bad-minor.ts';
import { apiVersion, type Document } from './documents.ts';
import { neverMeets, type SyntheticFleet } from './never-meets.ts';
import { SeededChoices } from './seeded-choices.ts';
import { stuckBudgets } from './stuck-budgets.ts';
import { syntheticCalendars } from './synthetic-calendars.ts';
import { accountsOf, FEW, REGIONS } from './synthetic-clusters.ts';
import { syntheticProbes } from './synthetic-probes.ts';
import { syntheticWaves } from './synthetic-waves.ts';

/** The Fleet, the calendars and the two policies of a synthetic fleet: every option of the config, from the seed. */
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
  // With a low cap a few clusters would seldom run at the same time, and would not affect each other.
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
      hooks: { jobs: { namespace: HOOK_NAMESPACE, serviceAccount: 'asked', images: [HOOK_IMAGE] } },
    },
  };
}

/** The URL of a synthetic policy's hooks (simulate/people/receivers.ts). */
export const hookUrlOf = (policy: string): string => `https://hooks.example.com/${policy}`;

/** The namespace and image of Jobs for hooks; the tag of the image decides the result (simulate/people/receivers.ts). */
export const HOOK_NAMESPACE = 'hooks';
export const HOOK_IMAGE = 'registry.example.com/hook';

/** Hooks of waves, and hooks by Jobs where Liftlock reaches the API server. */
function otherHooks(seed: number, network: string, ask: Document): Document[] {
  const choices = new SeededChoices(seed * 69_621 + network.length);
  const of = (name: string, more: Document): Document => ({
    ...{ name, at: choices.pick(['before', 'after']), timeout: choices.pick(['15m', '1h']), ask, ...more },
  });
  const job = { image: `${HOOK_IMAGE}:${choices.pick(['go', 'go', 'go', 'go', 'slow', 'no', 'stuck'])}` };
  return [
    ...(choices.chance(0.12) ? [of('wave', { step: 'wave' })] : []),
    ...(network === 'open' && choices.chance(0.2) ? [of('job', { step: choices.pick(HOOK_STEPS), ask: { job } })] : []),
  ];
}

/**
 * Options of a policy beside versions: update settings, rolls by force, patches inside a minor, hooks, mute rules, probes. It uses choices of its own,
 * so that all else is the same without them.
 */
function aroundSteps(seed: number, network: string): Document {
  const choices = new SeededChoices(seed * 48_271 + network.length);
  const updateConfig = choices.pick<Document>([
    ...[{ maxUnavailable: 2 }, { maxUnavailablePercentage: 50 }],
    { maxUnavailable: 3, updateStrategy: 'MINIMAL' },
  ]);
  const ages = choices.pick<Document>([{}, { minAge: '3d' }, { maxAge: '30d' }]);
  const webhook = hookUrlOf(network);
  const secret = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';
  const hooks = Array.from({ length: choices.integer(1, 3) }, (_, index) => ({
    ...{ name: `hook-${index}`, at: choices.pick(['before', 'after']), step: choices.pick(HOOK_STEPS) },
    ...{ ask: { webhook, secret }, timeout: choices.pick(['15m', '1h']), blocking: choices.chance(0.8) },
  }));
  const during = ['upgrade-control-plane', 'update-addons', 'roll-node-group'];
  const silences = [{ alarms: ['{cluster}-errors'], during, longest: '4h' }];
  const others = otherHooks(seed, network, { webhook, secret });
  const nodes = { ...(choices.chance(0.3) ? { updateConfig } : {}), ...stuckBudgets(seed)?.nodes };
  return {
    ...(Object.keys(nodes).length === 0 ? {} : { nodes }),
    ...(choices.chance(0.3) ? { patch: { nodes: ages } } : {}),
    hooks: [...(choices.chance(0.25) ? hooks : []), ...others],
    rollback: rollback(seed, network),
    ...(choices.chance(0.3) ? { silences } : {}),
    ...disruption(seed, network),
    ...syntheticProbes(seed, network),
  };
}

/** Who takes clusters back, and whether their calendars hold for that. */
function rollback(seed: number, network: string): Document {
  const automatic = hasBadMinor(seed) || new SeededChoices(seed * 7_907 + network.length).chance(0.5);
  const obeys = new SeededChoices(seed * 12_289 + network.length).chance(0.4);
  return { automatic, windows: obeys ? 'obey' : 'ignore' };
}

/** Liftlock counts the nodes that are down at the API server, so only where it reaches that. */
function disruption(seed: number, network: string): Document {
  const choices = new SeededChoices(seed * 15_731 + network.length);
  const maxUnavailable = choices.pick([1, 2, '10%', '30%']);
  const pause = choices.pick(['0s', '10m', '1h']);
  return network === 'open' && choices.chance(0.5) ? { disruption: { maxUnavailable, pause } } : {};
}

/** Private API servers are verified through the EKS API: less is read of them, and runs are faster. */
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
      ...aroundSteps(seed, network),
      ...(estimate === '' ? {} : { estimates: { upgrade: estimate } }),
      ...(deadline === null ? {} : { deadline }),
      waves: hasBadMinor(seed) ? syntheticWaves(choices).map(thatGoesOn) : syntheticWaves(choices),
    },
  };
}
