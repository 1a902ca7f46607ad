import { given } from '../../core/model/given.ts';
import { addAddon } from '../eks/add-cluster.ts';
import type { AddonRecord, ClusterRecord } from '../eks/state/cluster-record.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { DumpOf } from './dump-schema.ts';
import type { Findings } from './problems.ts';

/** Adds an add-on as printed by describe-addon, with its workload in kube-system where it is a known one. */
export function importAddon(
  state: FakeEksState,
  cluster: ClusterRecord,
  path: string,
  dump: DumpOf<'addon'>,
  findings: Findings,
): void {
  const name = dump.addonName;
  if (cluster.addons.some((each) => each.name === name)) {
    findings.problems.push(`${path}: addon.addonName: ${cluster.name}/${name} is described in another file too`);
    return;
  }
  addAddon(cluster, name, dump.addonVersion);
  const addon = cluster.addons.at(-1);
  if (addon === undefined) return;
  const { addonArn: arn, status, createdAt, modifiedAt = createdAt } = dump;
  const { serviceAccountRoleArn, configurationValues, podIdentityAssociations } = dump;
  const told = {
    arn,
    status,
    createdAt,
    modifiedAt,
    serviceAccountRoleArn,
    configurationValues,
    podIdentityAssociations,
  };
  Object.assign(addon, given(told));
  addon.tags = { ...dump.tags };
  addon.healthIssues = (dump.health?.issues ?? []) as AddonRecord['healthIssues'];
  sayCompatibility(state, cluster, addon, findings);
}

/** A version that the catalog does not list is assumed to fit the minor that it runs on. */
function sayCompatibility(state: FakeEksState, cluster: ClusterRecord, addon: AddonRecord, findings: Findings): void {
  const rows = state.addonVersions[addon.name];
  if (rows === undefined) {
    const minors = state.supportCalendar.map((row) => row.minor);
    state.addonVersions[addon.name] = [{ version: addon.version, minors, defaultFor: [] }];
    findings.statements.push(
      `${cluster.name}/${addon.name}: no versions of this add-on are known; ${addon.version} is taken to fit every minor.`,
    );
    return;
  }
  if (rows.some((row) => row.version === addon.version && row.minors.includes(cluster.version))) return;
  const row = rows.find((each) => each.version === addon.version);
  const minors = [...(row?.minors ?? []), cluster.version];
  state.addonVersions[addon.name] = [
    ...rows.filter((each) => each !== row),
    { version: addon.version, minors, defaultFor: row?.defaultFor ?? [] },
  ];
  findings.statements.push(
    `${cluster.name}/${addon.name}: ${addon.version} is not listed for ${cluster.version}; it is taken to fit, since it runs there.`,
  );
}

/** Add-on versions as printed by describe-addon-versions; they replace the built-in ones of that add-on. */
export function importAddonVersions(state: FakeEksState, dump: DumpOf<'addonVersions'>): void {
  state.addonVersions[dump.addonName] = dump.addonVersions.map((each) => ({
    version: each.addonVersion,
    minors: each.compatibilities.map((compatibility) => compatibility.clusterVersion),
    defaultFor: each.compatibilities
      .filter((compatibility) => compatibility.defaultVersion === true)
      .map((compatibility) => compatibility.clusterVersion),
  }));
}
