import { startEksServer } from './eks-server.ts';
import type { Refusal, World } from './refusal.ts';

/** What a refusal must leave as it was: all but insights, which EKS looks at anew, and the record of what it refused. */
const stateOf = ({ state }: World) =>
  structuredClone({
    mutations: state.mutations,
    clusters: Object.values(state.clusters).map(({ insights: _, ...cluster }) => cluster),
  });

/** Makes the call of a refusal in a world of its own. */
export async function refuse<T>(refusal: Refusal, call: (input: object, origin: string) => Promise<T>): Promise<T> {
  const world = refusal.world();
  world.pass(0);
  const before = stateOf(world);
  const server = await startEksServer(world);
  try {
    const { input } = refusal;
    const result = await call(typeof input === 'function' ? input(world) : input, server.origin);
    expect(server.failures).toEqual([]);
    expect(stateOf(world)).toEqual(before);
    return result;
  } finally {
    await server.close();
  }
}
