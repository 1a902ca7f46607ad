import { checkApprovals } from './checks/approvals.ts';
import { reporter } from './checks/check.ts';
import { checkDeadline } from './checks/deadline.ts';
import { checkExpressions } from './checks/expressions.ts';
import { checkGateUrls } from './checks/gate-urls.ts';
import { checkOverlappingWaves } from './checks/overlapping-waves.ts';
import { checkPolicyCaps } from './checks/policy-caps.ts';
import { checkReferences, type WrittenNames } from './checks/references.ts';
import { checkSmokeUrls } from './checks/smoke-urls.ts';
import { checkTargetSupport } from './checks/target-support.ts';
import { checkUnreachableWaves } from './checks/unreachable-waves.ts';
import { checkWaveNumbers } from './checks/wave-numbers.ts';
import { checkWaveOpenings, type OpeningTimes } from './checks/wave-openings.ts';
import { checkWaves } from './checks/waves.ts';
import { checkEffects } from './checks/without-effect.ts';
import type { ConfigIssue } from './issue.ts';
import type { ParseOptions } from './parse-options.ts';
import { upgradePolicySchema } from './schema/upgrade-policy.ts';
import { parseBySchema } from './schema-issues.ts';
import type { Fleet, UpgradePolicy } from './types.ts';
import type { YamlDocument } from './yaml-document.ts';

/** What stands beside a policy in the same files. */
interface Surroundings {
  readonly allowedHosts: readonly string[];
  /** Absent also when it is not valid. */
  readonly fleet: Fleet | undefined;
  readonly names: WrittenNames;
  /** Of the Calendars in the same files; absent without a clock. */
  readonly times: OpeningTimes | undefined;
  readonly options: ParseOptions;
}

/** One document of kind UpgradePolicy: first what can be told of any text, then by the schema, then what needs all of its fields. */
export function checkPolicy(
  document: YamlDocument,
  { allowedHosts, fleet, names, times, options }: Surroundings,
  issues: ConfigIssue[],
): UpgradePolicy | undefined {
  const report = reporter(document, issues);
  checkWaves(document.value, report);
  checkSmokeUrls(document.value, allowedHosts, report);
  checkGateUrls(document.value, allowedHosts, report);
  checkExpressions(document.value, report);
  const { value: policy, issues: found } = parseBySchema(upgradePolicySchema, document);
  issues.push(...found);
  if (policy === undefined) return undefined;
  checkUnreachableWaves(policy, report);
  checkOverlappingWaves(policy, report);
  checkWaveNumbers(policy, report);
  checkApprovals(policy, report);
  checkEffects(policy, report);
  checkDeadline(policy, options.calendar, options.now, report);
  checkReferences(policy, names, options.references ?? 'warn', report);
  if (times !== undefined) checkWaveOpenings(policy, times, report);
  if (fleet !== undefined) checkPolicyCaps(policy, fleet.spec, report);
  if (options.calendar !== undefined) checkTargetSupport(policy, options.calendar, options.now, report);
  return policy;
}
