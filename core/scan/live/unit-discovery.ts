import { groupVersion } from '../observe/api-version.ts';
import type { Coverage } from '../report/report-schema.ts';
import type { ScanTools, UnitResult } from './advance.ts';
import {
  AGGREGATED,
  type Discovered,
  readAggregated,
  readGroups,
  readResources,
  type ServedResource,
} from './discovery.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { servedKey } from './observe-live-object.ts';
import { parseJson } from './read-version.ts';
import { type Answer, ask } from './request.ts';
import { COMPUTED_GROUPS, resourcesToList } from './resources-to-list.ts';

const WHAT = 'discovery of what is served';

/** What the cluster serves, in two requests where it can say it at once, else in one per group and version. Puts in what is to be listed. */
export async function discover(state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  const roots: Answer[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = await ask(tools.reader, { path, accept: AGGREGATED }, tools);
    if (answer.status !== 'ok') return { next: 'done', coverage: [gap(answer)], ...deadOf(answer) };
    roots.push(answer);
  }
  const bodies = roots.map((answer) => (answer.status === 'ok' ? parseJson(answer.text) : undefined));
  const aggregated = bodies.map(readAggregated);
  const found: Discovered = aggregated.every((one) => one !== undefined)
    ? { resources: aggregated.flatMap((one) => one.resources), failed: aggregated.flatMap((one) => one.failed) }
    : await discoverEach(bodies.flatMap(readGroups), tools);
  if (found.resources.length === 0)
    return {
      next: 'done',
      coverage: [
        { what: WHAT, source: null, status: 'error', detail: 'The API server lists nothing that it serves.', count: 0 },
      ],
    };
  state.served = found.resources.map(servedKey);
  const [own, ...rest] = state.units;
  if (own !== undefined) state.units = [own, ...resourcesToList(found.resources, state.skip), ...rest];
  return {
    next: 'done',
    coverage: [
      { what: WHAT, source: null, status: 'read', detail: '', count: found.resources.length },
      ...found.failed.map(({ what, why }) => failedGroup(what, why)),
    ],
  };
}

async function discoverEach(versions: readonly string[], tools: ScanTools): Promise<Discovered> {
  const resources: ServedResource[] = [];
  const failed: { what: string; why: string }[] = [];
  for (const version of versions) {
    const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const answer = await ask(tools.reader, { path }, tools);
    if (answer.status === 'ok') resources.push(...readResources(groupVersion(version), parseJson(answer.text)));
    else failed.push({ what: version, why: answer.why });
  }
  return { resources, failed };
}

/** Groups that only compute have nothing to be scanned; their failure is told with the APIServices. */
function failedGroup(what: string, why: string): Coverage {
  const computed = COMPUTED_GROUPS.has(what.split('/')[0] ?? '');
  const detail = `What it serves is not known: ${why}.`;
  return { what: `resources of ${what}`, source: 'object', status: computed ? 'skipped' : 'error', detail, count: 0 };
}

const gap = (answer: Exclude<Answer, { status: 'ok' }>): Coverage => ({
  what: WHAT,
  source: null,
  status: answer.status === 'denied' ? 'denied' : 'error',
  detail: `Nothing can be listed without it: ${answer.why}.`,
  count: 0,
});

const deadOf = (answer: Answer): { dead?: string } =>
  answer.status === 'failed' && answer.fatal === true ? { dead: answer.why } : {};
