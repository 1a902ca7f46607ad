import { requestDrain } from '../../core/operations/request-drain.ts';
import type { ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { Clusters, Upgrades } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { Invocation, World } from '../../simulator/process/world.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';
import { oneCluster, upgradeIt } from '../fleet/one-cluster.ts';
import { DOLLARS, INVOCATION_SECONDS, REQUEST_SECONDS } from '../fleet/prices.ts';
import { minus, NO_USE, TableMeter } from '../fleet/table-meter.ts';

const NODES = 1_000;
const DEPLOYMENTS = 100;
const PODS_EACH = 10;
/** EKS drains at most so many at once (facts: nodes.md). */
const ROLLED_AT_ONCE = 100;
const DRAINED_AT_ONCE = 10;
/** Of the lists that the port of cluster access asks for. */
const PAGE = 500;
const HOUR = 3_600_000;

/** EKS rolls a group of 1,000 nodes while an upgrade waits, and Liftlock drains as many itself. The fake cloud is in this process and its memory. */
export const measure: Measure = async () => {
  const figures = [await rolled(), await drained()].flat();
  const memory = rounded(process.resourceUsage().maxRSS / 1_024);
  return [
    ...figures,
    {
      name: '1,000 nodes, both: memory in all',
      value: memory,
      unit: 'MiB',
      limit: 300,
      note: 'the fake cloud with it',
    },
  ];
};

async function rolled(): Promise<Figure[]> {
  const meter = new Meter();
  const group = { name: 'group-0', nodes: NODES, updateConfig: { maxUnavailable: ROLLED_AT_ONCE } };
  const world = await cluster(meter, [group], {});
  await upgradeIt(world, 10);
  const note = `${ROLLED_AT_ONCE} at once, with the hop of its control plane`;
  return meter.figures(world, `EKS rolls ${NODES} nodes`, note);
}

async function drained(): Promise<Figure[]> {
  const meter = new Meter();
  const groups = [
    { name: 'old', nodes: NODES },
    { name: 'new', nodes: NODES / 10 },
  ];
  const drain = { pause: '0s', maxUnavailable: DRAINED_AT_ONCE };
  const world = await cluster(meter, groups, { trigger: 'manual', drain });
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
  await world.tick();
  const [record] = await loadKind(world.table, Clusters);
  if (record === undefined) throw new Error('the cluster was not discovered');
  meter.begin(world);
  await requestDrain(world.ports, record, 'old', 'arn:aws:iam::000000000000:role/bench', { approve: true });
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 48 * HOUR), quietHours: 2 });
  const ended = (await loadKind(world.table, Upgrades)).find(({ machine }) => machine === 'drain-nodes');
  if (ended?.status !== 'Succeeded')
    throw new Error(`the drain ended ${ended?.status}: ${JSON.stringify(ended?.reasons)}`);
  return meter.figures(world, `Liftlock drains ${NODES} nodes`, `${DRAINED_AT_ONCE} at once`);
}

const cluster = (meter: Meter, groups: Parameters<typeof oneCluster>[0], policy: object): Promise<World> => {
  const names = Array.from({ length: DEPLOYMENTS }, (_, index) => ({
    namespace: `team-${index % 20}`,
    name: `app-${index}`,
    labels: { app: `app-${index}` },
  }));
  return oneCluster(groups, {
    around: meter.around,
    onRequest: meter.count,
    requestMilliseconds: () => 1_000 * REQUEST_SECONDS,
    keepHistories: false,
    policy,
    workloads: names.map((one) => ({ ...one, kind: 'Deployment', replicas: PODS_EACH, image: 'team/app:1' })),
    podDisruptionBudgets: names.map(({ labels, ...one }) => ({ ...one, matchLabels: labels, maxUnavailable: '25%' })),
  });
};

/** Counts what one cluster is asked, and what of the serverless cloud is used for it. */
class Meter {
  readonly #table = new TableMeter();
  readonly #perSecond = new Map<number, number>();
  #now = (): number => 0;
  #eksCalls = 0;
  #invocations = 0;
  #last = 0;
  #first: number | undefined;
  #transitionsBefore = 0;
  #tableBefore = NO_USE;
  #requests = 0;

  readonly around = (ports: Ports, invocation: Invocation): Ports => {
    this.#now = () => ports.clock.now().getTime();
    this.#invocations += 1;
    const metered = this.#table.around(ports, invocation);
    return { ...metered, clusters: this.#counted(metered.clusters), eks: this.#countedEks(metered.eks) };
  };

  readonly count = (): void => {
    const second = Math.floor(this.#now() / 1_000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    this.#requests += 1;
    this.#first ??= this.#now();
    this.#last = this.#now();
  };

  /** Forgets what was before. */
  begin(world: World): void {
    this.#transitionsBefore = world.runner.stateTransitions();
    this.#tableBefore = this.#table.total();
    this.#first = undefined;
    this.#perSecond.clear();
    [this.#requests, this.#eksCalls, this.#invocations] = [0, 0, 0];
  }

  figures(world: World, what: string, note: string): Figure[] {
    const { read, written } = minus(this.#table.total(), this.#tableBefore);
    const transitions = world.runner.stateTransitions() - this.#transitionsBefore;
    const seconds = INVOCATION_SECONDS * this.#invocations + REQUEST_SECONDS * (this.#requests + this.#eksCalls);
    const dollars =
      seconds * DOLLARS.second +
      transitions * DOLLARS.transition +
      (2 * written * DOLLARS.kilobyteWritten + (read / 4) * DOLLARS.kilobytesRead) / 1_000;
    const hours = (this.#last - (this.#first ?? this.#last)) / HOUR;
    return [
      { name: `${what}: requests to the API server`, value: this.#requests, unit: 'requests', note },
      {
        name: `${what}: most requests to the API server`,
        value: Math.max(...this.#perSecond.values()),
        unit: 'per second',
        note: `${REQUEST_SECONDS} s taken for each; ${hours.toFixed(1)} h in all`,
      },
      { name: `${what}: calls to EKS`, value: this.#eksCalls, unit: 'requests' },
      { name: `${what}: state transitions`, value: transitions, unit: 'transitions' },
      { name: `${what}: cost`, value: rounded(dollars), unit: 'USD', note: `${Math.round(seconds)} s of Lambda` },
    ];
  }

  /** A list costs a request for each of its pages. */
  #counted(access: ClusterAccess): ClusterAccess {
    const pages = <Item>(items: Item[]): Item[] => {
      for (let page = 0; page <= items.length; page += PAGE) this.count();
      return items;
    };
    const one = <Answer>(answer: Answer): Answer => {
      this.count();
      return answer;
    };
    return {
      serverVersion: async (server) => one(await access.serverVersion(server)),
      ready: async (server) => one(await access.ready(server)),
      listNodes: async (server) => pages(await access.listNodes(server)),
      listWorkloads: async (...asked) => one(one(pages(await access.listWorkloads(...asked)))),
    };
  }

  #countedEks = (eks: Ports['eks']): Ports['eks'] =>
    new Proxy(eks, {
      get: (target, operation) => {
        const member: unknown = Reflect.get(target, operation);
        if (typeof member === 'function') this.#eksCalls += 1;
        return member;
      },
    });
}
