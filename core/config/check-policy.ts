import { checkApprovals } from './checks/approvals.ts';
import { fieldOf, reporter } from './checks/check.ts';
import { checkDeadline } from './checks/deadline.ts';
import { checkExpressions } from './checks/expressions.ts';
import { checkGateUrls } from './checks/gate-urls.ts';
import { checkOverlappingWaves } from './checks/overlapping-waves.ts';
import { checkPolicyOverlap, type SelectingPolicy } from './checks/policies-overlap.ts';
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
import { soundFields } from './sound-fields.ts';
import type { FleetSpec, UpgradePolicy } from './types.ts';
import type { YamlDocument } from './yaml-document.ts';

/** What stands beside a policy in the same files. */
interface Surroundings {
  readonly allowedHosts: readonly string[];
  /** What is right of it. */
  readonly fleet: Partial<FleetSpec>;
  /** The policies before it, as far as it can be read whom they select. This one is added. */
  readonly earlier: SelectingPolicy[];
  readonly names: WrittenNames;
  /** Of the Calendars in the same files; absent without a clock. */
  readonly times: OpeningTimes | undefined;
  readonly options: ParseOptions;
}

/** One document of kind UpgradePolicy: first what can be told of any text, then by the schema, then what needs several of its fields. */
export function checkPolicy(
  document: YamlDocument,
  { allowedHosts, fleet, earlier, names, times, options }: Surroundings,
  issues: ConfigIssue[],
): UpgradePolicy | undefined {
  const report = reporter(document, issues);
  checkWaves(document.value, report);
  checkSmokeUrls(document.value, allowedHosts, report);
  checkGateUrls(document.value, allowedHosts, report);
  checkExpressions(document.value, report);
  checkReferences(document.value, names, options.references ?? 'warn', report);
  const { value: policy, issues: found } = parseBySchema(upgradePolicySchema, document);
  issues.push(...found);
  const spec = policy?.spec ?? soundFields(upgradePolicySchema.shape.spec, fieldOf(document.value, 'spec'));
  const { selector, target, caps, estimates, rollback, waves } = spec;
  if (selector !== undefined && waves !== undefined) {
    checkUnreachableWaves({ spec: { selector, waves } }, report);
    checkOverlappingWaves({ spec: { selector, waves } }, report);
  }
  if (waves !== undefined) {
    checkWaveNumbers({ spec: { waves } }, report);
    checkApprovals({ spec: { waves } }, report);
    if (rollback !== undefined) checkEffects({ spec: { rollback, waves } }, report);
    if (times !== undefined && estimates !== undefined)
      checkWaveOpenings({ spec: { estimates, waves } }, times, report);
  }
  checkDeadline({ spec }, options.calendar, options.now, report);
  if (caps !== undefined && fleet.caps !== undefined && fleet.labels !== undefined)
    checkPolicyCaps({ spec: { caps } }, { caps: fleet.caps, labels: fleet.labels }, report);
  if (target !== undefined && options.calendar !== undefined)
    checkTargetSupport({ spec: { target } }, options.calendar, options.now, report);
  if (selector !== undefined) {
    const selecting = { name: fieldOf(document.value, 'metadata', 'name'), selector };
    checkPolicyOverlap(selecting, earlier, report);
    earlier.push(selecting);
  }
  return policy;
}
