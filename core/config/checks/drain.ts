import { covers, isSatisfiable } from '../../selector/cover.ts';
import type { UpgradePolicy } from '../types.ts';
import type { Report } from './check.ts';

/** The first rule that selects a pod decides, so a rule behind a wider one never applies. */
export function checkDrainRules(rules: NonNullable<UpgradePolicy['spec']['drain']>['rules'], report: Report): void {
  for (const [index, { selector }] of rules.entries()) {
    const first = rules.slice(0, index).findIndex((earlier) => covers(earlier.selector, selector));
    const never = !isSatisfiable(selector)
      ? 'its conditions exclude each other'
      : first === -1
        ? undefined
        : `rules[${first}] selects every pod that it does, and the first one decides`;
    if (never === undefined) continue;
    const message = `no pod ever comes to this rule: ${never}. Put it before wider ones, correct it, or remove it.`;
    report('error', ['spec', 'drain', 'rules', index], message);
  }
}
