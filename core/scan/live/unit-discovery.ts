import { parseJson } from '../../model/parse-json.ts';
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
import { type Answer, ask, deadOf, gapStatus } from './request.ts';
import { COMPUTED_GROUPS, leftOutOf, resourcesToList } from './resources-to-list.ts';

const WHAT = 'discovery of what is served';
const NOT_TOLD = 'the API server gave something that is no discovery';

/** What the cluster serves, in two requests where it can say it at once, else in one per group and version. Puts in what is to be listed. */
export async function discover(state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  const told: Discovered[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = await ask(tools.reader, { path, accept: AGGREGATED }, tools);
    if (answer.status !== 'ok') return { next: 'done', coverage: [gap(answer)], ...deadOf(answer) };
    const body = parseJson(answer.text);
    const versions = readGroups(body);
    const one = readAggregated(body) ?? (versions === undefined ? undefined : await discoverEach(versions, tools));
    if (one === undefined) return { next: 'done', coverage: [gap({ status: 'failed', why: NOT_TOLD })] };
    told.push(one);
  }
  const found: Discovered = {
    resources: told.flatMap(({ resources }) => resources),
    failed: told.flatMap(({ failed }) => failed),
  };
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
      ...(state.skip.includes('object') ? [] : leftOutOf(found.resources).map(leftOut)),
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
    const listed = answer.status === 'ok' ? readResources(groupVersion(version), parseJson(answer.text)) : undefined;
    if (listed === undefined) failed.push({ what: version, why: answer.status === 'ok' ? NOT_TOLD : answer.why });
    else resources.push(...listed);
  }
  return { resources, failed };
}

/** Groups that only compute have nothing to be scanned; their failure is told with the APIServices. */
function failedGroup(what: string, why: string): Coverage {
  const computed = COMPUTED_GROUPS.has(what.split('/')[0] ?? '');
  const detail = `What it serves is not known: ${why}.`;
  return { what: `resources of ${what}`, source: 'object', status: computed ? 'skipped' : 'error', detail, count: 0 };
}

const leftOut = (what: string): Coverage => ({
  what,
  source: 'object',
  status: 'skipped',
  detail:
    'To list them would itself be counted as a use of a deprecated API. Mirrors of them and the metrics tell of their use.',
  count: 0,
});

const gap = (answer: Exclude<Answer, { status: 'ok' }>): Coverage => ({
  what: WHAT,
  source: null,
  status: gapStatus(answer),
  detail: `Nothing can be listed without it: ${answer.why}.`,
  count: 0,
});
