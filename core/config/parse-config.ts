import { type CheckedConfig, checkConfig } from './check-config.ts';
import type { ParseOptions } from './check-policy.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type ConfigIssue, sortIssues } from './issue.ts';
import { type ConfigFile, maxDocuments, maxFiles, readYaml } from './read-yaml.ts';
import type { Fleet } from './types.ts';

/** All lists of documents are empty when anything is wrong: bad config is never half-applied. */
export interface ParsedConfig extends Omit<CheckedConfig, 'fleet' | 'issues'> {
  /** Absent when no file has one, or when anything is wrong. */
  readonly fleet?: Fleet;
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

/**
 * Reads config files (YAML, several documents each) into deeply frozen objects with all defaults filled in. Never throws
 * on bad input: reports everything that is wrong at once, each with its place.
 */
export function parseConfig(files: readonly ConfigFile[], options: ParseOptions = {}): ParsedConfig {
  if (files.length > maxFiles) return tooMuch(files, `${files.length} files`, maxFiles);
  const read = files.map((file) => readYaml(file));
  const documents = read.flatMap((file) => file.documents);
  if (documents.length > maxDocuments) return tooMuch(files, `${documents.length} documents`, maxDocuments);
  const checked = checkConfig(documents, options);
  const paths = files.map(({ path }) => path);
  const issues = sortIssues([...read.flatMap((file) => file.issues), ...checked.issues], paths);
  const errors = issues.filter(({ severity }) => severity === 'error');
  const warnings = issues.filter(({ severity }) => severity === 'warning');
  if (errors.length > 0) return deepFreeze({ ...NOTHING, errors, warnings });
  const { fleet, policies, calendars, channels, waivers } = checked;
  const lists = { policies, calendars, channels, waivers, errors, warnings };
  return deepFreeze(fleet === undefined ? lists : { fleet, ...lists });
}

const NOTHING = { policies: [], calendars: [], channels: [], waivers: [] } as const;

/** Beyond these limits something else than a person wrote the config, and comparing all with all would take minutes. */
function tooMuch(files: readonly ConfigFile[], what: string, limit: number): ParsedConfig {
  const message = `${what} are too many for one config; at most ${limit} are read.`;
  const file = files[0]?.path ?? '';
  return deepFreeze({
    ...NOTHING,
    errors: [{ severity: 'error', file, line: 1, column: 1, path: '', message }],
    warnings: [],
  });
}
