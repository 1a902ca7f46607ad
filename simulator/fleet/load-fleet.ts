import { LineCounter, parseAllDocuments } from 'yaml';
import { durationMilliseconds } from '../../core/config/schema/quantities.ts';
import { given } from '../../core/model/given.ts';
import { startPods } from '../eks/add-cluster.ts';
import { emptyState } from '../eks/empty-state.ts';
import { refreshWhenDue } from '../eks/insights/refresh.ts';
import type { ClusterRecord, UpdateRecord } from '../eks/state/fake-eks-state.ts';
import { applyScenario } from './apply-scenario.ts';
import { importDumps } from './import-dumps.ts';
import { JsonFault, parseJsonDocuments } from './json-documents.ts';
import { type Findings, FleetFolderInvalid } from './problems.ts';
import { type FolderFile, readFolder } from './read-folder.ts';
import { type Dump, recognise } from './recognise.ts';
import { type Scenario, scenarioSchema } from './scenario-schema.ts';

/** A folder of files, as a world that can run. */
export type LoadedFleet = ReturnType<typeof loadFleetFiles>;

export interface LoadOptions {
  /** The start of time, whatever the folder says. */
  readonly now?: Date;
  /** The start of time without a scenario's; the latest time in the dumps when absent. */
  readonly defaultNow?: Date;
}

/**
 * Loads a fleet folder: outputs of `aws eks describe-*` and `list-insights` in any file names and folders, Liftlock's
 * config, and at most one `kind: Scenario`. Throws `FleetFolderInvalid` with every problem at once.
 */
export async function loadFleet(directory: string, options: LoadOptions = {}): Promise<LoadedFleet> {
  return loadFleetFiles(await readFolder(directory), options);
}

/** The same for files that were read already. */
export function loadFleetFiles(files: readonly FolderFile[], options: LoadOptions = {}) {
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
    /** For `new FakeEks(state, …)`; it includes the clusters' Kubernetes side. */
    state,
    /** The start of time: the requested `now`, else the scenario's, else the default or the latest time in the dumps. */
    now,
    /** YAML files with Liftlock's own kinds, relative to the folder, sorted by name. */
    configPaths,
    /** Approvals in a run, each for a wave of a policy, with the milliseconds after its request. */
    approvals,
    /** Assumptions, as sentences for people. */
    statements: findings.statements,
    /** The versions of EKS at Liftlock's last look; absent when it never looked. */
    ...given({ knownVersions }),
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

/** Assumptions about a cluster whose files leave something out. */
function clusterStatements(cluster: ClusterRecord): string[] {
  const statements: string[] = [];
  const say = (words: string) => statements.push(`${cluster.name}: ${words}`);
  if (cluster.addons.length === 0) say('no add-on is described; nothing runs in its kube-system.');
  if (cluster.kubernetes.nodes.length === 0) say('no node is described; it has none.');
  if (cluster.insights.items.length === 0) say('no insights are described; they are evaluated from the dumps.');
  for (const insight of cluster.insights.items.filter((item) => item.unexplained === true)) {
    say(
      `the insight ${insight.name} is ${insight.insightStatus?.status}, and no describe-insight tells why; it stays so unless the dumps show why.`,
    );
  }
  if (cluster.versions.at(-1)?.how === 'unknown') {
    say(`no update tells how it came to ${cluster.version}; EKS would refuse to roll it back.`);
  }
  for (const usage of cluster.insights.apiUsage) {
    const stopped = usage.clients.filter((client) => !client.active);
    if (stopped.length === 0) continue;
    const clients = stopped.map((client) => client.userAgent).join(', ');
    say(`${clients} is taken to have stopped calling ${usage.usage} after its last request.`);
  }
  return statements;
}

/** The one scenario of the folder, checked; undefined where there is none or it is wrong. */
function readScenario(
  found: readonly { path: string; value: unknown }[],
  findings: Findings,
): { path: string; scenario: Scenario } | undefined {
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (second !== undefined) {
    findings.problems.push(`${second.path}: kind: there is a Scenario in ${first.path} already; a folder has one`);
  }
  const parsed = scenarioSchema.safeParse(first.value);
  if (parsed.success) return { path: first.path, scenario: parsed.data };
  for (const issue of parsed.error.issues) {
    const where = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    findings.problems.push(`${first.path}: ${where}${issue.message}`);
  }
  return undefined;
}

/**
 * A status UPDATING or CREATING in a dump without an update in progress would never end here, so it is assumed to have ended well. Returns a sentence
 * for each.
 */
function settleStatuses(cluster: ClusterRecord): string[] {
  const running = cluster.updates.filter((update) => update.status === 'InProgress');
  const subjects = [
    { name: cluster.name, record: cluster, own: ownsControlPlane },
    ...cluster.addons.map((record) => ({
      name: `${cluster.name}/${record.name}`,
      record,
      own: (update: UpdateRecord) => update.addonName === record.name,
    })),
    ...cluster.nodegroups.map((record) => ({
      name: `${cluster.name}/${record.name}`,
      record,
      own: (update: UpdateRecord) => update.nodegroupName === record.name,
    })),
  ];
  return subjects.flatMap(({ name, record, own }) => {
    const { status } = record;
    if ((status !== 'UPDATING' && status !== 'CREATING') || running.some(own)) return [];
    record.status = 'ACTIVE';
    return [`${name}: the dump says ${status} and tells of no update in progress; it is taken to be ACTIVE by now.`];
  });
}

const ownsControlPlane = (update: UpdateRecord): boolean =>
  update.addonName === undefined && update.nodegroupName === undefined;

/** Parses every file. YAML files are Liftlock's config, unless they contain the Scenario. */
function parseFiles(files: readonly FolderFile[], findings: Findings): { dumps: Dump[]; configPaths: string[] } {
  const dumps: Dump[] = [];
  const configPaths: string[] = [];
  for (const file of files) {
    if (file.path.toLowerCase().endsWith('.json')) dumps.push(...parseJson(file, findings));
    else {
      const scenarios = parseYaml(file, findings);
      dumps.push(...scenarios.dumps);
      if (scenarios.isConfig) configPaths.push(file.path);
    }
  }
  return { dumps, configPaths };
}

function parseJson(file: FolderFile, findings: Findings): Dump[] {
  try {
    const { values, trailingCommas } = parseJsonDocuments(file.text);
    if (trailingCommas) {
      findings.statements.push(`${file.path} has commas before closing brackets, which are left out.`);
    }
    return values.flatMap((value) => recognise(file.path, value, findings));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    findings.problems.push(`${file.path}:${error.line}:${error.column}: ${error.message}`);
    return [];
  }
}

function parseYaml(file: FolderFile, findings: Findings): { dumps: Dump[]; isConfig: boolean } {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(file.text, { lineCounter, prettyErrors: false });
  const dumps: Dump[] = [];
  let isConfig = false;
  for (const document of documents) {
    for (const error of document.errors) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      findings.problems.push(`${file.path}:${line}:${col}: ${error.message}`);
    }
    if (document.errors.length > 0) continue;
    const value: unknown = document.toJS();
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
    if (kind === 'Scenario') dumps.push({ kind: 'scenario', path: file.path, value });
    else if (value !== null) isConfig = true;
  }
  return { dumps, isConfig };
}
