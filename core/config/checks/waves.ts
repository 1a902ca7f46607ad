import { IDENTITY_CENTER_ROLE, personOf } from '../../model/principal.ts';
import { both, covers, isSatisfiable } from '../../selector/cover.ts';
import type { LabelSelector } from '../../selector/label-selector.ts';
import type { UpgradePolicySpec, Wave } from '../types.ts';
import { concurrencyLimit, failureLimit } from '../wave-limits.ts';
import { type Report, repeats, type SoundWaves } from './check.ts';

/** A wave that no cluster can ever reach is probably in the wrong place, since the first matching wave wins. */
export function checkUnreachableWaves(
  { selector, waves }: Pick<UpgradePolicySpec, 'selector' | 'waves'>,
  report: Report,
): void {
  if (!isSatisfiable(selector)) {
    report('warning', ['spec', 'selector'], 'its conditions contradict each other, so it can never match a cluster.');
    return;
  }
  for (const [index, wave] of waves.entries()) {
    const path = ['spec', 'waves', index];
    if (!isSatisfiable(both(selector, wave.selector))) {
      const message =
        "with the policy's own selector its conditions contradict each other, so it can never match a cluster.";
      report('warning', [...path, 'selector'], message, 'key');
      continue;
    }
    const earlier = waves.slice(0, index).find((candidate) => takesAll(candidate, wave, selector));
    if (earlier === undefined) {
      reportRepeatedClusters(waves.slice(0, index), wave, index, report);
      continue;
    }
    const message = `this wave can never get a cluster: the earlier wave "${earlier.name}" takes all of them, and the first matching wave wins. Put it before "${earlier.name}", or narrow that one.`;
    report('warning', [...path, wave.selector ? 'selector' : wave.clusters ? 'clusters' : 'name'], message, 'key');
  }
}

/** The clusters that a wave names are among those that the policy selects, so a selector that covers the policy's covers them. */
function takesAll(earlier: Wave, later: Wave, policySelector: LabelSelector): boolean {
  if (earlier.clusters !== undefined) {
    const names = new Set(earlier.clusters);
    return later.clusters?.every((name) => names.has(name)) ?? false;
  }
  return earlier.selector === undefined || covers(earlier.selector, both(policySelector, later.selector));
}

function reportRepeatedClusters(earlier: readonly Wave[], wave: Wave, index: number, report: Report): void {
  const firstWave = new Map(earlier.toReversed().flatMap(({ name, clusters = [] }) => clusters.map((c) => [c, name])));
  for (const [at, name] of (wave.clusters ?? []).entries()) {
    const first = firstWave.get(name);
    if (first === undefined) continue;
    const message = `"${name}" is in the earlier wave "${first}" already, which wins. Remove one.`;
    report('warning', ['spec', 'waves', index, 'clusters', at], message);
  }
}

/** Warns of numbers and shares of a wave that mean something else than they seem to, as far as the file tells its number of clusters. */
export function checkWaveNumbers(waves: SoundWaves, report: Report): void {
  for (const [index, wave] of waves) {
    const warn = (path: readonly (string | number)[], message: string) =>
      report('warning', ['spec', 'waves', index, ...path], message);
    if (wave.failureBudget.maxFailures === '100%') {
      warn(
        ['failureBudget', 'maxFailures'],
        'all of them may fail, so the rollout never halts here before it is too late. Allow fewer.',
      );
    }
    checkInFlight(wave, warn);
    if (wave.failureBudget.minJudged === 0 && wave.onUndecided === 'hold') {
      warn(
        ['failureBudget', 'minJudged'],
        'with 0 the wave passes though no upgrade in it was tried to its end, and onUndecided: hold never holds it. Write 1 or more, or onUndecided: pass.',
      );
    }
    for (const [at, name] of repeats([wave.calendar ?? []].flat()))
      warn(['calendar', at], `"${name}" is named twice here. Remove one.`);
    for (const [at] of repeats(wave.gates.map((gate) => JSON.stringify(gate))))
      warn(['gates', at], 'the same gate stands here before, and tells nothing else. Remove one.');
    if (wave.clusters !== undefined) checkNamed(wave, new Set(wave.clusters).size, warn);
    for (const [at, name] of repeats(wave.clusters ?? []))
      warn(['clusters', at], `"${name}" is named twice here. Remove one.`);
  }
}

type Warn = (path: readonly (string | number)[], message: string) => void;

/** `countInFlight` lets no more clusters be in flight than may fail, and always one. A larger `maxConcurrency` has no effect. */
function checkInFlight({ maxConcurrency, failureBudget: { countInFlight, maxFailures } }: Wave, warn: Warn): void {
  if (!countInFlight || typeof maxConcurrency !== typeof maxFailures) return;
  const [most, mayFail] = [maxConcurrency, maxFailures].map((limit) => Number.parseInt(String(limit), 10));
  if (most === undefined || mayFail === undefined || most <= Math.max(1, mayFail)) return;
  const said = typeof maxFailures === 'number' ? Math.max(1, maxFailures) : maxFailures;
  warn(
    ['maxConcurrency'],
    `${maxConcurrency} takes no effect: countInFlight lets ${said} be in flight at once, as many as may fail (maxFailures: ${maxFailures}). Write ${said}, or let more fail.`,
  );
}

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

type Approval = NonNullable<Wave['approval']>;

const NOBODY =
  'this stands for nobody: who comes through a permission set of Identity Center is known by their own name. Write sso:ACCOUNT/NAME.';

/** Reports approvals that nobody can ever give, or that nobody is asked for. */
export function checkApprovals(waves: SoundWaves, report: Report): void {
  for (const [index, { approval }] of waves) {
    if (approval === undefined) continue;
    const path = ['spec', 'waves', index, 'approval'];
    for (const [at, pattern] of repeats(approval.from ?? []))
      report('warning', [...path, 'from', at], `"${pattern}" is listed twice. Remove one.`);
    for (const [at, pattern] of (approval.from ?? []).entries())
      if (pattern.includes(IDENTITY_CENTER_ROLE)) report('warning', [...path, 'from', at], NOBODY);
    if (!approval.before) {
      const message = 'nobody is asked, and the other fields have no effect. Remove approval, or write true.';
      report('warning', [...path, 'before'], message);
      continue;
    }
    const people = namedPeople(approval);
    if (people === undefined) continue;
    const available = people + (approval.autoApproveWhen === undefined ? 0 : 1);
    if (approval.approvals > available) {
      const others = approval.autoApproveWhen === undefined ? '' : ' beside autoApproveWhen';
      const message = `${approval.approvals} different people must agree and from names ${people}${others}, so this can never be met. Name more, use a pattern with *, or ask for fewer.`;
      report('error', [...path, 'approvals'], message, 'value');
    } else if (approval.fourEyes && approval.approvals === available && approval.autoApproveWhen === undefined) {
      const message = `whoever applies the policy or creates the rollout may not approve, and from names no more people than must agree (${people}): once one of them does so, this can never be met. Name more, or use a pattern with *.`;
      report('warning', [...path, 'fourEyes'], message);
    }
  }
}

/** The number of people that `from` names; undefined = any number. A role counts as one person; people of Identity Center have names. */
function namedPeople({ from }: Approval): number | undefined {
  if (from === undefined) return undefined;
  const people = from.filter((pattern) => !pattern.includes(IDENTITY_CENTER_ROLE));
  return people.some((pattern) => pattern.includes('*')) ? undefined : new Set(people.map(personOf)).size;
}
