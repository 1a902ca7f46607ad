import type { UpdateType } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../core/version/kube-version.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { UpdateRecord } from '../eks/state/update-record.ts';
import type { DumpOf } from './dump-schema.ts';
import { containsName } from './owner.ts';
import type { Findings } from './problems.ts';

/**
 * Adds an update as printed by describe-update, which does not contain its subject. An AddonUpdate, or one with a release version, belongs to the
 * add-on or node group that the file's name contains, else to the only one. A successful VersionUpdate to the present version makes a rollback
 * possible for 7 days from its start, the safe bound (facts: eks.md §3.6).
 */
export function importUpdate(cluster: ClusterRecord, path: string, dump: DumpOf<'update'>, findings: Findings): void {
  const params = (dump.params ?? []) as UpdateRecord['params'];
  const value = (type: string) => params.find((parameter) => parameter.type === type)?.value;
  const createdAt = dump.createdAt ?? cluster.createdAt;
  const update: UpdateRecord = {
    id: dump.id,
    type: dump.type as UpdateType,
    status: dump.status,
    params,
    createdAt,
    errors: (dump.errors ?? []) as UpdateRecord['errors'],
    principal: 'unknown',
    ...(dump.status === 'InProgress' ? {} : { endedAt: createdAt }),
  };
  const toVersion = value('AddonVersion') ?? value('Version');
  if (toVersion !== undefined) update.toVersion = toVersion;
  if (dump.type === 'AddonUpdate') {
    const addonName = subject(path, cluster.addons);
    if (addonName !== undefined) update.addonName = addonName;
  } else if (value('ReleaseVersion') !== undefined || dump.type === 'ConfigUpdate') {
    const nodegroupName = subject(path, cluster.nodegroups);
    if (nodegroupName !== undefined) update.nodegroupName = nodegroupName;
  }
  const parts = dump.type === 'AddonUpdate' || value('ReleaseVersion') !== undefined;
  if (parts && update.addonName === undefined && update.nodegroupName === undefined) {
    findings.problems.push(
      `${path}: update: name the file after the add-on or node group of ${cluster.name} that was updated`,
    );
    return;
  }
  cluster.updates.push(update);
  if (dump.status === 'InProgress') {
    findings.statements.push(`${cluster.name}: update ${dump.id} (${dump.type}) is in progress and ends as usual.`);
  }
  noteVersion(cluster, update);
}

function subject(path: string, parts: readonly { name: string }[]): string | undefined {
  const file = path.split('/').at(-1) ?? '';
  const named = parts.filter((part) => containsName(file, part.name));
  if (named.length > 0) return named.sort((left, right) => right.name.length - left.name.length)[0]?.name;
  return parts.length === 1 ? parts[0]?.name : undefined;
}

function noteVersion(cluster: ClusterRecord, update: UpdateRecord): void {
  const controlPlane = update.nodegroupName === undefined && update.addonName === undefined;
  if (!controlPlane || update.status !== 'Successful' || update.toVersion !== cluster.version) return;
  if (update.type !== 'VersionUpdate' && update.type !== 'VersionRollback') return;
  const latest = cluster.versions.at(-1);
  if (latest !== undefined && latest.how !== 'unknown' && latest.since > update.createdAt) return;
  const { major, minor } = KubeVersion.parse(cluster.version);
  const how = update.type === 'VersionUpdate' ? 'upgrade' : 'rollback';
  const previous = how === 'upgrade' ? minor - 1 : minor + 1;
  cluster.versions = [
    { version: `${major}.${previous}`, since: cluster.createdAt, how: 'unknown' },
    { version: cluster.version, since: update.createdAt, how, updateId: update.id },
  ];
}
