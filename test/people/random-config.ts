import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { component, OWN_IMAGES } from './own-parts.ts';

const apiVersion = 'liftlock/v1alpha1';

export const STAGES = ['dev', 'staging', 'prod'] as const;
/** Where gates of random policies are read. */
export const GATE = 'https://gates.example.com/shop';
const WEBHOOK = 'https://hooks.example.com/ask';
const OWN = { lambda: 'arn:aws:lambda:eu-central-1:000000000000:function:ask' };
const MACHINE = { stateMachine: 'arn:aws:states:eu-central-1:000000000000:stateMachine:ask' };
/** Who is asked by hooks of random policies, as the answers of a world name them. */
export const HOOKS = [WEBHOOK, OWN.lambda, MACHINE.stateMachine] as const;
export const ACCOUNTS = ['111111111111', '222222222222'] as const;
export const REGIONS = ['eu-central-1', 'us-east-1'] as const;

/** Who acts in these worlds, by the names of their roles. */
export const PEOPLE = ['operator', 'lead', 'chief'] as const;

const MANAGED_BY_NOBODY = '333333333333';

/** Config files are JSON here, which is YAML: `liftlock apply -f -` reads it as it reads any file. */
const file = (...documents: readonly object[]): string => documents.map((one) => JSON.stringify(one)).join('\n---\n');

