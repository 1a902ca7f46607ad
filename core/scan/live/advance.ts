import { parseJson } from '../../model/parse-json.ts';
import { ClusterAccessError } from '../../ports/cluster-access.ts';
import type { ClusterReader } from '../../ports/cluster-reader.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { Coverage, Source } from '../report/report-schema.ts';
import type { LiveScanState, Unit } from './live-scan-state.ts';
import { ask, notRead, type Patience, readOf } from './request.ts';
import { discover } from './unit-discovery.ts';
import { readHelmReleases } from './unit-helm.ts';
import { readKubeProxyConfig } from './unit-kube-proxy-config.ts';
import { listPage } from './unit-list.ts';
import { readReferences } from './unit-references.ts';
import { readTelemetry } from './unit-telemetry.ts';

export interface ScanTools extends Patience {
  readonly reader: ClusterReader;
}

/** What a unit did: `done` ends it, `again` goes on with it; `dead` says why nothing else can be read either. */
export interface UnitResult {
  readonly next: 'done' | 'again';
  readonly coverage?: readonly Coverage[];
  readonly dead?: string;
}

/**
 * Reads one page, or one other small thing, and puts what it found into the state. One request is in flight at a time. False when
 * everything has been read, or said to be unreadable.
 */
export async function advance(state: LiveScanState, tools: ScanTools): Promise<boolean> {
  const [unit] = state.units;
  if (unit === undefined) return false;
  if (state.dead !== undefined) {
    state.coverage.push(...state.units.map((left) => unread(left, state.dead ?? '')));
    state.units = [];
    return false;
  }
  const { next, coverage = [], dead } = await run(unit, state, tools);
  state.coverage.push(...coverage);
  if (dead !== undefined && !(await answers(tools))) state.dead = dead;
  // Units that were put in meanwhile stand behind the one that ran.
  if (next === 'done') state.units = state.units.slice(1);
  return state.units.length > 0;
}

/** Whether anybody is there and takes the credentials: one list that fails every time is no reason to give the others up. */
async function answers({ reader }: ScanTools): Promise<boolean> {
  try {
    const { status } = await reader.get({ path: '/version' });
    return status !== 401;
  } catch (error) {
    if (error instanceof ClusterAccessError) return false;
    throw error;
  }
}

function run(unit: Unit, state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  switch (unit.type) {
    case 'version':
      return serverVersion(state, tools);
    case 'discovery':
      return discover(state, tools);
    case 'list':
      return listPage(unit, state, tools);
    case 'kube-proxy-config':
      return readKubeProxyConfig(state, tools);
    case 'helm':
      return readHelmReleases(unit.storage, state, tools);
    case 'telemetry':
      return readTelemetry(state, tools);
    case 'references':
      return readReferences(state, tools);
  }
}

/** A unit that nobody came to. */
export function unread(unit: Unit, why: string): Coverage {
  const source = SOURCES[unit.type];
  return { what: titleOf(unit), source, status: 'error', detail: `It was not read: ${why}.`, count: 0 };
}

export function titleOf(unit: Unit): string {
  if (unit.type === 'list') return unit.group === '' ? unit.resource : `${unit.resource}.${unit.group}`;
  return unit.type === 'helm' ? `helm releases in ${unit.storage}` : TITLES[unit.type];
}

export const TITLES = {
  version: 'version of the API server',
  discovery: 'discovery of what is served',
  'kube-proxy-config': 'configuration of kube-proxy',
  telemetry: 'metrics of the API server',
  references: 'services behind webhooks and aggregated APIs',
} as const;

const SOURCES: Readonly<Record<Unit['type'], Source | null>> = {
  version: null,
  discovery: null,
  list: 'object',
  'kube-proxy-config': 'node',
  helm: 'helm',
  telemetry: 'telemetry',
  references: 'reference',
};

/** Which version runs now. Nobody needs a permission for that, so a refusal means that the credentials are not taken at all. */
async function serverVersion(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const what = TITLES.version;
  const answer = await ask(reader, { path: '/version' }, { wait });
  const version = answer.status === 'ok' ? readVersion(answer.text) : undefined;
  if (version !== undefined) {
    state.serverVersion = version;
    return { next: 'done', coverage: [readOf(what, null, 1)] };
  }
  return notRead({ what, source: null }, answer, 'it gave no version');
}

/** `GET /version` → `v1.35.2-eks-abc`; undefined when it is not what it should be. */
function readVersion(text: string): string | undefined {
  const version = textOf(mappingOf(parseJson(text)).gitVersion);
  return version !== undefined && KubeVersion.tryParse(version) !== undefined ? version : undefined;
}
