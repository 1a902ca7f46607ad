import { DUMPS, type DumpKind, type DumpOf } from './dump-schema.ts';
import type { Findings } from './problems.ts';

/** The content of a file of CLI output, recognised by its top-level key; `path` is its file. */
export type Dump = { path: string } & (
  | { [Kind in DumpKind]: { kind: Kind; value: DumpOf<Kind> } }[DumpKind]
  | { kind: 'scenario'; value: unknown }
);

/** Kinds that are described under a key of their own name. */
const SINGLE = ['cluster', 'nodegroup', 'addon', 'fargateProfile', 'insight', 'update', 'accessEntry'] as const;

/** Kinds that are described in lists. A list of add-ons may contain names only. */
const LISTED = { insights: 'insight', addons: 'addonVersions', clusterVersions: 'clusterVersion' } as const;

/** Lists of names; the resources themselves are in their own files. */
const namesOnly = ['clusters', 'nodegroups', 'fargateProfileNames', 'updateIds', 'accessEntries'];

/** Turns one parsed value into its dumps; an unknown one is skipped, with a statement. */
export function recognise(path: string, value: unknown, findings: Findings): Dump[] {
  if (!isObject(value)) return unknown(path, findings);
  if (value.kind === 'Scenario') return [{ kind: 'scenario', path, value }];
  const check = (kind: DumpKind, member: unknown, where: string): Dump[] => {
    const parsed = DUMPS[kind].safeParse(member);
    if (parsed.success) return [{ kind, path, value: parsed.data } as Dump];
    for (const issue of parsed.error.issues) {
      findings.problems.push(`${path}: ${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`);
    }
    return [];
  };
  const single = SINGLE.find((kind) => isObject(value[kind]));
  if (single !== undefined) return check(single, value[single], single);
  for (const [key, kind] of Object.entries(LISTED)) {
    const list = value[key];
    if (!Array.isArray(list)) continue;
    const described = key === 'addons' ? list.filter(isObject) : list;
    return described.flatMap((each, index) => check(kind, each, `${key}.${index}`));
  }
  if (namesOnly.some((key) => Array.isArray(value[key]))) return [];
  return unknown(path, findings);
}

function unknown(path: string, findings: Findings): Dump[] {
  findings.statements.push(`${path} holds nothing that is known as output of "aws eks"; it is left out.`);
  return [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
