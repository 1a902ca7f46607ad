import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';

const apiVersion = 'liftlock/v1alpha1';

export const STAGES = ['dev', 'staging', 'prod'] as const;
/** Where hooks of random policies ask. */
export const HOOK = 'https://hooks.example.com/ask';
export const ACCOUNT = '111111111111';

const MANAGED_BY_NOBODY = '222222222222';

/** Config files are JSON here, which is YAML: `liftlock apply -f -` reads it as it reads any file. */
const file = (...documents: readonly object[]): string => documents.map((one) => JSON.stringify(one)).join('\n---\n');

const fleet = (spec: object): object => ({
  apiVersion,
  kind: 'Fleet',
  metadata: { name: 'people' },
  spec: {
    mode: 'act',
    accounts: [ACCOUNT],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'people' },
    labels: { fromTags: { stage: 'stage' } },
    ...spec,
  },
});

const policy = (name: string, spec: object): object => ({
  apiVersion,
  kind: 'UpgradePolicy',
  metadata: { name },
  spec,
});

const NIGHTS = {
  apiVersion,
  kind: 'Calendar',
  metadata: { name: 'nights' },
  spec: { timeZone: 'UTC', windows: [{ name: 'night', schedule: '0 22 * * *', duration: '6h' }] },
};

/** The policies that people of these worlds apply and delete. */
export const POLICIES = ['whole', 'part'] as const;

/** What a fleet begins with: one policy over everything, by chance. */
export const firstConfig = (choices: SeededChoices): string =>
  file(fleet({}), NIGHTS, policy('whole', { selector: {}, ...randomSpec(choices) }));

export const changedFleet = (choices: SeededChoices): string =>
  file(
    fleet({
      mode: choices.pick(['observe', 'act', 'act']),
      accounts: choices.pick([[ACCOUNT], [ACCOUNT], [ACCOUNT, MANAGED_BY_NOBODY], [MANAGED_BY_NOBODY]]),
      caps: choices.pick([{}, { total: 1 }, { total: 3 }]),
    }),
  );

export const changedPolicy = (choices: SeededChoices): string =>
  file(policy('whole', { selector: {}, ...randomSpec(choices) }));

/** A second policy, over one stage: it has clusters in common with the first, or with none if that was deleted. */
export const secondPolicy = (choices: SeededChoices): string =>
  file(policy('part', { selector: { matchLabels: { stage: choices.pick(STAGES) } }, ...randomSpec(choices) }));

/** What ends all strife: everything is selected once, and may go up at any time. */
export const calmConfig = (): string =>
  file(
    fleet({}),
    policy('whole', {
      selector: {},
      target: 'latest',
      trigger: 'automatic',
      finish: 'propose',
      waves: STAGES.map((stage) => wave(stage, {})),
    }),
  );

function randomSpec(choices: SeededChoices): object {
  const at = choices.pick([
    { at: 'before', step: 'wave' },
    { at: 'after', step: 'wave' },
    { at: 'before', step: 'upgrade-cluster' },
    { at: 'before', step: 'roll-node-group' },
    { at: 'before', step: 'upgrade-control-plane' },
    { at: 'after', step: 'smoke-check' },
    { at: 'after', step: 'update-addons' },
  ]);
  const hook = {
    name: 'ask',
    ...at,
    ask: { webhook: HOOK, secret: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8' },
    timeout: choices.pick(['30m', '4h']),
    blocking: choices.chance(0.8),
  };
  return {
    target: choices.pick(['latest', 'latest', 'latest-1', '1.37', '1.36']),
    trigger: choices.chance(0.8) ? 'automatic' : 'manual',
    finish: choices.pick(['never', 'propose', 'always']),
    ...sometimes(choices, 0.3, { patch: { nodes: {}, addons: {} } }),
    ...sometimes(choices, 0.3, { rollback: { automatic: true } }),
    ...sometimes(choices, 0.3, { nodes: { updateConfig: { maxUnavailablePercentage: 50 } } }),
    ...sometimes(choices, 0.4, { hooks: [hook] }),
    waves: [
      wave('dev', { ...sometimes(choices, 0.3, { soak: '12h' }), ...sometimes(choices, 0.3, { bake: '6h' }) }),
      ...(choices.chance(0.8)
        ? [
            wave('staging', {
              maxConcurrency: 2,
              ...sometimes(choices, 0.3, { approval: { approvals: 1 } }),
              ...sometimes(choices, 0.3, { rollNodes: 'whenSkewRequires' }),
            }),
          ]
        : []),
      {
        name: 'prod',
        ...sometimes(choices, 0.2, { requireReady: '24h' }),
        ...sometimes(choices, 0.3, choices.pick([{ watch: '6h' }, { onUndecided: 'pass' }, { bake: '3h' }])),
        ...sometimes(choices, 0.5, { calendar: 'nights' }),
        ...sometimes(choices, 0.3, { approval: { approvals: 1 } }),
        ...sometimes(choices, 0.3, { failureBudget: { maxFailures: 1 } }),
      },
    ],
  };
}

const wave = (stage: string, more: object): object => ({
  name: stage,
  selector: { matchLabels: { stage } },
  ...more,
});

const sometimes = (choices: SeededChoices, probability: number, what: object): object =>
  choices.chance(probability) ? what : {};
