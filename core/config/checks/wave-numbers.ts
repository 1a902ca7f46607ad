import type { Wave } from '../types.ts';
import { concurrencyLimit, failureLimit } from '../wave-limits.ts';
import { type PolicyWith, type Report, repeats } from './check.ts';

/** Numbers and shares of a wave that cannot mean what they seem to, as far as the file tells how many clusters it has. */
export function checkWaveNumbers({ spec }: PolicyWith<'waves'>, report: Report): void {
  for (const [index, wave] of spec.waves.entries()) {
    const warn = (path: readonly (string | number)[], message: string) =>
      report('warning', ['spec', 'waves', index, ...path], message);
    if (wave.failureBudget.maxFailures === '100%') {
      warn(
        ['failureBudget', 'maxFailures'],
        'all of them may fail, so the rollout never halts here before it is too late. Allow fewer.',
      );
    }
    if (wave.clusters !== undefined) checkNamed(wave, new Set(wave.clusters).size, warn);
    for (const [at, name] of repeats(wave.clusters ?? []))
      warn(['clusters', at], `"${name}" is named twice here. Remove one.`);
  }
}

type Warn = (path: readonly (string | number)[], message: string) => void;

function checkNamed(wave: Wave, named: number, warn: Warn): void {
  const clusters = named === 1 ? 'the one cluster' : `the ${named} clusters`;
  const { maxConcurrency, canaries, failureBudget } = wave;
  const { maxFailures, minJudged } = failureBudget;
  if (typeof maxConcurrency === 'string' && Number.parseInt(maxConcurrency, 10) * named < 100) {
    const limit = concurrencyLimit(wave, named);
    warn(
      ['maxConcurrency'],
      `${maxConcurrency} of ${clusters} named is less than one; ${limit} at a time goes all the same. Write ${limit}, or a larger share.`,
    );
  }
  if (typeof maxFailures === 'string' && maxFailures !== '0%' && failureLimit(wave, named) === 0) {
    warn(
      ['failureBudget', 'maxFailures'],
      `${maxFailures} of ${clusters} named rounds down to 0, so the first failure halts. Write 0, or a number.`,
    );
  }
  if (typeof maxFailures === 'number' && maxFailures >= named) {
    warn(
      ['failureBudget', 'maxFailures'],
      `more than ${maxFailures} of ${clusters} named can never fail, so the rollout never halts here before it is too late. Allow fewer.`,
    );
  }
  if (canaries !== undefined && canaries >= named) {
    warn(
      ['canaries'],
      `${clusters} named are all canaries then, one after the other, and nothing is left to wait for them.`,
    );
  }
  if (minJudged > named) {
    warn(['failureBudget', 'minJudged'], `only ${named} can be judged of ${clusters} named; ${named} is what counts.`);
  }
}
