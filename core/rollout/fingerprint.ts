import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { some } from '../model/words.ts';
import type { Trait } from '../policy/traits.ts';

/** What the clusters that failed have in common and those that succeeded lack: the likely cause of the failures. */
interface Fingerprint {
  readonly failures: number;
  readonly successes: number;
  /** Sorted; empty = nothing tells them apart. */
  readonly traits: readonly Trait[];
  /** Earlier rollouts whose failures and successes are counted here as well, since clusters of theirs went back. */
  readonly rollouts?: readonly string[];
}

const NONE: Fingerprint = { failures: 0, successes: 0, traits: [] };

/**
 * The fingerprint over all waves of one rollout, and over what it knows from earlier ones (`carried`). A trait that a person has released is not
 * suspected again.
 */
export function fingerprintOf(
  { releasedTraits, carried }: Pick<Rollout, 'releasedTraits' | 'carried'>,
  waves: readonly Wave[],
): Fingerprint {
  const before = carried ?? NONE;
  const failures = before.failures + sum(waves.map(({ failed, traits }) => failed - (traits?.withoutCause ?? 0)));
  if (failures <= 0) return NONE;
  const failedBefore = Object.fromEntries(before.traits.map((trait) => [trait, before.failures]));
  const failed = total([failedBefore, ...waves.map((wave) => wave.traits?.failed ?? {})]);
  const succeeded = total(waves.map((wave) => wave.traits?.succeeded ?? {}));
  const released = new Set(releasedTraits);
  const traits = [...failed]
    .filter(([trait, count]) => count >= failures && !succeeded.has(trait) && !released.has(trait))
    .map(([trait]) => trait)
    .sort();
  const successes = before.successes + sum(waves.map((wave) => wave.succeeded));
  return { failures, successes, traits, ...given({ rollouts: carried?.rollouts }) };
}

/**
 * Why a cluster is set aside for what it has in common with the clusters that failed; undefined = it is not set aside. A trait that every cluster has
 * explains nothing, so only traits count that some cluster lacks: one that succeeded, or (`isCommon` is false) one of the rollout that is still to
 * come.
 */
export function suspicion(
  print: Fingerprint,
  rolloutId: string,
  traits: readonly Trait[],
  isCommon: (trait: Trait) => boolean,
): Reason | undefined {
  const shared = print.traits.filter((trait) => traits.includes(trait) && (print.successes > 0 || !isCommon(trait)));
  if (shared.length === 0) return undefined;
  const who = print.failures === 1 ? 'the cluster that failed has' : `all ${print.failures} clusters that failed have`;
  const where =
    print.rollouts === undefined ? '' : `, counted with ${some(print.rollouts, 3)}, where clusters were taken back`;
  const lack =
    print.successes === 0
      ? 'clusters that are still to come lack it'
      : `none of the ${print.successes} that succeeded has it`;
  return reason(
    'SuspiciousTrait',
    `It shares ${shared.join(', ')}: ${who} it and ${lack}${where}. Look at the failure first, then: liftlock rollout release-trait ${rolloutId} ${shared.map((trait) => `'${trait}'`).join(' ')}.`,
  );
}

/** Whether a cluster is set aside for this trait by now, by its reason from `suspicion`, which quotes each trait as `release-trait` takes it. */
export const isSetAsideFor = (trait: Trait, { reasons }: Pick<Member, 'reasons'>): boolean =>
  reasons.some(({ code, message }) => code === 'SuspiciousTrait' && message.includes(`'${trait}'`));

function total(counts: readonly Readonly<Record<string, number>>[]): Map<Trait, number> {
  const all = new Map<Trait, number>();
  for (const one of counts)
    for (const [trait, count] of Object.entries(one)) if (count > 0) all.set(trait, (all.get(trait) ?? 0) + count);
  return all;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
