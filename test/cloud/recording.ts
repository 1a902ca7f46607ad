import { readFileSync } from 'node:fs';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** What a run used of the stacks, by names that are the same in every deployment. */
export interface Recording {
  /** Which part reached which: `Schedule discover-clusters → Function liftlock-discover-clusters`. */
  readonly edges: readonly string[];
  /** Role and action: `liftlock-scan-cluster eks:DescribeCluster`. */
  readonly permissions: readonly string[];
}

export const RECORDING = new URL('./recorded.json', import.meta.url);

export const readRecording = (): Recording => JSON.parse(readFileSync(RECORDING, 'utf8')) as Recording;

export function recordingOf(cloud: LocalCloud): Recording {
  const permissions = cloud.authority.iam
    .usage()
    // Roles that people made beside the stacks are not theirs.
    .filter(({ role }) => role.includes(':role/') && !cloud.byHand.roles.has(role))
    .map(({ role, action }) => `${cloud.wiring.nameOf(role)} ${action}`);
  return { edges: cloud.wiring.edges(), permissions: [...new Set(permissions)].sort() };
}

/** What one run did and another one did not, as sentences. */
export function lost(expected: Recording, found: Recording): string[] {
  const has = { edges: new Set(found.edges), permissions: new Set(found.permissions) };
  return [
    ...expected.edges.filter((edge) => !has.edges.has(edge)).map((edge) => `nothing went this way any more: ${edge}`),
    ...expected.permissions
      .filter((one) => !has.permissions.has(one))
      .map((one) => `was never asked for any more: ${one}`),
  ];
}
