import type { RequestInfo } from '../server/request-info.ts';

/** The requests that a fault affects. */
export interface Aim {
  /**
   * `deployments.apps`, `pods`: that resource at any version; `pods/eviction`: that subresource. `/metrics`, `/apis`, `/apis/*`: a path that names no
   * resource. `*`: every request.
   */
  on: string;
  /** The number of requests that pass first; 0 when absent. */
  skip?: number;
  /** The number of affected requests; all when absent. */
  times?: number;
}

/** Whether a request matches, before any is counted. */
export function isAimedAt({ on }: Aim, { attributes }: RequestInfo): boolean {
  if (on === '*') return true;
  if (!('path' in attributes)) {
    const { group, resource, subresource } = attributes;
    const kind = group === '' ? resource : `${resource}.${group}`;
    return on === kind || on === `${kind}/${subresource}`;
  }
  return on.endsWith('*') ? attributes.path.startsWith(on.slice(0, -1)) : attributes.path === on;
}

/** Counts a matching request, and tells whether it is affected. */
export function countDown(aim: Aim): boolean {
  if (aim.skip !== undefined && aim.skip > 0) {
    aim.skip -= 1;
    return false;
  }
  if (aim.times === undefined) return true;
  aim.times -= 1;
  return aim.times >= 0;
}

export const isUsedUp = ({ times }: Aim): boolean => times !== undefined && times <= 0;
