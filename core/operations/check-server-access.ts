import { errorMessage, errorName } from '../contracts/errors.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { type AnyCode, readCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import {
  type AccessReview,
  type ClusterAccess,
  type ClusterTarget,
  isAccessErrorName,
} from '../ports/cluster-access.ts';
import { type AccessCheck, sentence } from './access-report.ts';

const REVIEWS: readonly { readonly what: string; readonly review: AccessReview }[] = [
  { what: 'readyz', review: { verb: 'get', nonResourceUrl: '/readyz' } },
  { what: 'nodes', review: { verb: 'list', resource: 'nodes' } },
  { what: 'pods', review: { verb: 'list', resource: 'pods' } },
  { what: 'deployments', review: { verb: 'list', group: 'apps', resource: 'deployments' } },
  { what: 'daemonsets', review: { verb: 'list', group: 'apps', resource: 'daemonsets' } },
  { what: 'statefulsets', review: { verb: 'list', group: 'apps', resource: 'statefulsets' } },
];
const MANIFEST = 'Run liftlock access manifest and apply what it prints.';

/** Asks the API server itself, by SelfSubjectAccessReview: nothing of the cluster's objects is read. */
export async function checkServerNow(
  clusters: ClusterAccess,
  target: ClusterTarget,
  asOf: string,
): Promise<AccessCheck[]> {
  const checks: AccessCheck[] = [];
  let broken: Reason | undefined;
  for (const { what, review } of REVIEWS) {
    let why = broken;
    try {
      if (broken === undefined && !(await clusters.mayI(target, review)))
        why = reason('ClusterForbidden', `Liftlock's role may not ${review.verb} ${what}. ${MANIFEST}`);
    } catch (error) {
      // An API server that does not answer or does not know the role says the same to every question.
      const code = readCode(errorName(error));
      broken = { code, message: `${sentence(errorMessage(error))} ${adviceOn(code)}` };
      why = broken;
    }
    checks.push({
      part: 'API server',
      what,
      asOf,
      ...(why === undefined ? { status: 'Readable' } : { status: 'Refused', reason: why }),
    });
  }
  return checks;
}

function adviceOn(code: AnyCode): string {
  if (code === 'ClusterUnauthorized') return MANIFEST;
  if (code === 'ClusterUnreachable')
    return 'Give Liftlock a way to the endpoint, or choose verification: eks-api in the policy.';
  return 'Try again later.';
}

/** What the newest scan met at the API server; without a scan nobody has looked yet. `upgrades` come newest first. */
export function checkServerFromScans(upgrades: readonly Upgrade[]): AccessCheck[] {
  const scan = upgrades.map(({ steps }) => steps['scan-cluster']).find((step) => step?.endedAt !== undefined);
  const seen = scan?.reasons ?? [];
  const refused = seen.find(({ code }) => isAccessErrorName(code));
  const skipped = scan === undefined || seen.some(({ code }) => code === 'NotVerified');
  // A scan that ended before it came to the API server says nothing about it.
  const passed = scan?.status === 'done' && !skipped;
  return REVIEWS.map(({ what }): AccessCheck => {
    const base = { part: 'API server', what, asOf: scan?.endedAt ?? null } as const;
    if (refused !== undefined) return { ...base, status: 'Refused', reason: refused };
    if (passed && ['readyz', 'nodes', 'pods'].includes(what)) return { ...base, status: 'Readable' };
    const why =
      'No scan has read it yet, and the API function does not talk to API servers. Run liftlock access check --direct.';
    return { ...base, status: 'NotChecked', reason: reason('NotChecked', why), asOf: null };
  });
}
