import { clusterArn } from '../../eks/clusters.ts';

/** `/clusters/<account>/<region>/<name>`: the prefix of a cluster's API server. Clients keep it in all their paths. */
export function clusterPath(arn: string): string {
  const [, , , region, account, resource = ''] = arn.split(':');
  return `/clusters/${account}/${region}/${resource.replace(/^cluster\//, '')}`;
}

/** The cluster of a request, and the path on its API server; undefined for a path of no cluster. */
export function splitClusterPath(path: string): { readonly arn: string; readonly path: string } | undefined {
  const [, account, region, name, rest] = /^\/clusters\/(\d{12})\/([a-z0-9-]+)\/([\w-]+)(\/.*)?$/.exec(path) ?? [];
  if (account === undefined || region === undefined || name === undefined) return undefined;
  return { arn: clusterArn(account, region, name), path: rest ?? '/' };
}
