import type { ClusterRecord } from '../eks/state/cluster-record.ts';

/** What is taken for granted about a cluster whose files leave something out. */
export function clusterStatements(cluster: ClusterRecord): string[] {
  const statements: string[] = [];
  const say = (words: string) => statements.push(`${cluster.name}: ${words}`);
  if (cluster.addons.length === 0) say('no add-on is described; nothing runs in its kube-system.');
  if (cluster.kubernetes.nodes.length === 0) say('no node is described; it has none.');
  if (cluster.insights.items.length === 0) say('no insights are described; they are evaluated from the dumps.');
  for (const insight of cluster.insights.items.filter((item) => item.unexplained === true)) {
    say(
      `the insight ${insight.name} is ${insight.insightStatus?.status}, and no describe-insight tells why; it stays so unless the dumps show why.`,
    );
  }
  if (cluster.versions.at(-1)?.how === 'unknown') {
    say(`no update tells how it came to ${cluster.version}; EKS would refuse to roll it back.`);
  }
  for (const usage of cluster.insights.apiUsage) {
    const stopped = usage.clients.filter((client) => !client.active);
    if (stopped.length === 0) continue;
    const clients = stopped.map((client) => client.userAgent).join(', ');
    say(`${clients} is taken to have stopped calling ${usage.usage} after its last request.`);
  }
  return statements;
}
