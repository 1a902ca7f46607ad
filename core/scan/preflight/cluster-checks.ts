import { parseClusterArn } from '../../model/cluster-key.ts';
import { hopRefusals } from '../../model/hop.ts';
import { lostCluster } from '../../model/passing-status.ts';
import { ownedBy, versionOwners } from '../../model/version-owners.ts';
import { foreseeWayBack } from '../../model/way-back.ts';
import type { Cluster } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { SupportCalendar } from '../../version/support-calendar.ts';
import { inRegion, type PreflightFacts, preflightCheck, regionOf } from './preflight-check.ts';

export const clusterStatus = preflightCheck({
  name: 'ClusterStatus',
  source: 'eks',
  finds: 'The cluster is FAILED or DELETING, in which EKS takes no update.',
  observe({ cluster }) {
    const lost = lostCluster(cluster);
    if (lost === undefined) return [];
    return [{ message: lost.message, fix: 'Repair the cluster, or replace it.' }];
  },
});

/** Every issue that EKS reports on the cluster itself makes an update fail or unsafe (facts: eks.md §2.1). */
export const clusterHealth = preflightCheck({
  name: 'ClusterHealth',
  source: 'eks',
  finds: 'EKS reports an issue on the cluster itself, such as a subnet or a security group that is gone.',
  observe: ({ cluster, hasMoved }) =>
    hasMoved ? [] : healthIssues(cluster).map((message) => ({ message, fix: REPAIR })),
});

export const REPAIR = 'Repair it before an upgrade (aws eks describe-cluster, health.issues).';

/** One sentence for each issue. */
export const healthIssues = ({ name: cluster, health }: Cluster): string[] =>
  (health?.issues ?? []).map(
    ({ code, message }) => `EKS reports ${code ?? 'an issue'} on ${cluster}: ${message ?? 'no message'}.`,
  );

/** A user may ask about a minor further ahead, which takes several hops, but never about an older one. */
export const oneHop = preflightCheck({
  name: 'NotOneHop',
  source: 'eks',
  finds: 'The target is older than the cluster, or an upgrade that moves one minor would have to move several.',
  observe({ cluster, target, isHop, hasMoved }) {
    if (hasMoved) return [];
    const refusals = hopRefusals(cluster, target).filter(({ code }) => isHop || code !== 'NotOneHop');
    return refusals.map(({ message }) => ({ message, fix: 'Ask for the next minor.' }));
  },
});

export const targetOffered = preflightCheck({
  name: 'NotOffered',
  source: 'eks',
  finds: 'EKS does not offer the target in the Region, or not any more.',
  observe({ cluster, target, hasMoved, versions }) {
    if (hasMoved) return [];
    const offered = versions.filter(({ versionStatus }) => versionStatus !== 'UNSUPPORTED');
    if (offered.some(({ clusterVersion }) => KubeVersion.tryParse(clusterVersion)?.equals(target) === true)) return [];
    const region = parseClusterArn(cluster.arn)?.region ?? 'its Region';
    const listed = offered.map(({ clusterVersion }) => clusterVersion).join(', ');
    const message = `EKS offers no ${target} in ${region}; it offers ${listed}.`;
    return [{ message, fix: 'Wait until it does; what else is found holds all the same.' }];
  },
});

/** EKS treats a lower version within seven days of an upgrade as a rollback (facts: eks.md §4, IaC with the old `version`). */
export const versionOwner = preflightCheck({
  name: 'WillBeReverted',
  source: 'eks',
  finds: 'A tool has made the cluster and knows which version it is to have (its marks are in the tags).',
  observe({ cluster, hasMoved, holdsOwned }) {
    const owners = versionOwners(cluster.tags ?? {});
    if (hasMoved || owners.length === 0) return [];
    return [
      {
        severity: holdsOwned === true ? 'error' : 'warning',
        message: `${ownedBy(owners.map(({ tool }) => tool))} (${owners.map(({ evidence }) => evidence).join('; ')}).`,
        fix: 'Raise the version there too, or waive this where that is taken care of.',
      },
    ];
  },
});

/** It reports only exceptions: plans and explanations already say that EKS can roll a hop back for seven days. */
export const hopReversal = preflightCheck({
  name: 'HopNotReversible',
  source: 'eks',
  finds: 'EKS would not take the hop back for seven days as usual, or asks for extended support first.',
  observe({ cluster, hasMoved, versions, now }) {
    if (hasMoved) return [];
    const calendar = SupportCalendar.builtIn().with(versions);
    const { supportType } = cluster.upgradePolicy ?? {};
    const told = foreseeWayBack(KubeVersion.parse(cluster.version), {
      name: cluster.name ?? '',
      region: regionOf(cluster.arn),
      now,
      calendar,
      supportType,
    });
    return told
      .filter(({ code }) => code !== 'HopReversible')
      .map(({ code, message }) => ({
        severity: code === 'VersionUnsupported' ? 'warning' : 'info',
        cause: `eks:${code}`,
        message,
        fix: FIXES[code] ?? 'Know it before the hop.',
      }));
  },
});

const EXTEND =
  'Know what the way back costs, and say with rollback.extendSupport in the policy whether Liftlock may set it.';
const FIXES: Readonly<Record<string, string>> = {
  VersionUnsupported: 'Try the target on a cluster that may be lost, and have backups: this hop cannot be taken back.',
  WayBackIsShort: 'Let the hop end early enough before that day, or count it as one that cannot be taken back.',
  NeedsExtendedSupport: EXTEND,
  NeedsExtendedLater: EXTEND,
};

/** A key in the state `Updating` remains usable (KMS, key states). */
const USED = ['Enabled', 'Updating'];

export const keyOf = ({ encryptionConfig = [] }: PreflightFacts['cluster']): string | undefined =>
  encryptionConfig[0]?.provider?.keyArn;

/** Without the key the new API servers cannot read any Secret. */
export const keyUnusable = preflightCheck({
  name: 'KeyUnusable',
  source: 'capacity',
  finds: "The KMS key of the cluster's secrets is gone, disabled, about to be deleted, or cannot be used otherwise.",
  observe({ cluster, hasMoved, capacity }) {
    const keyArn = keyOf(cluster);
    if (hasMoved || keyArn === undefined || capacity?.keys === undefined) return [];
    const state = capacity.keys.find(({ keyId }) => keyId === keyArn)?.keyState;
    if (state !== undefined && USED.includes(state)) return [];
    const cancel =
      state === 'PendingDeletion' ? `aws kms cancel-key-deletion ${inRegion(keyArn)} --key-id ${keyArn}, then ` : '';
    return [
      {
        cause: `key:${keyArn}`,
        message: `The secrets of the cluster are encrypted with the key ${keyArn}, which ${state === undefined ? 'does not exist any more' : `is ${state}`}: no API server can read them without it.`,
        fix:
          state === undefined
            ? 'Nothing brings the key back: create another cluster, and move the workloads.'
            : `${cancel}aws kms enable-key ${inRegion(keyArn)} --key-id ${keyArn}`,
      },
    ];
  },
});
