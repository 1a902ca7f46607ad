import { recordCluster } from '../../../core/inventory/record-cluster.ts';
import type { World } from '../../process/world.ts';
import { clusterNamed } from '../fleet/synthetic-clusters.ts';
import { tried } from '../people/tried.ts';
import type { Later } from './later.ts';
import type { FaultOf } from './planned-fault.ts';

/** Puts the tag on a cluster that keeps Liftlock away, lets the inventory see it, and takes it off again. */
export async function excludeCluster(
  world: World,
  { cluster, minutes }: FaultOf<'excluded'>,
  later: Later,
): Promise<void> {
  await setTag(world, { cluster, tag: 'paused', seen: true }, 'true');
  later(minutes, () => setTag(world, { cluster, tag: 'paused', seen: true }, undefined));
}

/** Sets a tag, changes it or takes it off, and puts back what it said before. */
export async function changeTag(world: World, fault: FaultOf<'tag'>, later: Later): Promise<void> {
  const { minutes, value, changed } = fault;
  const before = clusterNamed(world.eks.state, fault.cluster)?.tags[`liftlock/${fault.tag}`];
  await setTag(world, fault, value);
  later(Math.ceil(minutes / 2), () => setTag(world, fault, changed));
  later(minutes, () => setTag(world, fault, before));
}

async function setTag(
  world: World,
  { cluster: name, tag, seen }: Pick<FaultOf<'tag'>, 'cluster' | 'tag' | 'seen'>,
  value: string | undefined,
): Promise<void> {
  const cluster = clusterNamed(world.eks.state, name);
  if (cluster === undefined) return;
  const { account, region, tags } = cluster;
  if (value === undefined) delete tags[`liftlock/${tag}`];
  else tags[`liftlock/${tag}`] = value;
  if (seen) await tried(recordCluster(world.ports, { account, region, name, depth: 'deep' }));
}
