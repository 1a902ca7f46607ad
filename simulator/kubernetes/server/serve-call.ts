import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import type { FakeKubernetes } from '../fake-kubernetes.ts';
import type { AimedFault, ApiFault } from '../faults/api-fault.ts';
import {
  countDown,
  damageBody,
  isAimedAt,
  isPageReached,
  isUsedUp,
  requireFresh,
  serverError,
  tooManyRequests,
} from '../faults/apply-fault.ts';
import type { KubernetesState } from '../kubernetes-state.ts';
import { forbidden, requireAllowed, type User } from '../permissions.ts';
import { StatusError } from '../status-error.ts';
import { type Authenticate, bearerToken, requireKnown, userOf } from './authenticate.ts';
import { type Answer, type ApiRequest, type Call, refusal, type StreamedAnswer } from './call.ts';
import { clusterPath, splitClusterPath } from './cluster-path.ts';
import { dispatch } from './dispatch.ts';
import { expiredPage } from './expired-page.ts';
import type { Histories } from './histories.ts';
import { type RequestInfo, requestInfo } from './request-info.ts';

/** The parts that all API servers share. */
export interface Surroundings {
  readonly fake: FakeKubernetes;
  readonly authenticate: Authenticate;
  readonly clock: { now(): Date };
  readonly around: <T>(work: () => Promise<T>) => Promise<T>;
  readonly histories: Histories;
  readonly pollMilliseconds: number;
}

/** Serves one request with the client's path, refusals included. Undefined where nothing answers: behind a private endpoint, or without a cluster. */
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
  // A private endpoint checks no token, because it is not reachable.
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

/** The answer after the faults that let the request pass; watches are unchanged. */
function spoil(faults: readonly AimedFault[], answer: Answer | StreamedAnswer): Answer | StreamedAnswer {
  return 'body' in answer ? faults.reduce(spoiledBy, answer) : answer;
}

function spoiledBy(answer: Answer, fault: AimedFault): Answer {
  if (fault.kind === 'damaged-body') return damageBody(fault, answer);
  if (fault.kind === 'delay')
    return { ...answer, delivery: { ...answer.delivery, delayMilliseconds: fault.milliseconds } };
  if (fault.kind === 'connection-reset') return { ...answer, delivery: { ...answer.delivery, breaksOff: true } };
  return answer;
}

/** The faults of a request, in the order of the state. A fault that is used up leaves the state. */
function struckBy(kubernetes: KubernetesState, info: RequestInfo, query: URLSearchParams): AimedFault[] {
  const { faults } = kubernetes;
  if (faults === undefined) return [];
  const struck = faults.filter(isAimed).filter((fault) => {
    if (!isAimedAt(fault, info)) return false;
    return fault.kind === 'expired-page' ? isPageReached(fault, info, query) : countDown(fault);
  });
  kubernetes.faults = faults.filter((fault) => !isAimed(fault) || !isUsedUp(fault));
  return struck;
}

const isAimed = (fault: ApiFault): fault is AimedFault => fault.kind !== 'expiring-token';

/** A request with its sender. */
interface Struck {
  readonly user: User;
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
}

/**
 * @throws StatusError for the first fault that refuses the request; ClusterAccessError `ClusterUnreachable` for one that ends the connection before
 * an answer.
 */
function refuse(faults: readonly AimedFault[], request: Struck): void {
  for (const fault of faults) {
    const error = refusalOf(fault, request);
    if (error !== undefined) throw error;
  }
}

function refusalOf(fault: AimedFault, { user, info, query }: Struck): Error | undefined {
  if (fault.kind === 'too-many-requests') return tooManyRequests(fault);
  if (fault.kind === 'forbidden') return forbidden(user, info.attributes);
  if (fault.kind === 'server-error') return serverError(fault);
  if (fault.kind === 'expired-page') return expiredPage(query.get('continue') ?? '');
  if (fault.kind === 'connection-reset' && fault.when === 'before-answer')
    return new ClusterAccessError('ClusterUnreachable', 'read ECONNRESET');
  return undefined;
}

/**
 * The cluster of a request whose path names none: `kubectl get --raw` sends its path unchanged and drops the server's prefix. A token is valid for
 * clusters of one name only; of several the one in the caller's own account is meant.
 * @throws StatusError 404 with the right form of the path, where that is ambiguous.
 */
async function clusterOfToken(
  { fake, authenticate }: { readonly fake: FakeKubernetes; readonly authenticate: Authenticate },
  path: string,
  authorization: string | undefined,
): Promise<string> {
  const arns = fake.clusterArns();
  const token = bearerToken(authorization);
  const candidates: { arn: string; own: boolean }[] = [];
  for (const arn of token === undefined ? [] : arns) {
    const user = token === undefined ? undefined : await authenticate(token, arn);
    if (user !== undefined) candidates.push({ arn, own: accountOf(user.principal) === accountOf(arn) });
  }
  const own = candidates.filter((candidate) => candidate.own);
  const [found, another] = own.length > 0 ? own : candidates;
  if (found !== undefined && another === undefined) return found.arn;
  const example = clusterPath(found?.arn ?? arns[0] ?? 'arn:aws:eks:us-east-1:111111111111:cluster/NAME');
  const message = `the path names no cluster; write ${example}${path}`;
  throw new StatusError(404, { reason: 'NotFound', message, details: {} });
}

const accountOf = (arn: string): string | undefined => arn.split(':')[4];
