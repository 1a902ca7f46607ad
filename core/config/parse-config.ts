import type { SupportCalendar } from '../version/support-calendar.ts';
import { checkConfig } from './check-config.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type ConfigIssue, sortIssues } from './issue.ts';
import { type ConfigFile, maxFiles, readYaml } from './read-yaml.ts';
import type { Fleet, UpgradePolicy } from './types.ts';

export interface ParsedConfig {
  /** Absent when no file has one, or when anything is wrong. */
  readonly fleet?: Fleet;
  /** In the order of the files. Empty when anything is wrong: bad config is never half-applied. */
  readonly policies: readonly UpgradePolicy[];
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

export interface ParseOptions {
  /** What the Fleet in force allows, when the files hold only policies. Ignored where they hold a Fleet. */
  readonly allowedHosts?: readonly string[];
  /** Against which fixed targets are checked; absent: they are not. */
  readonly calendar?: SupportCalendar;
  /** Core reads no clock: without it only versions unknown to the calendar are told. */
  readonly now?: Date;
}

/**
 * Reads config files (YAML, several documents each) into deeply frozen objects with all defaults filled in. Never throws
 * on bad input: reports everything that is wrong at once, each with its place.
 */
export function parseConfig(files: readonly ConfigFile[], options: ParseOptions = {}): ParsedConfig {
  const first = files[0];
  if (files.length > maxFiles && first !== undefined) {
    const message = `${files.length} files are too many for one config; at most ${maxFiles} are read. Join some of them.`;
    const error: ConfigIssue = { severity: 'error', file: first.path, line: 1, column: 1, path: '', message };
    return deepFreeze({ policies: [], errors: [error], warnings: [] });
  }
  const read = files.map(readYaml);
  const checked = checkConfig(
    read.flatMap(({ documents }) => documents),
    options,
  );
  const issues = sortIssues(
    [...read.flatMap((file) => file.issues), ...checked.issues],
    files.map(({ path }) => path),
  );
  const errors = issues.filter(({ severity }) => severity === 'error');
  const warnings = issues.filter(({ severity }) => severity === 'warning');
  if (errors.length > 0) return deepFreeze({ policies: [], errors, warnings });
  const { fleet, policies } = checked;
  return deepFreeze({ ...(fleet !== undefined && { fleet }), policies, errors, warnings });
}
