import type { GateReading } from '../../../core/contracts/items/gate.ts';
import type { Member, Rollout, Wave } from '../../../core/contracts/items/rollout.ts';
import type { Decision } from '../../../core/rollout/decisions.ts';
import { type WaveSituation, waveDecisions } from '../../../core/rollout/wave-progress.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';
import { policyWith } from '../policy/policies.ts';

export const now = new Date('2026-11-20T12:00:00Z');
export const at = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString();

export interface Given {
  readonly rollout?: Partial<Rollout>;
  readonly waves: readonly Partial<Wave>[];
  readonly members?: readonly Partial<Member>[];
  /** Of the policy, as YAML; one plain wave for each where absent, and `undefined` for a policy that cannot be read. */
  readonly policy?: string | undefined;
  readonly readings?: readonly GateReading[];
  readonly estimate?: string;
  readonly more?: Partial<WaveSituation>;
}

export function decided({ rollout = {}, waves, members = [], readings, estimate, more, ...given }: Given) {
  const names = waves.map(({ name }, index) => name ?? `w${index}`);
  const plain = `[${names.map((name) => `{ name: ${name}, maxConcurrency: 2, clusters: [x] }`).join(', ')}]`;
  const read =
    'policy' in given && given.policy === undefined ? undefined : policyWith({ waves: given.policy ?? plain });
  const policy = read && estimate ? { ...read, spec: { ...read.spec, estimates: { upgrade: estimate } } } : read;
  return waveDecisions({
    rollout: rolloutItem({ waves: names, ...rollout }),
    waves: waves.map((wave, index) =>
      waveItem({ index, name: names[index] ?? '', canaries: 0, countInFlight: false, maxConcurrency: 2, ...wave }),
    ),
    members: members.map((member, index) => memberItem({ clusterKey: `k${index}`, ...member })),
    policy,
    policyRevision: 'x',
    policyAppliedBy: ['author'],
    learned: undefined,
    readings: () => readings,
    unready: () => undefined,
    standsStill: false,
    actsIn: () => false,
    now,
    ...more,
  });
}

/** What is decided, in words: what it is about, what it becomes, why. */
export const words = (given: Given): string[] =>
  decided(given).map((one: Decision) => {
    const why = 'reasons' in one ? one.reasons.map(({ code }) => code).join(' ') : '';
    if (one.type === 'change-wave') return `${one.wave.name} ${one.status} ${why}`.trim();
    if (one.type === 'adjust-wave') return `${one.wave.name} adjusted ${one.event ?? 'silently'} ${why}`.trim();
    return one.type === 'change-rollout' ? `rollout ${one.status} ${why}` : one.type;
  });
