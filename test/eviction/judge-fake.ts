import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { FakeEks } from '../../simulator/eks/fake-eks.ts';
import { seededRandom } from '../../simulator/eks/seeded-random.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { ApiRequest } from '../../simulator/kubernetes/server/call.ts';
import { clusterPath } from '../../simulator/kubernetes/server/cluster-path.ts';
import { Histories } from '../../simulator/kubernetes/server/histories.ts';
import { serveCall } from '../../simulator/kubernetes/server/serve-call.ts';
import type { Eviction, EvictionRow } from './eviction-row.ts';
import { rowTime } from './plain-objects.ts';

const principal = 'arn:aws:iam::111111111111:role/Admin';

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API server says
  readonly json: any;
}

/** A fake API server that holds the objects of a row, asked as over HTTPS. */
export function serverOf({ objects, controllerIsBehind }: Pick<EvictionRow, 'objects' | 'controllerIsBehind'>) {
  const now = new Date(rowTime);
  const state = emptyState(now);
  const cluster = addCluster(state, { name: 'rows', version: '1.36', objects: objects as unknown as StoredObject[] });
  if (controllerIsBehind === true) cluster.kubernetes.disruptionControllerStopped = true;
  const fake = new FakeKubernetes(new FakeEks(state, { random: seededRandom(7) }));
  const surroundings = {
    ...{ fake, clock: { now: () => now }, histories: new Histories(), pollMilliseconds: 10 },
    authenticate: async () => ({ principal }),
    around: <T>(work: () => Promise<T>) => work(),
  };
  const ask = async (method: string, path: string, body: unknown = undefined): Promise<Answered> => {
    const url = new URL(`${clusterPath(cluster.arn)}${path}`, 'https://kubernetes');
    const request: ApiRequest = {
      ...{ method, path: url.pathname, query: url.searchParams },
      headers: { authorization: 'Bearer row', 'content-type': 'application/json' },
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    };
    const answer = await serveCall(surroundings, request);
    if (answer === undefined || !('body' in answer)) throw new Error(`${method} ${path} was not answered`);
    return { status: answer.status, json: JSON.parse(answer.body) };
  };
  const evict = ({ namespace, name, nameInUrl = name, dryRun, preconditions }: Eviction): Promise<Answered> =>
    ask('POST', `/api/v1/namespaces/${namespace}/pods/${nameInUrl}/eviction${dryRun ? '?dryRun=All' : ''}`, {
      ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name } },
      ...(preconditions === undefined ? {} : { deleteOptions: { preconditions } }),
    });
  return { cluster, ask, evict };
}
