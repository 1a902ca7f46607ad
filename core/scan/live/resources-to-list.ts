import { apiRow } from '../data/api-table.ts';
import type { Source } from '../report/report-schema.ts';
import type { ServedResource } from './discovery.ts';
import type { Unit } from './live-scan-state.ts';

/**
 * Kinds that are read whole, because what breaks stands in their spec or status, and the source that wants it. All others are read as
 * metadata only. `docs/scan.md` lists them.
 */
export const FULL_KINDS: Readonly<Record<string, Source>> = {
  '/nodes': 'node',
  '/pods': 'workload',
  '/services': 'workload',
  '/persistentvolumes': 'workload',
  'apps/deployments': 'workload',
  'apps/daemonsets': 'workload',
  'apps/statefulsets': 'workload',
  'batch/cronjobs': 'workload',
  'batch/jobs': 'workload',
  'networking.k8s.io/networkpolicies': 'workload',
  'autoscaling/horizontalpodautoscalers': 'reference',
  'storage.k8s.io/storageclasses': 'reference',
  'rbac.authorization.k8s.io/roles': 'reference',
  'rbac.authorization.k8s.io/clusterroles': 'reference',
  'rbac.authorization.k8s.io/rolebindings': 'reference',
  'rbac.authorization.k8s.io/clusterrolebindings': 'reference',
  'apiextensions.k8s.io/customresourcedefinitions': 'reference',
  'apiregistration.k8s.io/apiservices': 'reference',
  'admissionregistration.k8s.io/validatingwebhookconfigurations': 'reference',
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': 'reference',
  'admissionregistration.k8s.io/validatingadmissionpolicies': 'reference',
};

/** Made by the cluster for itself, by the thousand, and gone within the hour: nobody has written them. */
const NOISE = new Set(['/events', 'events.k8s.io/events', 'coordination.k8s.io/leases', '/componentstatuses']);

/** What the API server computes when it is asked; there is nothing written to look at. */
export const COMPUTED_GROUPS = new Set(['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io']);

/**
 * One list for each resource, at the version that the server prefers among those that no release gave up: a version that is deprecated is
 * never asked for, since asking would itself be counted as its use (facts: deprecated-apis.md §0.6). CustomResourceDefinitions come
 * first, because custom resources are judged by them.
 */
export function resourcesToList(resources: readonly ServedResource[], skip: readonly Source[]): Unit[] {
  const chosen = new Map<string, ServedResource>();
  for (const one of resources) {
    const key = `${one.group}/${one.resource}`;
    if (!one.verbs.includes('list') || NOISE.has(key) || COMPUTED_GROUPS.has(one.group)) continue;
    const known = chosen.get(key);
    if (known === undefined || (isGivenUp(known) && !isGivenUp(one))) chosen.set(key, one);
  }
  const units = [...chosen].flatMap(([key, resource]): Extract<Unit, { type: 'list' }>[] => {
    const wanted = FULL_KINDS[key];
    const full = wanted !== undefined && !skip.includes(wanted);
    if (!full && skip.includes('object')) return [];
    return [{ type: 'list', full, ...resource }];
  });
  const first = (unit: { group: string }) => (unit.group === 'apiextensions.k8s.io' ? 0 : 1);
  return units.sort((a, b) => first(a) - first(b));
}

const isGivenUp = ({ group, version, kind }: ServedResource): boolean => apiRow(group, version, kind) !== undefined;
