import { randomUUID } from 'node:crypto';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { clusterKey } from '../../core/model/cluster-key.ts';
import { FLEET } from '../../core/policy/applied.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { Table } from '../../core/ports/table.ts';
import type { GrantRequest } from '../../core/protocol/grant.ts';
import { ClusterNames, Clusters, Configs, Epochs } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { createInMemoryEks } from '../../simulator/eks/in-memory-ports.ts';
import { testCaller, testDay, testWorld } from '../material/eks/world.ts';

export type ProtocolPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'mutator' | 'executions' | 'events' | 'ids'>;

/** A fleet in mode `act` on a table, and the EKS of its clusters; time passes when the test says so. */
export interface ProtocolWorld {
  readonly ports: ProtocolPorts;
  readonly clusterKeys: readonly string[];
  /** Calls that EKS accepted as changes, in order. */
  readonly mutations: readonly { readonly operation: string; readonly replay: boolean }[];
  pass(minutes: number): void;
  loseNextAnswer(): void;
}

export async function protocolWorld(
  table: Table,
  clusters: number,
  caps: { total?: number } = {},
): Promise<ProtocolWorld> {
  const createdAt = new Date('2026-05-04T10:00:00.000Z');
  const names = Array.from({ length: clusters }, (_, index) => `web-${index}`);
  const world = testWorld((state) => {
    for (const name of names) addCluster(state, { name, version: '1.35', createdAt, nodegroups: [] });
  });
  const records = names.map((name) => clusterRecord(name, createdAt));
  await table.transact([put(Epochs, { number: 1 }, 'absent'), put(Configs, fleet(caps), 'absent')]);
  for (const record of records) {
    const { account, region, name, clusterKey: key } = record;
    const named = put(ClusterNames, { account, region, name, clusterKey: key }, 'absent');
    await table.transact([put(Clusters, record, 'absent'), named]);
  }
  const clock = { now: world.now };
  const eks = createInMemoryEks(world.fake, { clock, principal: testCaller.principal });
  return {
    ports: {
      table,
      clock,
      eks,
      mutator: eks,
      events: { publish: async () => {} },
      ids: { next: () => randomUUID() },
      executions: {
        arnFor: executionArn,
        start: async () => {},
        describe: async () => undefined,
      },
    },
    clusterKeys: records.map((record) => record.clusterKey),
    mutations: world.state.mutations,
    pass: (minutes) => world.pass(minutes),
    loseNextAnswer: () => world.fake.faults.add({ operation: 'UpdateClusterVersion', effect: { kind: 'answer-lost' } }),
  };
}

export const executionArn = (machine: string, name: string): string =>
  `arn:aws:states:eu-central-1:999999999999:execution:liftlock-${machine}:${name}`;

export const scope = { account: testCaller.account, region: testCaller.region };

export function grantRequest(key: string): GrantRequest {
  return {
    clusterKey: key,
    upgradeId: '1.35-1.36',
    machine: 'upgrade-cluster',
    from: '1.35',
    to: '1.36',
    requestedBy: 'test',
  };
}

function clusterRecord(name: string, createdAt: Date): ClusterRecord {
  const arn = `arn:aws:eks:${scope.region}:${scope.account}:cluster/${name}`;
  return {
    clusterKey: clusterKey(arn, createdAt),
    arn,
    createdAt: createdAt.toISOString(),
    ...scope,
    name,
    version: '1.35',
    status: 'ACTIVE',
    endpoint: { publicAccess: true, privateAccess: true, publicAccessCidrs: ['0.0.0.0/0'] },
    autoMode: false,
    nodegroups: [],
    fargateProfiles: [],
    addons: [],
    insights: { passing: 1, warning: 0, error: 0, unknown: 0 },
    tags: {},
    labels: {},
    managedBy: [],
    conditions: [],
    unreadable: [],
    versionObservedAt: createdAt.toISOString(),
    lastSeenAt: testDay.toISOString(),
  };
}

function fleet(caps: { total?: number }) {
  return {
    kind: 'Fleet' as const,
    name: FLEET,
    document: {
      apiVersion: 'liftlock/v1alpha1',
      kind: 'Fleet',
      metadata: { name: FLEET },
      spec: {
        mode: 'act',
        regions: [scope.region],
        accounts: [scope.account],
        spokeRole: { externalId: 'test' },
        caps,
      },
    },
    revision: 'test',
    appliedBy: 'test',
    appliedAt: testDay.toISOString(),
  };
}
