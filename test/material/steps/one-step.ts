import type { LiftlockEvent } from '../../../core/contracts/events.ts';
import type { StepInput } from '../../../core/contracts/step-input.ts';
import type { ClusterAccess, Node } from '../../../core/ports/cluster-access.ts';
import type { ClusterReaders } from '../../../core/ports/cluster-reader.ts';
import type { LaunchTemplates } from '../../../core/ports/ec2.ts';
import type {
  Addon,
  AddonInfo,
  Cluster,
  EksMutator,
  EksReader,
  Nodegroup,
  Update,
  UpdateSubject,
} from '../../../core/ports/eks.ts';
import type { Table } from '../../../core/ports/table.ts';
import { isResult, openStep, type StepContext } from '../../../core/steps/context.ts';
import { ClusterNames } from '../../../core/store/entities.ts';
import { put } from '../../../core/store/entity.ts';
import { createInMemoryHooks, type HookReceiverHere } from '../../../simulator/process/in-memory-hooks.ts';
import { InMemorySilences } from '../../../simulator/process/in-memory-silences.ts';
import { memberItem } from '../items/rollout-items.ts';
import { cluster, grant, HOLDER, KEY, type Kept, keep, NOON, upgrade } from '../protocol/one-upgrade.ts';
import { quietAccount, quietEc2 } from './quiet-account.ts';

/** What a test says of EKS; an error is what it answers. */
export interface FakeEks {
  readonly cluster?: Partial<Cluster> | Error;
  readonly nodegroups?: Readonly<Record<string, Partial<Nodegroup>>>;
  readonly addons?: Readonly<Record<string, Partial<Addon> | Error>>;
  /** Versions that EKS offers of an add-on, and the minors that each fits, the default of all of them last. */
  readonly offers?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** By `cluster`, `nodegroup/NAME` and `addon/NAME`. */
  readonly updates?: Readonly<Record<string, readonly Partial<Update>[]>>;
  /** What it answers to a change; the default takes it as update `u-1`. */
  readonly refuses?: Error;
  readonly more?: Partial<EksReader>;
}

export interface GivenStep {
  readonly eks?: FakeEks;
  readonly kept?: Kept;
  readonly minutes?: number;
  /** Who answers hooks, by URL. */
  readonly hooks?: ReadonlyMap<string, HookReceiverHere>;
  /** What the API server says of its nodes when it is asked. */
  readonly nodesSeen?: () => readonly Node[];
  /** What the API server has, by path: the object, or the status that it refuses with. */
  readonly objects?: Readonly<Record<string, object | number>>;
  /** Whether the inventory knows the name of the cluster. */
  readonly isNamed?: boolean;
}

const later = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
export const failing = (name: string, message = name): Error => Object.assign(new Error(message), { name });

const described: Cluster = {
  name: cluster.name,
  arn: cluster.arn,
  createdAt: new Date(cluster.createdAt),
  version: '1.36',
  status: 'ACTIVE',
  endpoint: 'https://web.example',
  certificateAuthority: { data: 'Y2E=' },
  tags: { team: 'shop' },
};
const updateOf = (given: Partial<Update>): Update => ({
  id: 'u-1',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: [],
  createdAt: NOON,
  ...given,
});
const subjectOf = ({ nodegroupName, addonName }: Omit<UpdateSubject, 'name'>): string =>
  nodegroupName === undefined
    ? addonName === undefined
      ? 'cluster'
      : `addon/${addonName}`
    : `nodegroup/${nodegroupName}`;

