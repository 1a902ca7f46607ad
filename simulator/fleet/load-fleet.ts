import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import { startPods } from '../eks/add-cluster.ts';
import { emptyState } from '../eks/empty-state.ts';
import { refreshWhenDue } from '../eks/insights/refresh.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import { applyScenario } from './apply-scenario.ts';
import { clusterStatements } from './cluster-statements.ts';
import { importDumps } from './import-dumps.ts';
import { parseFiles } from './parse-files.ts';
import { type Findings, FleetFolderInvalid } from './problems.ts';
import { type FolderFile, readFolder } from './read-folder.ts';
import { readScenario } from './read-scenario.ts';
import type { Dump } from './recognise.ts';
import { settleStatuses } from './settle-statuses.ts';

/** A folder of files, as a world that can run. */
export interface LoadedFleet {
  /** For `new FakeEks(state, …)`; the clusters' Kubernetes side is in it. */
  readonly state: FakeEksState;
  /** Where time starts: the `now` that was asked for, else the scenario's, else the default or the latest time in the dumps. */
  readonly now: Date;
  /** What EKS offered when Liftlock last looked; absent = it never did. */
  readonly knownVersions?: readonly string[];
  /** Approvals that are given in a run: of a wave of a policy, so many milliseconds after it asks. */
  readonly approvals: readonly { readonly policy: string; readonly wave: string; readonly afterMilliseconds: number }[];
  /** YAML files with Liftlock's own kinds, relative to the folder, by name. */
  readonly configPaths: readonly string[];
  /** What was taken for granted, as sentences for people. */
  readonly statements: readonly string[];
}

export interface LoadOptions {
  /** Where time is to start, whatever the folder says. */
  readonly now?: Date;
  /** Where time is to start when no scenario says so; absent = at the latest time in the dumps. */
  readonly defaultNow?: Date;
}

/**
 * Loads a fleet folder: outputs of `aws eks describe-*` and `list-insights` in any file names and folders, Liftlock's
 * config, and at most one `kind: Scenario`. Throws `FleetFolderInvalid` with every problem at once.
 */
export async function loadFleet(directory: string, options: LoadOptions = {}): Promise<LoadedFleet> {
  return loadFleetFiles(await readFolder(directory), options);
}

/** The same from files that were read already. */
export function loadFleetFiles(files: readonly FolderFile[], options: LoadOptions = {}): LoadedFleet {
  const findings: Findings = { problems: [], statements: [] };
  const { dumps, configPaths } = parseFiles(files, findings);
  const found = readScenario(
    dumps.flatMap((dump) => (dump.kind === 'scenario' ? [dump] : [])),
    findings,
  );
  const now = options.now ?? startOf(dumps, found?.scenario.spec.now, options.defaultNow, findings);
  const state = emptyState(now);
  importDumps(state, dumps, findings);
  if (found !== undefined) applyScenario(state, found.path, found.scenario, findings);
  if (findings.problems.length > 0) throw new FleetFolderInvalid(findings.problems);
  for (const cluster of Object.values(state.clusters)) {
    findings.statements.push(...settleStatuses(cluster));
    startPods(cluster);
    findings.statements.push(...clusterStatements(cluster));
    refreshWhenDue(state, cluster, state.now);
  }
  if (found === undefined) {
    findings.statements.push('There is no Scenario: nobody is denied or throttled and nobody acts from outside.');
  }
  findings.statements.push(
    'Where the scenario says nothing else, API servers let in whoever may call EKS, and no application pods run.',
  );
  const knownVersions = found?.scenario.spec.knownVersions;
  const approvals = (found?.scenario.spec.approvals ?? []).map(({ policy, wave, after }) => {
    findings.statements.push(
      `The wave ${wave} of the policy ${policy} is approved automatically, ${after} after it asks.`,
    );
    return { policy, wave, afterMilliseconds: durationMilliseconds(after) };
  });
  return {
    state,
    now,
    configPaths,
    approvals,
    statements: findings.statements,
    ...(knownVersions === undefined ? {} : { knownVersions }),
  };
}

function startOf(
  dumps: readonly Dump[],
  given: string | undefined,
  otherwise: Date | undefined,
  findings: Findings,
): Date {
  if (given !== undefined) return new Date(given);
  if (otherwise !== undefined) {
    findings.statements.push(`No Scenario gives now; time starts at ${otherwise.toISOString()}.`);
    return otherwise;
  }
  const times = dumps.flatMap(({ kind, value }) => {
    if (kind === 'scenario' || kind === 'addonVersions' || kind === 'clusterVersion') return [];
    const { createdAt, modifiedAt, lastRefreshTime } = value as Record<string, number | undefined>;
    return [createdAt, modifiedAt, lastRefreshTime].filter((time) => time !== undefined);
  });
  const latest = new Date(Math.max(Date.parse('2024-01-01T00:00:00Z'), ...times));
  findings.statements.push(
    `No Scenario gives now; time starts at ${latest.toISOString()}, the latest time in the dumps.`,
  );
  return latest;
}
