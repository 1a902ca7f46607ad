import { type Answer, type Call, plainText } from './call.ts';
import { isTrue } from './request-info.ts';

const shared = ['ping', 'log', 'etcd', 'kms-providers', 'poststarthook/start-apiserver-admission-initializer'];
const ofReadyz = ['etcd-readiness', 'informer-sync', 'shutdown'];

export const healthPaths = ['/healthz', '/livez', '/readyz'];

/**
 * `ok`, or 500 with a line for every check. `?verbose` always gives the lines, `?exclude=etcd` leaves a check out, and `/readyz/etcd` is one check.
 * Failing checks of the model affect readiness only.
 */
export function health({ path, query, cluster }: Call): Answer | undefined {
  const [, endpoint = '', ...rest] = path.split('/');
  const failing = endpoint === 'readyz' ? cluster.kubernetes.failedReadyChecks : [];
  const all = new Set([...shared, ...(endpoint === 'readyz' ? ofReadyz : []), ...failing]);
  const single = rest.join('/');
  if (single !== '' && !all.has(single)) return undefined;
  const excluded = query.getAll('exclude');
  const checks = single === '' ? [...all].filter((name) => !excluded.includes(name)) : [single];
  const failed = checks.filter((name) => failing.includes(name));
  const verbose = query.has('verbose') && (query.get('verbose') === '' || isTrue(query.get('verbose')));
  if (failed.length === 0 && !verbose) return plainText(200, 'ok');
  const lines = checks.map((name) => (failed.includes(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`));
  const verdict = `${endpoint} check ${failed.length === 0 ? 'passed' : 'failed'}`;
  return plainText(failed.length === 0 ? 200 : 500, `${[...lines, verdict].join('\n')}\n`);
}
