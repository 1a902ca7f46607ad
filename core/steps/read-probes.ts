import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import { parseJson } from '../model/parse-json.ts';
import { fillCluster } from '../model/placeholders.ts';
import { type ApiServer, ClusterAccessError } from '../ports/cluster-access.ts';
import type { ClusterReader } from '../ports/cluster-reader.ts';
import type { Ports } from '../ports/ports.ts';
import type { Observed, Reading } from '../probes/baseline.ts';
import {
  type ClusterObservation,
  type ClusterProbe,
  LISTS,
  type ListName,
  NEEDS,
  OBSERVED,
  observeNothing,
  observeObject,
  type TestJobs,
} from '../probes/observe-cluster.ts';
import { readPage } from '../scan/live/request.ts';
import { mappingOf } from '../scan/manifest/manifest-object.ts';
import type { ProbedUrl } from '../scan/preflight/preflight-check.ts';
import { isAccessError, mayPass, TooManyObjects } from './api-server.ts';

/** Until what a fault has left unknown is asked again. */
export const UNHEARD_SECONDS = 30;
const PAGE = 500;
/** The most requests for one list. Objects of a kind that has more are not compared. */
const MOST_PAGES = 80;
/** Without these lists nothing is known of a cluster, so a refusal of one of them stops the hop. */
const ESSENTIAL: ReadonlySet<ListName> = new Set(['pods', 'deployments', 'daemonsets', 'statefulsets']);

interface WhatIsRead {
  /** Only Jobs of the policy that began later count. Absent: the last one counts. */
  readonly begunAfter?: Date;
  /** Whether Jobs are waited for, each as long as the policy says. */
  readonly areAwaited?: boolean;
  /** Absent: all lists. A probe that needs others has no reading. */
  readonly lists?: readonly ListName[];
  /** The one namespace that is read. Absent: all of them. */
  readonly namespace?: string;
}

/** One reading of a cluster by its lists. Lists that the role may not read are reported; without pods and workloads it fails with an access error. */
export async function readClusterProbes(
  { readers, clock }: Pick<Ports, 'readers' | 'clock'>,
  server: ApiServer,
  { components = [], smoke }: Partial<Pick<UpgradePolicySpec, 'components' | 'smoke'>> = {},
  { begunAfter, areAwaited = false, lists = Object.keys(LISTS) as ListName[], namespace }: WhatIsRead = {},
) {
  const moved = components.flatMap(({ workload: one }) =>
    one === undefined ? [] : [`${one.kind} ${one.namespace}/${one.name}`],
  );
  const seen = observeNothing(clock.now(), moved, testJobs(smoke?.jobs, begunAfter, areAwaited));
  const unread = new Map<ListName, Error>();
  let objects = 0;
  const opened = readers.open(server);
  try {
    for (const list of lists) {
      try {
        objects += await readList(opened.reader, list, seen, namespace);
      } catch (error) {
        if (!isAccessError(error) || ESSENTIAL.has(list)) throw error;
        unread.set(list, error);
      }
    }
  } finally {
    opened.close();
  }
  const asked = (Object.keys(NEEDS) as ClusterProbe[]).filter((one) => one !== 'test-jobs' || seen.tests.length > 0);
  const probes = asked.filter((one) => NEEDS[one].every((list) => lists.includes(list) && !unread.has(list)));
  const reading: Reading = Object.fromEntries(probes.map((probe) => [probe, OBSERVED[probe](seen)]));
  return {
    ...{ reading, seen },
    /** How many objects were read. */
    objects,
    /** Why a probe has no reading, one sentence each. */
    unread: [...unread].map(said),
    /** Those of them for which another look may succeed: a fault passes, while a permission or a limit stays. */
    passing: [...unread].filter(([, error]) => mayPass(error)).map(said),
  };
}

const said = ([list, { message }]: readonly [ListName, Error]): string => `${list}: ${message}`;

function testJobs(
  jobs: UpgradePolicySpec['smoke']['jobs'] = [],
  instant: Date | undefined,
  areAwaited: boolean,
): TestJobs[] {
  return jobs.map(({ wait, ...test }) => {
    if (instant === undefined) return test;
    const awaitedUntil = new Date(instant.getTime() + (areAwaited ? durationMilliseconds(wait) : 0));
    return { ...test, begunAfter: { instant, awaitedUntil } };
  });
}

async function readList(
  reader: ClusterReader,
  list: ListName,
  seen: ClusterObservation,
  namespace: string | undefined,
): Promise<number> {
  const path = namespace === undefined ? LISTS[list] : LISTS[list].replace(/(?=\w+$)/, `namespaces/${namespace}/`);
  let objects = 0;
  let next: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = next === undefined ? '' : `&continue=${encodeURIComponent(next)}`;
    const { status, text } = await reader.get({ path: `${path}?limit=${PAGE}${query}` });
    if (status === 401 || status === 403) {
      const name = status === 401 ? 'ClusterUnauthorized' : 'ClusterForbidden';
      throw new ClusterAccessError(name, `The API server answered ${status}: the role needs list of ${list}.`);
    }
    const read = status === 200 ? readPage(text) : undefined;
    if (read === undefined) {
      const said = mappingOf(parseJson(text)).message;
      const why =
        status === 200
          ? 'something that is no list'
          : `${status}${typeof said === 'string' ? `: ${said.slice(0, 300)}` : ''}`;
      throw new ClusterAccessError('ClusterServerFault', `For ${list} the API server answered ${why}.`);
    }
    for (const item of read.items) observeObject(list, item, seen);
    objects += read.items.length;
    next = read.next;
    if (next === undefined) return objects;
  }
  throw new TooManyObjects('ClusterServerFault', `There are more than ${MOST_PAGES * PAGE} ${list}.`);
}

/** The states of the alarms that a policy names for a cluster. */
export const readAlarms = (
  { gates }: Pick<Ports, 'gates'>,
  cluster: string,
  alarms: readonly string[] = [],
): Promise<GateReading[]> => Promise.all(alarms.map((alarm) => gates.read({ alarm: fillCluster(alarm, cluster) }, [])));

/** The probes that the policy names. An alarm that could not be read has no reading. */
export function observePolicy(alarms: readonly GateReading[], urls: readonly ProbedUrl[]): Reading {
  const known = alarms.filter(({ status }) => status !== 'unknown');
  const observed = (identity: string, isWell: boolean, said: string): Observed => ({
    ...{ identity, said },
    ...(!isWell && { is: 'down' }),
  });
  return {
    ...(known.length > 0 && {
      alarms: known.map(({ gate, status, message }) => observed(`alarm ${gate}`, status === 'green', message)),
    }),
    ...(urls.length > 0 && { urls: urls.map(({ url, isReady, answer }) => observed(`URL ${url}`, isReady, answer)) }),
  };
}
