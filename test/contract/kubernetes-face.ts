import { errorName } from '../../core/contracts/errors.ts';
import type { FakeKubernetes, KubernetesRequest } from '../../simulator/kubernetes/fake-kubernetes.ts';
import { type ApiAnswer, type ApiHandler, type ApiRequest, refusal } from './kubernetes-loopback.ts';

const PAGE = 500;

/** The fake API servers over REST: only the paths that the port uses. What cannot be reached fails, which hangs up. */
export function kubernetesFace(fake: FakeKubernetes, request: () => KubernetesRequest): ApiHandler {
  return (call) => {
    try {
      return answer(fake, request(), call);
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      if (errorName(error) === 'ClusterUnauthorized') return refusal(401, 'Unauthorized', message);
      if (errorName(error) === 'ClusterForbidden') return refusal(403, 'Forbidden', message);
      throw error;
    }
  };
}

function answer(fake: FakeKubernetes, request: KubernetesRequest, call: ApiRequest): ApiAnswer {
  const { path } = call;
  if (path === '/version') return { status: 200, body: { gitVersion: fake.serverVersion(request) } };
  if (path === '/readyz') {
    const { ok, failed } = fake.ready(request);
    return { status: ok ? 200 : 500, body: ['[+]ping ok', ...failed.map((name) => `[-]${name} failed`)].join('\n') };
  }
  const [, namespace, resource = ''] = /^\/apis?\/(?:v1|apps\/v1)\/(?:namespaces\/([^/]+)\/)?(\w+)$/.exec(path) ?? [];
  const list = fake.listObjects(request, resource, namespace);
  return list === undefined ? refusal(404, 'NotFound', `${path} is not modelled`) : page(call, list);
}

function page({ query }: ApiRequest, list: { readonly items: readonly object[] }): ApiAnswer {
  const start = Number(query.get('continue') ?? 0);
  const end = start + Math.min(PAGE, Number(query.get('limit') ?? PAGE));
  const metadata = end < list.items.length ? { continue: String(end) } : {};
  return { status: 200, body: { ...list, metadata, items: list.items.slice(start, end) } };
}