const fleet = (spec: object): object => ({
  apiVersion,
  kind: 'Fleet',
  metadata: { name: 'people' },
  spec: {
    mode: 'act',
    accounts: ACCOUNTS,
    regions: REGIONS,
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

const nights = (freezes: readonly object[] = []): object => ({
  apiVersion,
  kind: 'Calendar',
  metadata: { name: 'nights' },
  spec: { timeZone: 'UTC', windows: [{ name: 'night', schedule: '0 22 * * *', duration: '6h' }], freezes },
});

/** The policies that people of these worlds apply and delete. */
export const POLICIES = ['whole', 'part'] as const;

/** What a fleet begins with: one policy over everything, by chance. */
export const firstConfig = (choices: SeededChoices): string =>
  file(fleet({}), nights(), channel(choices), policy('whole', { selector: {}, ...randomSpec(choices) }));

/** The channel of these people: a release counts for it later than for others. */
export const ownChannel = (choices: SeededChoices): string => file(channel(choices));

const channel = (choices: SeededChoices): object => ({
  apiVersion,
  kind: 'Channel',
  metadata: { name: 'own' },
  spec: {
    target: choices.pick(['latest', 'latest-1', '1.37']),
    ...sometimes(choices, 0.5, { minimumAge: choices.pick(['5d', '60d']) }),
  },
});

export const changedFleet = (choices: SeededChoices): string =>
  file(
    fleet({
      mode: choices.pick(['observe', 'act', 'act']),
      accounts: choices.pick([
        ACCOUNTS,
        ACCOUNTS,
        [...ACCOUNTS, MANAGED_BY_NOBODY],
        [ACCOUNTS[0]],
        [MANAGED_BY_NOBODY],
      ]),
      regions: choices.pick([REGIONS, REGIONS, [REGIONS[0]]]),
      caps: choices.pick([{}, { total: 1 }, { total: 3 }]),
    }),
  );

export const changedPolicy = (choices: SeededChoices): string =>
  file(policy('whole', { selector: {}, ...randomSpec(choices) }));

/** Freezes from one day to another, or takes that back. */
export const changedCalendar = (now: Date, choices: SeededChoices): string =>
  file(
    nights(choices.pick([[], [{ name: 'sale', from: dayAfter(now, 1), to: dayAfter(now, choices.integer(2, 8)) }]])),
  );

/** Of what may be waived, until one of the next days. */
export const waiver = (now: Date, choices: SeededChoices): string =>
  file({
    apiVersion,
    kind: 'ScanWaiver',
    metadata: { name: choices.pick(['drains', 'all']) },
    spec: {
      match: choices.pick([{ rule: 'DrainStuck' }, { cluster: '*-1' }, { source: 'drain', cluster: 'prod-*' }]),
      ...{ reason: 'mended next week', owner: 'us', expires: dayAfter(now, choices.integer(1, 5)) },
    },
  });

const dayAfter = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/** A second policy, over one stage: it has clusters in common with the first, or with none if that was deleted. */
export const secondPolicy = (choices: SeededChoices): string =>
  file(policy('part', { selector: { matchLabels: { stage: choices.pick(STAGES) } }, ...randomSpec(choices) }));

/** What ends all strife: everything is selected once, and may go up, at any time or each night. */
export const calmConfig = (choices: SeededChoices): string =>
  file(
    fleet(sometimes(choices, 0.2, { caps: { total: 1 } })),
    nights(),
    policy('whole', {
      selector: {},
      target: choices.pick(['latest', { channel: 'stable' }]),
      trigger: choices.pick(['automatic', 'automatic', 'manual']),
      finish: choices.pick(['propose', 'always']),
      nodes: { images: OWN_IMAGES },
      ...sometimes(choices, 0.5, { patch: randomPatch(choices) }),
      waves: STAGES.map((stage) =>
        wave(stage, sometimes(choices, 0.3, { approval: randomApproval(choices), soak: '1h' })),
      ),
    }),
  );

/** One that the people of these worlds can give, whoever of them has applied the policy. */
const randomApproval = (choices: SeededChoices): object =>
  choices.pick([
    {},
    { approvals: 2 },
    { fourEyes: true },
    { autoApproveWhen: 'failed == 0 && findings == 0' },
    { from: ['arn:aws:iam::*:role/lead'] },
    { from: ['role:000000000000/chief'], expiresAfter: '3d' },
    { expiresAfter: '1d' },
  ]);

const randomPatch = (choices: SeededChoices): object => ({
  nodes: choices.pick([{}, { minAge: '2d' }, { maxAge: '10d' }]),
  addons: choices.pick([{}, { minAge: '1d' }]),
  ...sometimes(choices, 0.5, { within: '5d' }),
});

const SECRET = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';

const randomRollback = (choices: SeededChoices): object => ({
  automatic: choices.chance(0.7),
  windows: choices.pick(['ignore', 'obey']),
  extendSupport: choices.chance(0.3),
});

const RATE = {
  ...{ name: 'errors', namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/shop/{cluster}' } },
  ...{ requests: 'RequestCount', errors: 'HTTPCode_Target_5XX_Count' },
};

/** What must work after a hop, and what of alarms and tests is said meanwhile. */
const randomChecks = (choices: SeededChoices): object => ({
  ...sometimes(choices, 0.4, {
    smoke: choices.pick([
      { deployments: ['shop/shop'], urls: ['https://{cluster}.example.com/'] },
      { jobs: [{ name: 'tests', namespace: 'shop', labels: { app: 'tests' }, wait: choices.pick(['10m', '2h']) }] },
      { rates: { metrics: [RATE], wait: '40m' } },
    ]),
  }),
  ...sometimes(choices, 0.2, { silences: [{ alarms: ['shop-5xx'], during: ['roll-node-group'], longest: '1h' }] }),
});

/** In some policies nothing is asked of API servers, and then nothing is said of what is read there. */
function randomSpec(choices: SeededChoices): object {
  const { smoke, disruption, drain, components, ...spec } = fullSpec(choices);
  return { ...spec, ...(choices.chance(0.2) ? { verification: 'eks-api' } : { smoke, disruption, drain, components }) };
}

function fullSpec(choices: SeededChoices): Readonly<Record<string, unknown>> {
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
    ask: choices.pick([{ webhook: WEBHOOK, secret: SECRET }, OWN, MACHINE]),
    timeout: choices.pick(['30m', '4h']),
    blocking: choices.chance(0.8),
  };
  return {
    target: choices.pick(['latest', 'latest', 'latest-1', '1.37', '1.36', { channel: 'extended' }, { channel: 'own' }]),
    ...sometimes(choices, 0.4, {
      deadline: choices.pick([
        '2026-12-05',
        { beforeEndOf: 'standardSupport', margin: '2d' },
        { beforeEndOf: 'extendedSupport' },
      ]),
    }),
    trigger: choices.chance(0.8) ? 'automatic' : 'manual',
    finish: choices.pick(['never', 'propose', 'always']),
    ...sometimes(choices, 0.3, { patch: randomPatch(choices) }),
    ...sometimes(choices, 0.4, { rollback: randomRollback(choices) }),
    ...randomChecks(choices),
    ...sometimes(choices, 0.2, { order: choices.pick([['name'], ['cost', 'name'], [{ label: 'stage' }]]) }),
    ...sometimes(choices, 0.2, {
      caps: choices.pick([{ total: 1 }, { perRegion: 1 }, { perAccount: 1 }, { perLabel: { stage: 1 } }]),
    }),
    ...sometimes(choices, 0.2, { estimates: { upgrade: choices.pick(['30m', '5h', '9h']) } }),
    ...sometimes(choices, 0.3, {
      breakGlass: choices.pick([{ fourEyes: true }, { from: ['role:000000000000/lead'] }]),
    }),
    ...sometimes(choices, 0.4, {
      nodes: choices.pick([
        { images: OWN_IMAGES },
        { images: OWN_IMAGES, updateConfig: { maxUnavailablePercentage: 50 } },
        { podEvictionFailure: { retries: 3, pause: '2h' } },
        { podEvictionFailure: { retries: 2, force: { after: '4h', selector: { matchLabels: { stage: 'dev' } } } } },
      ]),
    }),
    ...sometimes(choices, 0.3, { drain: choices.pick([{}, { maxUnavailable: '100%', podTimeout: '1h' }]) }),
    ...sometimes(choices, 0.2, { disruption: { maxUnavailable: 1, pause: '10m' } }),
    ...sometimes(choices, 0.2, { cannotStart: { leaveBehindAfter: '2d' } }),
    ...sometimes(choices, 0.3, {
      scan: choices.pick([
        { failOn: 'none' },
        { backups: { velero: { within: '24h' } } },
        { versionOwner: 'hold' },
        { failOn: 'deprecated', skip: ['telemetry'] },
        { urls: ['https://{cluster}.example.com/ready'], alarms: ['shop-5xx'] },
        { waivers: [{ checks: ['DrainStuck'], from: ['role:000000000000/lead'], longest: '3d' }] },
      ]),
    }),
    ...sometimes(choices, 0.4, { hooks: [hook] }),
    ...sometimes(choices, 0.3, {
      components: [component(choices.chance(0.4) ? undefined : choices.pick([OWN, MACHINE]))],
    }),
    waves: [
      wave('dev', { ...sometimes(choices, 0.3, { soak: '12h' }), ...sometimes(choices, 0.3, { bake: '6h' }) }),
      ...(choices.chance(0.8)
        ? [
            wave('staging', {
              maxConcurrency: 2,
              ...sometimes(choices, 0.3, { approval: randomApproval(choices) }),
              ...sometimes(choices, 0.3, { rollNodes: 'whenSkewRequires' }),
            }),
          ]
        : []),
      {
        name: 'prod',
        ...sometimes(choices, 0.2, { requireReady: '24h' }),
        ...sometimes(choices, 0.3, choices.pick([{ watch: '6h' }, { onUndecided: 'pass' }, { bake: '3h' }])),
        ...sometimes(choices, 0.5, { calendar: 'nights' }),
        ...sometimes(choices, 0.2, choices.pick([{ mayOverrun: true }, { canaries: 1, maxConcurrency: '100%' }])),
        ...sometimes(choices, 0.3, { soak: '2h', gates: [{ webhook: GATE, secret: SECRET }] }),
        ...sometimes(choices, 0.3, { approval: randomApproval(choices) }),
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
