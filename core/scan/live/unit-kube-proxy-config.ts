import { parseJson } from '../../model/parse-json.ts';
import { isMapping } from '../manifest/manifest-object.ts';
import { inspectObject } from '../observe/inspect-object.ts';
import { type ScanTools, TITLES, type UnitResult } from './advance.ts';
import { keep } from './keep.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { ask, notRead, readOf } from './request.ts';

/** The one ConfigMap that is read whole: EKS keeps kube-proxy's configuration in it. Others may hold anything, and are not. */
export async function readKubeProxyConfig(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const path = '/api/v1/namespaces/kube-system/configmaps/kube-proxy-config';
  const answer = await ask(reader, { path }, { wait });
  // A 404 that does not name it comes from somewhere on the way.
  if (answer.status === 'missing' && answer.why.includes('not found'))
    return { next: 'done', coverage: [readOf(TITLES['kube-proxy-config'], 'node', 0, 'There is none.')] };
  const value = answer.status === 'ok' ? parseJson(answer.text) : undefined;
  if (!isMapping(value))
    return notRead(
      { what: TITLES['kube-proxy-config'], source: 'node' },
      answer,
      'the API server gave something that is no object',
    );
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'kube-system',
    name: 'kube-proxy-config',
    value,
    path: [],
  };
  keep(state, inspectObject(object, { cause: 'addon:kube-proxy', owner: 'EKS add-on kube-proxy', evidence: [] }));
  return { next: 'done', coverage: [readOf(TITLES['kube-proxy-config'], 'node', 1)] };
}
