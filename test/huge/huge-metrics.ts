const verbs = ['GET', 'LIST', 'PATCH', 'POST', 'PUT', 'WATCH'];
const bounds = [
  '0.005',
  '0.025',
  '0.05',
  '0.1',
  '0.2',
  '0.4',
  '0.6',
  '0.8',
  '1',
  '1.25',
  '1.5',
  '2',
  '3',
  '5',
  '10',
  '+Inf',
];

/** `/metrics` of a busy API server: megabytes of histograms, and one sample of what scans look for. */
export function hugeMetrics(resources: readonly string[]): string {
  const name = 'apiserver_request_duration_seconds';
  const lines = [`# HELP ${name} Response latency distribution in seconds.`, `# TYPE ${name} histogram`];
  for (const resource of resources)
    for (const verb of verbs)
      for (const scope of ['cluster', 'namespace', 'resource'])
        for (const bound of bounds)
          lines.push(
            `${name}_bucket{component="apiserver",dry_run="",group="",resource="${resource}",scope="${scope}",subresource="",verb="${verb}",version="v1",le="${bound}"} 4711`,
          );
  const requested = 'apiserver_requested_deprecated_apis';
  lines.push(
    `# HELP ${requested} [STABLE] Gauge of deprecated APIs that have been requested.`,
    `# TYPE ${requested} gauge`,
    `${requested}{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1`,
  );
  return `${lines.join('\n')}\n`;
}
