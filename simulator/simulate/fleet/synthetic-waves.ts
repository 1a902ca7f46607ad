import type { Document } from './documents.ts';
import type { SeededChoices } from './seeded-choices.ts';
import { CHANGE_CONTROL, OFFICE } from './synthetic-calendars.ts';

/** The four waves of a synthetic policy: a canary, then one for each stage; every option of a wave, from the seed. */
export function syntheticWaves(choices: SeededChoices): readonly Document[] {
  return [
    {
      name: 'canary',
      selector: { matchLabels: { canary: 'true' } },
      maxConcurrency: choices.integer(1, 2),
      failureBudget: { maxFailures: 1 },
      onUndecided: 'pass',
      ...often(choices, 0.3, () => ({ soak: '10m' })),
    },
    wave('dev', choices, '50%'),
    wave('staging', choices, '50%'),
    wave('prod', choices, '34%'),
  ];
}

function wave(stage: string, choices: SeededChoices, share: string): Document {
  return {
    name: stage,
    selector: { matchLabels: { stage } },
    maxConcurrency: choices.chance(0.5) ? share : choices.integer(2, 6),
    failureBudget: {
      maxFailures: choices.pick([0, '20%', '34%', 2, 3]),
      ...often(choices, 0.25, () => ({ countInFlight: true })),
      ...often(choices, 0.25, () => ({ minJudged: choices.integer(2, 4) })),
    },
    onUndecided: choices.chance(0.9) ? 'pass' : 'hold',
    ...often(choices, 0.3, () => ({ canaries: choices.integer(1, 2) })),
    ...often(choices, 0.35, () => ({
      calendar: choices.pick<unknown>([OFFICE, CHANGE_CONTROL, [OFFICE, CHANGE_CONTROL]]),
    })),
    ...often(choices, 0.2, () => ({ mayOverrun: true })),
    ...often(choices, 0.3, () => ({ rollNodes: 'whenSkewRequires' })),
    ...often(choices, 0.2, () => ({ bake: choices.pick(['10m', '40m', '3h']) })),
    ...often(choices, 0.5, () => ({ soak: choices.pick(['10m', '30m', '2h']) })),
    ...often(choices, 0.3, () => ({ gates: gates(stage, choices) })),
    ...often(choices, stage === 'dev' ? 0.1 : 0.35, () => ({ approval: approval(choices) })),
    ...often(choices, 0.15, () => ({ watch: choices.pick(['20m', '2h']) })),
  };
}

const gates = (stage: string, choices: SeededChoices): readonly Document[] =>
  [gateOf(stage), ...(choices.chance(0.3) ? [FLEET_GATE] : [])].map((alarm) => ({ alarm }));

/** Names of the alarms that are gates of synthetic waves. */
export const gateOf = (stage: string): string => `errors-in-${stage}`;
export const FLEET_GATE = 'errors-anywhere';

/** Roles of people who answer requests (simulate/people). */
export const APPROVERS = [
  'arn:aws:iam::000000000000:role/Approver-a',
  'arn:aws:iam::000000000000:role/Approver-b',
  'arn:aws:iam::000000000000:role/admin',
] as const;

function approval(choices: SeededChoices): Document {
  return {
    approvals: choices.integer(1, 2),
    ...often(choices, 0.4, () => ({ fourEyes: true })),
    ...often(choices, 0.4, () => ({ from: ['arn:aws:iam::000000000000:role/Approver-*'] })),
    ...often(choices, 0.4, () => ({ expiresAfter: choices.pick(['30m', '4h', '1d']) })),
    ...often(choices, 0.25, () => ({ autoApproveWhen: 'failed == 0' })),
  };
}

function often(choices: SeededChoices, probability: number, make: () => Document): Document {
  return choices.chance(probability) ? make() : {};
}
