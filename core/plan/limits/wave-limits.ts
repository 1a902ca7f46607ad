import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { Wave as WaveSpec } from '../../config/types.ts';
import { concurrencyLimit, failureLimit } from '../../config/wave-limits.ts';
import type { AnyCode } from '../../contracts/reasons.ts';
import type { PlanRules } from '../offline-snapshot.ts';
import { type Constraint, durationText, grainOf, withWave } from './constraint.ts';

/** Codes of reasons to wait, and for how many milliseconds clusters waited for each. */
export type Lost = ReadonlyMap<AnyCode, number>;

/** The rules of one wave that take time, as constraints. `members` is the number of clusters that need work in it. */
export function waveLimits(
  rules: PlanRules,
  policy: string,
  wave: WaveSpec,
  members: number,
  lost: Lost,
): Constraint[] {
  const where = `of the wave ${wave.name} of the policy ${policy}`;
  const changed = (change: (spec: WaveSpec) => WaveSpec) => withWave(rules, policy, wave.name, change);
  const found: Constraint[] = [];
  const now = concurrencyLimit(wave, members);
  const name = `${policy}/${wave.name}`;
  const add = (limit: Omit<Constraint, 'name' | 'of'>) => found.push({ name, of: { wave: name }, ...limit });
  if (now < members)
    add({
      kind: 'concurrency',
      weight: lost.get('WaveFull') ?? 0,
      steps: members - now,
      at: (step) => ({
        rules: changed((spec) => ({ ...spec, maxConcurrency: now + step })),
        change: `raise maxConcurrency ${where} from ${wave.maxConcurrency}${typeof wave.maxConcurrency === 'string' ? ` (${now})` : ''} to ${now + step}`,
      }),
    });
  const mayFail = failureLimit(wave, members);
  const { maxFailures, countInFlight } = wave.failureBudget;
  if (countInFlight && mayFail < members)
    add({
      kind: 'failureBudget',
      weight: lost.get('BudgetInFlight') ?? 0,
      steps: members - mayFail,
      at: (step) => ({
        rules: changed((spec) => ({
          ...spec,
          failureBudget: { ...spec.failureBudget, maxFailures: mayFail + step },
        })),
        change: `raise failureBudget.maxFailures ${where}, which counts in flight, from ${maxFailures}${typeof maxFailures === 'string' ? ` (${mayFail})` : ''} to ${mayFail + step}`,
      }),
    });
  const { canaries } = wave;
  if (canaries !== undefined && members > 1)
    add({
      kind: 'canaries',
      weight: lost.get('CanaryFirst') ?? 0,
      steps: Math.min(canaries, members),
      at: (step) => {
        const left = Math.min(canaries, members) - step;
        return {
          rules: changed(({ canaries: _, ...spec }) => (left > 0 ? { ...spec, canaries: left } : spec)),
          change: `lower canaries ${where} from ${canaries} to ${left}`,
        };
      },
    });
  for (const kind of ['soak', 'bake', 'watch'] as const) {
    const text = wave[kind];
    if (text === undefined) continue;
    const length = durationMilliseconds(text);
    const grain = grainOf(length);
    add({
      kind,
      weight: length,
      steps: Math.ceil(length / grain),
      at: (step) => {
        const left = length - step * grain;
        const rest = durationText(left);
        return {
          rules: changed(({ [kind]: _, ...spec }) => (left > 0 ? { ...spec, [kind]: rest } : spec) as WaveSpec),
          change:
            left > 0 ? `shorten ${kind} ${where} from ${text} to ${rest}` : `leave out ${kind} ${where} (${text})`,
        };
      },
    });
  }
  return found;
}
