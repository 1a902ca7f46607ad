import { apiRowsOfGroup } from '../data/api-groups.ts';
import type { ApiRow } from '../data/api-row.ts';

/** `/apis/policy/v1beta1/podsecuritypolicies` → its row in the tables; undefined for what they do not know. */
export function apiOfUsage(usage: string | undefined): ApiRow | undefined {
  const match = /^\/(?:apis\/([^/]+)|api)\/(v[^/]+)\/(.+)$/.exec(usage ?? '');
  if (match === null) return undefined;
  const [, group = '', version = '', rest = ''] = match;
  // `namespaces/*/cronjobs`, `cronjobs/status`: some part of it is the resource.
  const parts = rest.split('/');
  return apiRowsOfGroup(group).find((row) => row.version === version && parts.includes(row.resource));
}

/** `tuner/v1.2 (linux/amd64) kubernetes/abc` → `tuner`. */
export const productOf = (userAgent: string): string => userAgent.trim().split(/[/\s]/)[0] ?? '';
