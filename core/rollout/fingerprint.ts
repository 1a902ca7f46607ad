import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import type { Trait } from '../policy/traits.ts';

/** What the clusters that failed have in common and those that succeeded lack: the likely cause of the failures. */
export interface Fingerprint {
  readonly failures: number;
  readonly successes: number;
  /** Sorted; empty = nothing tells them apart. */
  readonly traits: readonly Trait[];
  /** Set where clusters were taken back from this minor in earlier rollouts (`rollouts`): it holds for those alone that are taken there. */
  readonly minor?: string;
  /** Set where clusters failed that stay at their minor: it holds for such clusters alone, and one without it for hops alone. */
  readonly isWithin?: true;
  readonly rollouts?: readonly string[];
}

const NONE: Fingerprint = { failures: 0, successes: 0, traits: [] };

/**
 * The fingerprints over all waves of one rollout, of its hops and of what stays at its minor, and those of clusters that were taken back in earlier
 * ones (`carried`), each for itself. A trait that a person has released is not suspected again.
 */
export function fingerprintsOf(
  rollout: Pick<Rollout, 'releasedTraits' | 'carried'>,
  waves: readonly Wave[],
): Fingerprint[] {
  const { releasedTraits = [], carried = [] } = rollout;
  const before = carried.map((one) => ({
    ...one,
    traits: one.traits.filter((trait) => !releasedTraits.includes(trait)),
  }));
  return [fingerprintOf(rollout, waves), fingerprintWithin(rollout, waves), ...before].filter(
    ({ traits }) => traits.length > 0,
  );
}

/** All traits that are suspected in a rollout. Sorted. */
export const suspectedTraits = (...of: Parameters<typeof fingerprintsOf>): Trait[] =>
  [...new Set(fingerprintsOf(...of).flatMap(({ traits }) => traits))].sort();

/** The traits of clusters that failed in these waves, each with their number. */
export const failedWith = (waves: readonly Wave[]): Map<Trait, number> =>
  total(waves.flatMap(({ traits }) => [traits?.failed ?? {}, traits?.within?.failed ?? {}]));

/** The fingerprint over the hops of all waves of one rollout alone. */
export function fingerprintOf(rollout: Pick<Rollout, 'releasedTraits'>, waves: readonly Wave[]): Fingerprint {
  const all = waves.map(({ traits, failed, succeeded }) => {
    const { failures = 0, successes = 0, withoutCause = 0 } = traits?.within ?? {};
    return {
      ...{ failed: traits?.failed ?? {}, succeeded: traits?.succeeded ?? {} },
      failures: failed - (traits?.withoutCause ?? 0) - failures - withoutCause,
      successes: succeeded - successes,
    };
  });
  return fingerprintIn(rollout, all);
}

/** The same over the clusters that stay at their minor: they have another version than hops, and what comes with it, whatever becomes of them. */
function fingerprintWithin(rollout: Pick<Rollout, 'releasedTraits'>, waves: readonly Wave[]): Fingerprint {
  return {
    ...fingerprintIn(
      rollout,
      waves.flatMap(({ traits }) => traits?.within ?? []),
    ),
    isWithin: true,
  };
}

interface Ends extends Pick<Fingerprint, 'failures' | 'successes'> {
  readonly failed: Readonly<Record<Trait, number>>;
  readonly succeeded: Readonly<Record<Trait, number>>;
}

function fingerprintIn({ releasedTraits }: Pick<Rollout, 'releasedTraits'>, all: readonly Ends[]): Fingerprint {
  const failures = sum(all.map((one) => one.failures));
  if (failures <= 0) return NONE;
  const failed = total(all.map((one) => one.failed));
  const succeeded = total(all.map((one) => one.succeeded));
  const released = new Set(releasedTraits);
  const traits = [...failed]
    .filter(([trait, count]) => count >= failures && !succeeded.has(trait) && !released.has(trait))
    .map(([trait]) => trait)
    .sort();
  return { failures, successes: sum(all.map((one) => one.successes)), traits };
}

/** Why a cluster with these traits is set aside for what it has in common with the clusters that failed; undefined = it is not set aside. */
export function suspicion(print: Fingerprint, rolloutId: string, traits: readonly Trait[]): Reason | undefined {
  const { failures, successes, minor, rollouts } = print;
  const shared = print.traits.filter((trait) => traits.includes(trait));
  if (shared.length === 0) return undefined;
  const became = minor === undefined ? 'failed' : `${failures === 1 ? 'was' : 'were'} taken back from ${minor}`;
  const who = failures === 1 ? `the cluster that ${became} has` : `all ${failures} clusters that ${became} have`;
  const where = rollouts === undefined ? '' : ` (${some(rollouts, 3)})`;
  const others =
    successes === 0 ? 'clusters that are still to come lack it' : `none of the ${successes} that succeeded has it`;
  // Of what is carried the number may be older than the last success.
  const lack = minor === undefined ? others : 'no cluster with it has got there';
  return reason(
    'SuspiciousTrait',
    `It shares ${shared.join(', ')}: ${who} it${where} and ${lack}. Look at the failure first, then: liftlock rollout release-trait ${rolloutId} ${shared.map((trait) => `'${trait}'`).join(' ')}.`,
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
