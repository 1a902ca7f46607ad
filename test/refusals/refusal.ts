import { addCluster, type ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { ErrorSubject } from '../../simulator/eks/errors.ts';
import type { OperationName } from '../../simulator/eks/operations/catalog.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { testDay, testWorld } from '../material/eks/world.ts';

export type World = ReturnType<typeof testWorld>;

/** Something that EKS refuses. */
export interface Refusal {
  /** Ends the sentence "EKS refuses …". */
  readonly name: string;
  /** The section of facts: eks.md that says so, or where else it is known from. */
  readonly source: string;
  readonly world: () => World;
  readonly operation: OperationName;
  readonly input: object | ((world: World) => object);
  readonly error: string;
  readonly status: number;
  readonly message: RegExp;
  /** Members of the error beside its message. */
  readonly subject?: ErrorSubject;
  readonly cli?: CliRefusal;
  /** Another row shows the CLI the same rule. */
  readonly alike?: true;
}

/** Why the CLI does not send such a call, and the words in which it says so. */
export interface CliRefusal {
  readonly reason: string;
  readonly words: RegExp;
  /** Since when it does send it. */
  readonly until?: string;
}

/** Rows of one rule: a run of the CLI takes half a second, so it makes the first call only. */
export const oneRule = (...rows: readonly Refusal[]): Refusal[] =>
  rows.map((row, index) => (index === 0 ? row : { ...row, alike: true }));

/** A world with the cluster `shop`: at 1.35, made at it, ACTIVE, without node groups. `prepare` comes when its time has begun. */
export function shop(
  specification: Partial<ClusterSpecification> = {},
  prepare: (world: World, cluster: ClusterRecord) => void = () => {},
): () => World {
  return () => {
    const added: ClusterRecord[] = [];
    const world = testWorld((state) => {
      added.push(addCluster(state, { name: 'shop', version: '1.35', ...specification }));
    });
    for (const cluster of added) prepare(world, cluster);
    return world;
  };
}

export const daysAgo = (days: number): Date => new Date(testDay.getTime() - days * 86_400_000);

/** The id of the one update there is. */
export const onlyUpdate = ({ state }: World): string =>
  Object.values(state.clusters).flatMap((cluster) => cluster.updates)[0]?.id ?? '';

export const invalidParameter = { error: 'InvalidParameterException', status: 400 } as const;
export const invalidRequest = { error: 'InvalidRequestException', status: 400 } as const;
export const invalidState = { error: 'InvalidStateException', status: 400 } as const;
export const inUse = { error: 'ResourceInUseException', status: 409 } as const;
export const notFound = { error: 'ResourceNotFoundException', status: 404 } as const;

export const requiredByCli: CliRefusal = {
  reason: 'an option is required',
  words: /the following arguments are required/,
};
export const minimumOfCli: CliRefusal = {
  reason: 'it checks minima',
  words: /Parameter validation failed:\nInvalid value for parameter \S+, value: -?\d+, valid min value: \d+/,
};
export const rollbackOfCli: CliRefusal = {
  reason: 'version rollback came on 2026-06-30',
  words: /Invalid choice|Unknown options: --rollback-config/,
  until: '2026-06-30',
};