function reader({ cluster: found = {}, nodegroups = {}, addons = {}, offers = {}, updates = {}, more }: FakeEks) {
  const asked: string[] = [];
  const eks: Partial<EksReader> = {
    describeCluster: async () => {
      asked.push('cluster');
      if (found instanceof Error) throw found;
      return { ...described, ...found };
    },
    listNodegroups: async () => Object.keys(nodegroups),
    describeNodegroup: async (_, { clusterName, nodegroupName }) => ({
      ...{ clusterName, nodegroupName, status: 'ACTIVE', version: '1.36' },
      ...nodegroups[nodegroupName],
    }),
    listAddons: async () => Object.keys(addons),
    describeAddon: async (_, { clusterName, addonName }) => {
      asked.push(addonName);
      const addon = addons[addonName] ?? failing('ResourceNotFoundException');
      if (addon instanceof Error) throw addon;
      return { clusterName, addonName, addonVersion: 'v1.0.0', status: 'ACTIVE', ...addon };
    },
    describeAddonVersions: async (_, { addonName }): Promise<AddonInfo[]> => {
      const known = offers[addonName];
      if (known === undefined) return [];
      const addonVersions = Object.entries(known).map(([addonVersion, minors]) => ({
        addonVersion,
        compatibilities: minors.map((clusterVersion) => ({ clusterVersion })),
      }));
      return [{ addonName, addonVersions }];
    },
    listUpdates: async (_, subject) => (updates[subjectOf(subject)] ?? []).map((one) => updateOf(one).id),
    describeUpdate: async (_, subject) => {
      asked.push(subject.updateId);
      const known = (updates[subjectOf(subject)] ?? []).map(updateOf);
      return known.find(({ id }) => id === subject.updateId) ?? updateOf({ id: subject.updateId });
    },
    ...more,
  };
  return { eks: eks as EksReader, asked };
}

const readersOf = (objects: NonNullable<GivenStep['objects']>): ClusterReaders => ({
  open: () => ({
    reader: {
      async get({ path }) {
        const found = objects[path] ?? 404;
        return typeof found === 'number' ? { status: found, text: '' } : { status: 200, text: JSON.stringify(found) };
      },
    },
    wait: async () => {},
    close: () => {},
  }),
});

/** An upgrade from 1.36 to 1.37 whose execution runs a step, and what it changes and tells. */
export async function oneStep<Kind extends Table>(
  table: Kind,
  {
    eks: fake = {},
    kept = {},
    minutes = 0,
    isNamed = true,
    hooks = new Map(),
    nodesSeen = () => [],
    objects = {},
  }: GivenStep = {},
) {
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });
  await keep(table, { grant: grant(), upgrades: [upgrade()], member, ...kept });
  const { account, region, name } = cluster;
  if (isNamed) await table.transact([put(ClusterNames, { account, region, name, clusterKey: KEY }, 'absent')]);
  const told: LiftlockEvent[] = [];
  const sent: object[] = [];
  const take =
    (call: string) =>
    async (_: unknown, { clientRequestToken, ...input }: Record<string, unknown>) => {
      sent.push({ call, ...input });
      if (fake.refuses !== undefined) throw fake.refuses;
      return updateOf({});
    };
  const mutator = {
    updateClusterVersion: take('UpdateClusterVersion'),
    extendSupport: take('ExtendSupport'),
    updateNodegroupVersion: take('UpdateNodegroupVersion'),
    updateNodegroupConfig: take('UpdateNodegroupConfig'),
    updateAddon: take('UpdateAddon'),
  } as unknown as EksMutator;
  const events = { publish: async (more: readonly LiftlockEvent[]): Promise<void> => void told.push(...more) };
  const { eks, asked } = reader(fake);
  const templates: LaunchTemplates = {
    async createVersion(_, input) {
      sent.push({ call: 'CreateLaunchTemplateVersion', ...input });
      return '8';
    },
  };
  const clock = { now: () => later(minutes) };
  const outside = {
    eks,
    mutator,
    account: quietAccount,
    ec2: quietEc2,
    templates,
    events,
    hooks: createInMemoryHooks(hooks),
    silences: new InMemorySilences(clock),
    readers: readersOf(objects),
    jobs: {
      open: () => {
        throw new Error('no Job is asked here');
      },
    },
    clusters: { listNodes: async () => nodesSeen() } as unknown as ClusterAccess,
  };
  return { table, clock, ...outside, told, sent, asked };
}

/** What a step's function gets from its machine, begun at noon. */
export const stepInput = (input: object = {}, more: Partial<StepInput> = {}): StepInput => ({
  step: 'upgrade-cluster',
  input: { cluster: cluster.arn, targetVersion: '1.37', ...input },
  execution: { arn: HOLDER, name: 'upgrade-name', startTime: NOON.toISOString() },
  poll: 0,
  ...more,
});

/** The step as it is opened; fails the test where it is not. */
export async function contextOf(
  ports: Parameters<typeof openStep>[0],
  input: StepInput = stepInput(),
  needs: 'grant' | 'read' = 'grant',
): Promise<StepContext> {
  const opened = await openStep(ports, input, needs);
  if (isResult(opened)) throw new Error(JSON.stringify(opened));
  return opened;
}
