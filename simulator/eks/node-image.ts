import { stableUuid } from './identifiers.ts';
import type { FakeEksState } from './state/fake-eks-state.ts';

/** The label by which EKS recognises new nodes (facts: eks.md §5.1). */
export const nodeImageLabel = 'eks.amazonaws.com/nodegroup-image';

/** An AMI id that depends on what the node group launches: a release, or a version of a launch template. */
export function nodeImage(
  releaseVersion: string,
  launchTemplate?: { id?: string; name?: string; version?: string },
): string {
  // A group with a custom AMI has no other release (facts: eks.md §5.2).
  if (releaseVersion.startsWith('ami-')) return releaseVersion;
  const template =
    launchTemplate === undefined ? '' : `${launchTemplate.id ?? launchTemplate.name}:${launchTemplate.version}`;
  return `ami-0${stableUuid(`${releaseVersion}/${template}`).replaceAll('-', '').slice(0, 16)}`;
}

/** The image of a launch template version: the one that it was created with here, or the first one of a group. */
export function templateImage(
  { templateVersions }: Pick<FakeEksState, 'templateVersions'>,
  { id, name, version = '$Default' }: { id?: string; name?: string; version?: string },
): string {
  const template = id ?? name ?? '';
  return templateVersions?.[`${template}:${version}`]?.imageId ?? `ami-${template.replace(/^lt-/, '')}-${version}`;
}
