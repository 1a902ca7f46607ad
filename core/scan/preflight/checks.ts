import type { Observation } from '../judge/observation.ts';
import { addonPath, addonStatus } from './addon-checks.ts';
import { apiServerReady, systemWorkloads } from './api-server-checks.ts';
import {
  clusterHealth,
  clusterStatus,
  hopReversal,
  keyUnusable,
  oneHop,
  targetOffered,
  versionOwner,
} from './cluster-checks.ts';
import { componentVersion } from './component-version.ts';
import { imageGone, launchTemplateGone } from './launched-from.ts';
import { controlPlaneAddresses, networkGone } from './network-checks.ts';
import { al2Ami, customImage, kubeletSkew, nodegroupStatus } from './node-group-checks.ts';
import { backupAge, policyAlarms, policyUrls, smokeDeployments } from './policy-checks.ts';
import type { PreflightCheck, PreflightFacts } from './preflight-check.ts';
import { roleGone, roleUntrusted } from './role-checks.ts';
import { surgeAddresses } from './surge-addresses.ts';
import { vcpuQuota } from './vcpu-quota.ts';

/** Every check of EKS and of the API server before a hop; core/scan/live reads the objects. */
export const PREFLIGHT_CHECKS: readonly PreflightCheck[] = [
  clusterStatus,
  clusterHealth,
  oneHop,
  targetOffered,
  nodegroupStatus,
  al2Ami,
  kubeletSkew,
  addonPath,
  addonStatus,
  componentVersion,
  versionOwner,
  policyAlarms,
  policyUrls,
  backupAge,
  hopReversal,
  networkGone,
  launchTemplateGone,
  imageGone,
  customImage,
  roleGone,
  roleUntrusted,
  keyUnusable,
  controlPlaneAddresses,
  surgeAddresses,
  vcpuQuota,
  apiServerReady,
  systemWorkloads,
  smokeDeployments,
];

export const observePreflight = (facts: PreflightFacts): Observation[] =>
  PREFLIGHT_CHECKS.flatMap((check) => check.observe(facts));

const OF_ROLLS = new Set(PREFLIGHT_CHECKS.filter(({ isOfRolls }) => isOfRolls).map(({ name }) => name));

/** Whether it stops only the replacement of a node group's nodes. */
export const isOfRoll = (one: Observation): boolean =>
  one.type === 'problem' && one.subject.kind === 'Nodegroup' && OF_ROLLS.has(one.rule ?? '');
