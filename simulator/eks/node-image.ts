import { stableUuid } from './identifiers.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';

/** The label by which EKS knows which nodes are new already (facts: eks.md §5.1). */
export const nodeImageLabel = 'eks.amazonaws.com/nodegroup-image';

/** An AMI id that depends on what the node group launches: a release, or a version of a launch template. */
export function nodeImage(
  releaseVersion: string,
  launchTemplate?: { id?: string; name?: string; version?: string },
): string {
  // A group with an AMI of its own has no other release (facts: eks.md §5.2).
  if (releaseVersion.startsWith('ami-')) return releaseVersion;
  const template =
    launchTemplate === undefined ? '' : `${launchTemplate.id ?? launchTemplate.name}:${launchTemplate.version}`;
  return `ami-0${stableUuid(`${releaseVersion}/${template}`).replaceAll('-', '').slice(0, 16)}`;
}

/** What a version of a launch template launches: the image that it was made with here, or the one that a group began with. */
export function templateImage(
  { templateVersions }: Pick<FakeEksState, 'templateVersions'>,
  { id, name, version = '$Default' }: { id?: string; name?: string; version?: string },
): string {
  const template = id ?? name ?? '';
  return templateVersions?.[`${template}:${version}`]?.imageId ?? `ami-${template.replace(/^lt-/, '')}-${version}`;
}
