import {
  type AccessEntryDump,
  type AddonDump,
  type AddonInfoDump,
  accessEntryDump,
  addonDump,
  addonInfoDump,
  type ClusterDump,
  type ClusterVersionDump,
  clusterDump,
  clusterVersionDump,
  type FargateProfileDump,
  fargateProfileDump,
  type InsightDump,
  insightDump,
  type NodegroupDump,
  nodegroupDump,
  type UpdateDump,
  updateDump,
} from './dump-schema.ts';
import type { Findings } from './problems.ts';

/** What a file of CLI output holds, known by its top-level key; `path` is the file it came from. */
export type Dump = { path: string } & (
  | { kind: 'cluster'; value: ClusterDump }
  | { kind: 'nodegroup'; value: NodegroupDump }
  | { kind: 'addon'; value: AddonDump }
  | { kind: 'fargateProfile'; value: FargateProfileDump }
  | { kind: 'insight'; value: InsightDump }
  | { kind: 'update'; value: UpdateDump }
  | { kind: 'accessEntry'; value: AccessEntryDump }
  | { kind: 'addonVersions'; value: AddonInfoDump }
  | { kind: 'clusterVersion'; value: ClusterVersionDump }
  | { kind: 'scenario'; value: unknown }
);

/** As much of a zod schema as is needed here. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** Lists of names: the resources themselves are in their own files. */
const namesOnly = ['clusters', 'nodegroups', 'fargateProfileNames', 'updateIds', 'accessEntries'];

/** Turns one parsed value into what it describes; an unknown one is skipped, with a statement. */
export function recognise(path: string, value: unknown, findings: Findings): Dump[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unknown(path, findings);
  const content = value as Record<string, unknown>;
  if (content.kind === 'Scenario') return [{ kind: 'scenario', path, value }];
  const check = <K extends string, T>(kind: K, schema: Schema<T>, member: unknown, where: string) => {
    const parsed = schema.safeParse(member);
    if (parsed.success) return [{ kind, path, value: parsed.data }];
    for (const issue of parsed.error.issues) {
      findings.problems.push(`${path}: ${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`);
    }
    return [];
  };
  if (isObject(content.cluster)) return check('cluster', clusterDump, content.cluster, 'cluster');
  if (isObject(content.nodegroup)) return check('nodegroup', nodegroupDump, content.nodegroup, 'nodegroup');
  if (isObject(content.addon)) return check('addon', addonDump, content.addon, 'addon');
  if (isObject(content.fargateProfile)) {
    return check('fargateProfile', fargateProfileDump, content.fargateProfile, 'fargateProfile');
  }
  if (isObject(content.insight)) return check('insight', insightDump, content.insight, 'insight');
  if (Array.isArray(content.insights)) {
    return content.insights.flatMap((each, index) => check('insight', insightDump, each, `insights.${index}`));
  }
  if (isObject(content.update)) return check('update', updateDump, content.update, 'update');
  if (isObject(content.accessEntry)) return check('accessEntry', accessEntryDump, content.accessEntry, 'accessEntry');
  if (Array.isArray(content.addons)) {
    const described = content.addons.filter(isObject);
    return described.flatMap((each, index) => check('addonVersions', addonInfoDump, each, `addons.${index}`));
  }
  if (Array.isArray(content.clusterVersions)) {
    const described = content.clusterVersions;
    return described.flatMap((each, index) =>
      check('clusterVersion', clusterVersionDump, each, `clusterVersions.${index}`),
    );
  }
  if (namesOnly.some((key) => Array.isArray(content[key]))) return [];
  return unknown(path, findings);
}

function unknown(path: string, findings: Findings): Dump[] {
  findings.statements.push(`${path} holds nothing that is known as output of "aws eks"; it is left out.`);
  return [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
