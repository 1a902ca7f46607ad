import { parseJson } from '../../model/parse-json.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';

/** `GET /version` → `v1.35.2-eks-abc`; undefined when it is not what it should be. */
export function readVersion(text: string): string | undefined {
  const version = textOf(mappingOf(parseJson(text)).gitVersion);
  return version !== undefined && KubeVersion.tryParse(version) !== undefined ? version : undefined;
}
