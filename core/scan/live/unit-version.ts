import { parseJson } from '../../model/parse-json.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import { type ScanTools, TITLES, type UnitResult } from './advance.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { ask, notRead, readOf } from './request.ts';

/** Which version runs now. Nobody needs a permission for that, so a refusal means that the credentials are not taken at all. */
export async function serverVersion(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const what = TITLES.version;
  const answer = await ask(reader, { path: '/version' }, { wait });
  const version = answer.status === 'ok' ? readVersion(answer.text) : undefined;
  if (version !== undefined) {
    state.serverVersion = version;
    return { next: 'done', coverage: [readOf(what, null, 1)] };
  }
  return notRead({ what, source: null }, answer, 'it gave no version');
}

/** `GET /version` → `v1.35.2-eks-abc`; undefined when it is not what it should be. */
function readVersion(text: string): string | undefined {
  const version = textOf(mappingOf(parseJson(text)).gitVersion);
  return version !== undefined && KubeVersion.tryParse(version) !== undefined ? version : undefined;
}
