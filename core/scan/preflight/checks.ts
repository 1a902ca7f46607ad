import type { Observation } from '../judge/observation.ts';
import { addonPath } from './addon-path.ts';
import { addonStatus } from './addon-status.ts';
import { al2Ami } from './al2-ami.ts';
import { apiServerReady } from './api-server-ready.ts';
import { backupAge } from './backup-age.ts';
import { clusterHealth } from './cluster-health.ts';
import { clusterStatus } from './cluster-status.ts';
import { componentVersion } from './component-version.ts';
import { controlPlaneAddresses } from './control-plane-addresses.ts';
import { customImage } from './custom-image.ts';
import { hopReversal } from './hop-reversal.ts';
import { keyUnusable } from './key-unusable.ts';
import { kubeletSkew } from './kubelet-skew.ts';
import { imageGone, launchTemplateGone } from './launched-from.ts';
import { networkGone } from './network-gone.ts';
import { nodegroupStatus } from './nodegroup-status.ts';
import { oneHop } from './one-hop.ts';
import { policyAlarms } from './policy-alarms.ts';
import { policyUrls } from './policy-urls.ts';
import type { PreflightCheck, PreflightFacts } from './preflight-check.ts';
import { roleGone } from './role-gone.ts';
import { roleUntrusted } from './role-untrusted.ts';
import { smokeDeployments } from './smoke-deployments.ts';
import { surgeAddresses } from './surge-addresses.ts';
import { systemWorkloads } from './system-workloads.ts';
import { targetOffered } from './target-offered.ts';
import { vcpuQuota } from './vcpu-quota.ts';
import { versionOwner } from './version-owner.ts';

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
