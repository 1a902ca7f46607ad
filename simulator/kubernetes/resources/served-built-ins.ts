import { KubeVersion } from '../../../core/version/kube-version.ts';
import { apiVersionOf, type Deprecation, type ResourceType } from '../resource-types.ts';
import type { ApiVersion, BuiltInResource } from './built-in-resource.ts';
import { builtInResources } from './built-in-resources.ts';
import { storageGroup } from './storage-group.ts';

const known = new Map<string, readonly ResourceType[]>();

/**
 * What a minor serves of Kubernetes' own resources, each at every version. `turnedOn` are versions that are off by default:
 * `scheduling.k8s.io/v1beta1`.
 */
export function servedBuiltIns(minor: string, turnedOn: readonly string[]): readonly ResourceType[] {
  const key = [minor, ...turnedOn].join();
  const found = known.get(key) ?? builtInResources.flatMap((each) => typesOf(each, KubeVersion.parse(minor), turnedOn));
  known.set(key, found);
  return found;
}

function typesOf(resource: BuiltInResource, minor: KubeVersion, turnedOn: readonly string[]): ResourceType[] {
  const { versions, ...rest } = resource;
  const { group } = resource;
  const served = versions.filter((each) => isServed(each, minor, turnedOn.includes(apiVersionOf({ group, ...each }))));
  return served.map((each) => {
    const deprecation = deprecationOf(resource, each, minor);
    return {
      ...rest,
      version: each.version,
      singular: rest.kind.toLowerCase(),
      storage: `${storageGroup(group, rest.kind)}/${rest.resource}`,
      ...(deprecation === undefined ? {} : { deprecation }),
    };
  });
}

function isServed({ from, removed, offByDefault, onInEksFrom }: ApiVersion, minor: KubeVersion, turnedOn: boolean) {
  if (from !== undefined && minor.isOlderThan(KubeVersion.parse(from))) return false;
  if (removed !== undefined && !minor.isOlderThan(KubeVersion.parse(removed))) return false;
  if (offByDefault !== true || turnedOn) return true;
  return onInEksFrom !== undefined && !minor.isOlderThan(KubeVersion.parse(onInEksFrom));
}

/** Words as in k8s.io/apiserver, `pkg/endpoints/deprecation`. */
function deprecationOf(resource: BuiltInResource, version: ApiVersion, minor: KubeVersion): Deprecation | undefined {
  const { group, kind, versions } = resource;
  const { deprecated, removed } = version;
  if (deprecated === undefined || minor.isOlderThan(KubeVersion.parse(deprecated))) return undefined;
  const [best] = versions;
  const successor =
    best === undefined || best.version === version.version ? undefined : `${apiVersionOf({ group, ...best })} ${kind}`;
  const instead = version.replacement ?? successor;
  const warning = [
    `${apiVersionOf({ group, ...version })} ${kind} is deprecated in v${deprecated}+`,
    ...(removed === undefined ? [] : [`, unavailable in v${removed}+`]),
    ...(instead === undefined ? [] : [`; use ${instead}`]),
  ].join('');
  return { warning, removedRelease: removed ?? '' };
}
