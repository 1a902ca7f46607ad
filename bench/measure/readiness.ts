import type { ClusterRecord, RegionVersions } from '../../core/contracts/items/cluster.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { dueScans, SPREAD } from '../../core/readiness/refresh-readiness.ts';
import { Clusters, Regions } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { Invocation } from '../../simulator/process/world.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';
import { oneCluster } from '../fleet/one-cluster.ts';
import { DOLLARS, INVOCATION_SECONDS, REQUEST_SECONDS } from '../fleet/prices.ts';
import { TableMeter } from '../fleet/table-meter.ts';

const GROUPS = 4;
const NODES_EACH = 25;
const HOUR = 3_600_000;
const FLEET = 10_000;

const DRAINS = 'what decides drains is listed in any case, for who writes it';

/** One look at a cluster of 100 nodes, and what that comes to where 10,000 of them are looked at every day. */
export const measure: Measure = async () => {
  const [whole, withoutDrains] = [await look([]), await look(['drain'])];
  const more = whole.requests - withoutDrains.requests;
  const [busiest, started] = busiestHour(whole.cluster, whole.region);
  const perSecond = (busiest * whole.eksCalls * 1_000) / SPREAD;
  const seconds = FLEET * whole.seconds;
  const dollars =
    seconds * DOLLARS.second +
    FLEET * whole.transitions * DOLLARS.transition +
    FLEET * (2 * whole.kilobytesWritten * DOLLARS.kilobyteWritten + (whole.kilobytesRead / 4) * DOLLARS.kilobytesRead);
  const note = `${started} of ${FLEET} clusters in a day, ${busiest} in the busiest hour of one account and Region, ${whole.eksCalls} calls each`;
  const figures: readonly (readonly [string, number, Figure['unit'], Partial<Figure>?])[] = [
    ['a look at 100 nodes: requests to the API server', whole.requests, 'requests'],
    ['a look at 100 nodes: requests for its drains', more, 'requests', { limit: 60, note: DRAINS }],
    ['a look at 100 nodes: bytes from the API server', rounded(whole.bytes / 1_000), 'kB'],
    ['a look at 100 nodes: calls to EKS', whole.eksCalls, 'requests'],
    [
      '10,000 clusters daily: calls to EKS in one account and Region',
      rounded(perSecond),
      'per second',
      { limit: 5, note },
    ],
    [
      '10,000 clusters daily: Lambda',
      Math.round(seconds),
      's',
      { note: `${REQUEST_SECONDS} s taken for each request` },
    ],
    ['10,000 clusters daily: a day', rounded(dollars), 'USD'],
  ];
  return figures.map(([name, value, unit, rest]) => ({ name, value, unit, ...rest }));
};

async function look(skip: readonly string[]) {
  const meter = new TableMeter();
  const api = { requests: 0, bytes: 0 };
  const around = (ports: Ports, invocation: Invocation): Ports => {
    const metered = meter.around(ports, invocation);
    return { ...metered, readers: countedReaders(metered.readers, api) };
  };
  const world = await oneCluster(GROUPS, { around, nodes: NODES_EACH, policy: { trigger: 'manual', scan: { skip } } });
  const until = (milliseconds: number) => world.clock.runUntil(new Date(world.clock.now().getTime() + milliseconds));
  await world.invoke('discover-clusters', {});
  await until(60_000);
  await world.invoke('watch-versions', {});
  const [cluster] = await loadKind(world.table, Clusters);
  const [region] = await loadKind(world.table, Regions);
  if (cluster === undefined || region === undefined) throw new Error('the cluster was not discovered');
  let eksCalls = 0;
  const operation = world.eks.operation.bind(world.eks) as (...given: readonly unknown[]) => object;
  world.eks.operation = (...given: readonly unknown[]) => {
    eksCalls += 1;
    return operation(...given);
  };
  const before = world.runner.stateTransitions();
  const input = JSON.stringify({ cluster: cluster.arn, targetVersion: '1.37' });
  const machineArn = `${MACHINE_ARN_PREFIX}scan-cluster`;
  const { executionArn } = await world.runner.startExecution({ machineArn, name: 'bench', input });
  await until(HOUR);
  const { status } = world.runner.describeExecution(executionArn);
  if (status !== 'SUCCEEDED') throw new Error(`the look ended ${status}`);
  const { invocations, read, written } = meter.of('scan-cluster');
  const seconds = INVOCATION_SECONDS * invocations + REQUEST_SECONDS * (api.requests + eksCalls);
  return {
    ...{ ...api, eksCalls, seconds, cluster, region, transitions: world.runner.stateTransitions() - before },
    ...{ kilobytesRead: read / 1_000, kilobytesWritten: written / 1_000 },
  };
}

function countedReaders(readers: ClusterReaders, count: { requests: number; bytes: number }): ClusterReaders {
  return {
    open(server) {
      const opened = readers.open(server);
      return {
        ...opened,
        reader: {
          async get(request) {
            count.requests += 1;
            const { items } = request;
            const begin = () => items?.begin();
            const item = (text: string) => {
              count.bytes += Buffer.byteLength(text);
              items?.item(text);
            };
            const answer = await opened.reader.get(
              items === undefined ? request : { ...request, items: { begin, item } },
            );
            count.bytes += Buffer.byteLength(answer.text);
            return answer;
          },
        },
      };
    },
  };
}

/** All in one account and Region, the worst that can be: looks of its busiest hour, and of the whole day. */
function busiestHour(one: ClusterRecord, region: RegionVersions) {
  const clusters = Array.from({ length: FLEET }, (_, index) => ({ ...one, clusterKey: `${one.clusterKey}-${index}` }));
  const scans = new Map<string, { clusterKey: string; scans: { target: string; from: string; scannedAt: string }[] }>();
  const begun = Date.parse('2026-11-25T00:00:00Z');
  const started = Array.from({ length: 24 }, (_, hour) => {
    const now = new Date(begun + hour * HOUR);
    const known = { clusters, scans, regions: new Map([[one.region, region]]), busy: new Set<string>() };
    const due = dueScans(known as unknown as Parameters<typeof dueScans>[0], now);
    for (const { cluster, target, notBefore } of due) {
      const scan = { target: target.toString(), from: cluster.version, scannedAt: notBefore.toISOString() };
      scans.set(cluster.clusterKey, { clusterKey: cluster.clusterKey, scans: [scan] });
    }
    return due.length;
  });
  return [Math.max(...started), scans.size] as const;
}
