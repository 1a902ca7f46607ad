/** A tool that made a cluster and defines its version, by the marks that it has left in the cluster's tags. */
interface VersionOwner {
  readonly tool: string;
  /** `tag aws:cloudformation:stack-name: web`. */
  readonly evidence: string;
}

const MARKS: readonly { readonly tool: string; readonly matches: (key: string, value: string) => boolean }[] = [
  { tool: 'eksctl', matches: (key) => key.startsWith('alpha.eksctl.io/') || key.startsWith('eksctl.cluster.k8s.io/') },
  { tool: 'CloudFormation', matches: (key) => key.startsWith('aws:cloudformation:') },
  {
    tool: 'Terraform',
    matches: (key, value) =>
      /^terraform/i.test(key) ||
      (/^((managed|created)[-_]?by|provisioner|iac)$/i.test(key) && /terraform|opentofu/i.test(value)),
  },
  { tool: 'Cluster API', matches: (key) => key.startsWith('sigs.k8s.io/cluster-api-provider-aws/') },
  { tool: 'Crossplane', matches: (key) => key.startsWith('crossplane-') },
  { tool: 'ACK', matches: (key) => key.startsWith('services.k8s.aws/') },
  { tool: 'Argo CD', matches: (key) => key.startsWith('argocd.argoproj.io/') },
];

/** Each tool once, with its first mark. */
export function versionOwners(tags: Readonly<Record<string, string>>): VersionOwner[] {
  const entries = Object.entries(tags);
  return MARKS.flatMap(({ tool, matches }) => {
    const mark = entries.find(([key, value]) => matches(key, value));
    return mark === undefined ? [] : [{ tool, evidence: `tag ${mark.join(': ')}` }];
  });
}

/** A sentence for people about one or several tools. */
export const ownedBy = (tools: readonly string[]): string =>
  `It carries marks of ${tools.join(' and ')}: what runs there with the old version takes the cluster back to it, or fails`;
