import type { FakeKubernetes } from '../fake-kubernetes.ts';
import { requireFresh } from '../faults/expiring-token.ts';
import { refuse } from '../faults/refuse.ts';
import { spoil } from '../faults/spoil.ts';
import { struckBy } from '../faults/struck-by.ts';
import { requireAllowed } from '../permissions.ts';
import { type Answer, refusal, type StreamedAnswer } from './answer.ts';
import { type Authenticate, bearerToken, requireKnown, userOf } from './authenticate.ts';
import type { ApiRequest, Call } from './call.ts';
import { clusterOfToken } from './cluster-of-token.ts';
import { splitClusterPath } from './cluster-path.ts';
import { dispatch } from './dispatch.ts';
import type { Histories } from './histories.ts';
import { requestInfo } from './request-info.ts';

/** What all API servers share. */
export interface Surroundings {
  readonly fake: FakeKubernetes;
  readonly authenticate: Authenticate;
  readonly clock: { now(): Date };
  readonly around: <T>(work: () => Promise<T>) => Promise<T>;
  readonly histories: Histories;
  readonly pollMilliseconds: number;
}

/**
 * One request, its path as the client sent it, refusals included. Undefined where nothing answers: behind a private endpoint, or
 * where no cluster is.
 */
export async function serveCall(
  surroundings: Surroundings,
  request: ApiRequest,
): Promise<Answer | StreamedAnswer | undefined> {
  const { path, headers } = request;
  try {
    return await surroundings.around(async () => {
      const target = splitClusterPath(path) ?? {
        arn: await clusterOfToken(surroundings, path, headers.authorization),
        path,
      };
      return serve(surroundings, target.arn, { ...request, path: target.path });
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'ClusterUnreachable') return undefined;
    return refusal(error);
  }
}

async function serve(surroundings: Surroundings, clusterArn: string, request: ApiRequest) {
  const { fake, authenticate, clock, histories, around, pollMilliseconds } = surroundings;
  // Nobody is asked for a token behind a private endpoint.
  fake.reach(clusterArn, clock.now());
  const user = await userOf(authenticate, clusterArn, request.headers.authorization);
  const now = clock.now();
  const cluster = fake.reach(clusterArn, now);
  requireFresh(cluster.kubernetes, bearerToken(request.headers.authorization));
  requireKnown(cluster, user, request.path);
  const info = requestInfo(request.method, request.path, request.query);
  const faults = struckBy(cluster.kubernetes, info, request.query);
  refuse(faults, { user, info, query: request.query });
  requireAllowed(cluster, user, info.attributes);
  const later: Call['later'] = (read) =>
    around(async () => read(fake.reach(clusterArn, clock.now()), clock.now().getTime()));
  const call: Call = {
    ...request,
    cluster,
    user,
    now: now.getTime(),
    gitVersion: fake.gitVersion(cluster),
    memory: histories.of(cluster),
    later,
    pollMilliseconds,
  };
  return spoil(faults, dispatch(call, info));
}
