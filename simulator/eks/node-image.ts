import { stableUuid } from './identifiers.ts';

/** The label by which EKS knows which nodes are new already (facts: eks.md §5.1). */
export const nodeImageLabel = 'eks.amazonaws.com/nodegroup-image';

/** An AMI id that depends on what the node group launches: a release, or a version of a launch template. */
export function nodeImage(
  releaseVersion: string,
  launchTemplate?: { id?: string; name?: string; version?: string },
): string {
  const template =
    launchTemplate === undefined ? '' : `${launchTemplate.id ?? launchTemplate.name}:${launchTemplate.version}`;
  return `ami-0${stableUuid(`${releaseVersion}/${template}`).replaceAll('-', '').slice(0, 16)}`;
}
