/** Kinds that moved to another group, with their objects. */
const moved: Readonly<Record<string, string>> = {
  'extensions/DaemonSet': 'apps',
  'extensions/Deployment': 'apps',
  'extensions/ReplicaSet': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
  'extensions/PodSecurityPolicy': 'policy',
  'events.k8s.io/Event': '',
};

/** The group under which objects of a kind are stored: both groups of a moved kind read the same objects. */
export function storageGroup(group: string, kind: string): string {
  return moved[`${group}/${kind}`] ?? group;
}
