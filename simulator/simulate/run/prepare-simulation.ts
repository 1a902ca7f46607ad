import type { ConfigObject } from '../../../core/config/types.ts';
import type { FakeEksState } from '../../eks/state/fake-eks-state.ts';
import type { LoadedFleet } from '../../fleet/load-fleet.ts';
import { configOf, prepareFleet } from '../../process/prepare-fleet.ts';
import { parseDocuments } from '../fleet/documents.ts';
import { syntheticClusters } from '../fleet/synthetic-clusters.ts';
import { syntheticDocuments } from '../fleet/synthetic-config.ts';
import type { Simulation } from './simulation.ts';

/** The first instant of every synthetic run: a Friday morning on which every minor of the fake EKS has been released. */
const START = new Date('2026-11-20T08:00:00Z');

export interface PreparedSimulation {
  readonly state: FakeEksState;
  readonly start: Date;
  readonly objects: readonly ConfigObject[];
  /** The versions that Liftlock had seen before the run; absent when it looks for the first time. */
  readonly knownVersions?: readonly string[] | undefined;
  /** Approvals that people give in the run. */
  readonly approvals?: LoadedFleet['approvals'] | undefined;
}

/** The fleet and the config of a run, made from its seed or read from its folder. Throws `InvalidInput`. */
export async function prepareSimulation({ seed, fleet, only }: Pick<Simulation, 'seed' | 'fleet' | 'only'>) {
  const prepared = 'folder' in fleet ? await fromFolder(fleet) : synthetic(seed, fleet);
  if (only !== undefined) {
    for (const cluster of Object.values(prepared.state.clusters))
      if (!only.includes(cluster.name)) delete prepared.state.clusters[cluster.arn];
  }
  return prepared;
}

function synthetic(seed: number, { clusters, target }: { clusters: number; target: string }): PreparedSimulation {
  const spec = { clusters, target, seed, now: START };
  const state = syntheticClusters(spec);
  return { state, start: START, objects: parseDocuments(syntheticDocuments(spec), START) };
}

async function fromFolder({
  folder,
  target,
}: {
  folder: string;
  target?: string | undefined;
}): Promise<PreparedSimulation> {
  const prepared = await prepareFleet(folder);
  const { loaded } = prepared;
  const policies = prepared.policies.map((policy) =>
    target === undefined ? policy : { ...policy, spec: { ...policy.spec, target } },
  );
  const { state, now: start, knownVersions, approvals } = loaded;
  return { state, start, objects: configOf({ ...prepared, policies }), knownVersions, approvals };
}
