import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { ApiUsage } from '../../eks/state/insights-state.ts';
import { type Answer, type Call, plainText } from './call.ts';
import { startedAt } from './deprecated-requests.ts';
import { versionInfo } from './version.ts';

/**
 * `GET /metrics`: the build, and the deprecated APIs that were requested here, or by the cluster's insights, since the last change of this API
 * server's version. The gauge does not name the clients (facts: deprecated-apis.md §1.5).
 */
export function metrics(call: Call): Answer {
  const { cluster } = call;
  const started = startedAt(call);
  const current = KubeVersion.parse(cluster.version);
  const used = cluster.insights.apiUsage.filter(
    (usage) =>
      current.isOlderThan(KubeVersion.parse(usage.stopServingVersion)) &&
      usage.clients.some((client) => client.active || client.lastRequestTime >= started),
  );
  const requested = new Map(
    [...used.map(labelsOf), ...call.memory.deprecatedRequests.since(started)].map((labels) => [
      `${labels.group}/${labels.version}/${labels.resource}/${labels.subresource}`,
      labels,
    ]),
  );
  const lines = [
    ...family('apiserver_requested_deprecated_apis', 'Deprecated APIs that have been requested.', [
      ...requested.values(),
    ]),
    ...family('kubernetes_build_info', 'Build of this API server.', [buildLabels(versionInfo(call))]),
    ...family('process_start_time_seconds', 'Start time of the process.', [{}], started / 1_000),
  ];
  const { headers, ...answer } = plainText(200, `${lines.join('\n')}\n`);
  return { ...answer, headers: { ...headers, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } };
}

/** `/apis/storage.k8s.io/v1beta1/volumeattributesclasses` → its group, version and resource. */
function labelsOf({ usage, stopServingVersion }: ApiUsage): Record<string, string> {
  const [root, ...rest] = usage.split('/').filter((part) => part !== '');
  const group = root === 'apis' ? (rest.shift() ?? '') : '';
  const [version = '', resource = '', subresource = ''] = rest;
  return { group, removed_release: stopServingVersion, resource, subresource, version };
}

function buildLabels(version: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(version).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

function family(name: string, text: string, series: readonly Readonly<Record<string, string>>[], value = 1): string[] {
  const samples = series.map((labels) => {
    const pairs = Object.entries(labels).map(([label, each]) => `${label}="${each.replace(/["\\\n]/g, '')}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.sort().join(',')}}`} ${value}`;
  });
  return samples.length === 0 ? [] : [`# HELP ${name} ${text}`, `# TYPE ${name} gauge`, ...samples];
}
