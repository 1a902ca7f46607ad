import type { FakeKubernetes } from '../fake-kubernetes.ts';
import { StatusError } from '../status-error.ts';
import type { Authenticate } from './authenticate.ts';
import { bearerToken } from './authenticate.ts';
import { clusterPath } from './cluster-path.ts';

/**
 * The cluster of a request whose path names none: `kubectl get --raw` asks for its path as it stands and drops the server's prefix.
 * A token is good for clusters of one name only; of several the one in the caller's own account is meant.
 *
 * @throws StatusError 404 that says how to write the path, where that does not tell.
 */
export async function clusterOfToken(
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
