import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIssue } from '../../core/config/issue.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import type { ConfigObject, Fleet, UpgradePolicy } from '../../core/config/types.ts';
import type { Table } from '../../core/ports/table.ts';
import { Regions } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { type LoadedFleet, type LoadOptions, loadFleet } from '../fleet/load-fleet.ts';

/** A valid fleet folder. */
export interface PreparedFleet {
  readonly loaded: LoadedFleet;
  readonly fleet: Fleet;
  readonly policies: readonly UpgradePolicy[];
  /** Calendars and channels that the policies may name. */
  readonly others: readonly ConfigObject[];
  readonly warnings: readonly string[];
}

/** Reads a fleet folder and its config. Throws `InvalidInput` with every error, each with its position. */
export async function prepareFleet(folder: string, options: LoadOptions = {}): Promise<PreparedFleet> {
  const loaded = await loadFleet(folder, options);
  const files = await Promise.all(
    loaded.configPaths.map(async (path) => ({
      path: join(folder, path),
      text: await readFile(join(folder, path), 'utf8'),
    })),
  );
  const config = parseConfig(files, { now: loaded.now });
  const problems = config.errors.map(formatIssue);
  // A missing object may be in a file that has an error.
  const whole = problems.length === 0;
  if (whole && config.fleet === undefined)
    problems.push(
      `${folder}: error: no Fleet among its YAML files. Add one (kind: Fleet): examples/fleet/fleet.yaml shows how.`,
    );
  if (whole && config.policies.length === 0)
    problems.push(
      `${folder}: error: no UpgradePolicy among its YAML files. Add one: examples/fleet/policies.yaml shows how.`,
    );
  if (Object.keys(loaded.state.clusters).length === 0)
    problems.push(
      `${folder}: error: no cluster among its JSON files. Add outputs of aws eks describe-cluster: docs/rehearse.md shows how.`,
    );
  if (problems.length > 0 || config.fleet === undefined)
    throw Object.assign(new Error(problems.join('\n')), { name: 'InvalidInput' });
  const { fleet, policies, calendars, channels } = config;
  const alarms = alarmsOf(policies);
  const granted = `Alarms that policies name are there, and OK until somebody says otherwise: ${alarms.join(', ')}.`;
  const statements = alarms.length === 0 ? loaded.statements : [...loaded.statements, granted];
  return {
    loaded: { ...loaded, statements },
    fleet,
    policies,
    others: [...calendars, ...channels],
    warnings: config.warnings.map(formatIssue),
  };
}

/** The alarms that policies name: those that must be OK before a hop, and those that are gates of a wave. */
export const alarmsOf = (policies: readonly UpgradePolicy[]): string[] => [
  ...new Set(
    policies.flatMap(({ spec }) => [
      ...(spec.scan.alarms ?? []),
      ...spec.waves.flatMap(({ gates }) => gates.flatMap((gate) => ('alarm' in gate ? gate.alarm : []))),
    ]),
  ),
];

/** Everything to apply, in an order in which no object names a later one. */
export const configOf = ({ fleet, others, policies }: PreparedFleet): ConfigObject[] => [fleet, ...others, ...policies];

/** Simulates an earlier run of watch-versions: newer versions of EKS are news in this run. */
export async function knowVersions(table: Table, { fleet, loaded }: PreparedFleet): Promise<void> {
  const { knownVersions, now } = loaded;
  if (knownVersions === undefined) return;
  const known = { versions: [], announced: [...knownVersions], checkedAt: now.toISOString() };
  await table.transact(fleet.spec.regions.map((region) => put(Regions, { region, ...known }, 'absent')));
}
