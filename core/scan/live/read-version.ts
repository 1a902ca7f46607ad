import { KubeVersion } from '../../version/kube-version.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';

/** `GET /version` → `v1.35.2-eks-abc`; undefined when it is not what it should be. */
export function readVersion(text: string): string | undefined {
  const version = textOf(mappingOf(parseJson(text)).gitVersion);
  return version !== undefined && KubeVersion.tryParse(version) !== undefined ? version : undefined;
}

/** Undefined for what is no JSON: answers are distrusted. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
