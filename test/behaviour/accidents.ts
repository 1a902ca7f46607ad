import type { Scope } from '../../core/ports/eks.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterOf, onceBefore } from './changed-policy.ts';
import { minutes } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** The hub's account, and another one. */
export const LISTED = '111111111111';
export const MEMBER = '222222222222';
export const ofMember = (stage: string, name: string) =>
  staged(stage, [name]).map((one) => ({ ...one, account: MEMBER }));

const throttled = () => Promise.reject(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));

/** EKS throttles this call as many times where it is asked about one of these. */
export function throttle(
  { ports: { eks } }: World,
  call: 'listClusters' | 'describeClusterVersions',
  isMeant: (scope: Scope) => boolean,
  times: number,
): void {
  const ask = eks[call].bind(eks) as (scope: Scope) => Promise<unknown>;
  let fails = times;
  Object.assign(eks, { [call]: (scope: Scope) => (isMeant(scope) && fails-- > 0 ? throttled() : ask(scope)) });
}

/** The next attempt to create a rollout dies after its members and waves are written; tells whether it has. */
export const dieBeforeRollout = (world: World): (() => boolean) => onceBefore(world, ['"RolloutCreated"'], throttled);

/** Accounts are listed, and nobody gets to describe what is in them. */
export async function listAlone(world: World): Promise<void> {
  const { queue } = world.ports;
  const send = queue.send.bind(queue);
  Object.assign(queue, { send: async () => {} });
  await world.invoke('discover-clusters', {});
  await minutes(world, 5);
  Object.assign(queue, { send });
}

/** Does something while the API server of a cluster cannot be reached. */
export async function whileUnreachable(world: World, name: string, act: () => Promise<unknown>): Promise<void> {
  const access = clusterOf(world, name)?.kubernetes.access as { network: string };
  const before = access.network;
  access.network = 'unreachable';
  await act();
  access.network = before;
}
