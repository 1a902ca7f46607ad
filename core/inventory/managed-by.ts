/** Marks that tools leave in the tags of what they made. Such a tool may move the version back later, so it is shown as a warning. */
const MARKS: readonly { readonly tool: string; readonly matches: (key: string, value: string) => boolean }[] = [
  { tool: 'eksctl', matches: (key) => key.startsWith('alpha.eksctl.io/') || key.startsWith('eksctl.cluster.k8s.io/') },
  { tool: 'CloudFormation', matches: (key) => key.startsWith('aws:cloudformation:') },
  {
    tool: 'Terraform',
    matches: (key, value) =>
      /^terraform/i.test(key) || (/^(managed-?by|provisioner|iac)$/i.test(key) && /terraform|opentofu/i.test(value)),
  },
  { tool: 'Cluster API', matches: (key) => key.startsWith('sigs.k8s.io/cluster-api-provider-aws/') },
];

export function managedBy(tags: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(tags);
  return MARKS.filter((mark) => entries.some(([key, value]) => mark.matches(key, value))).map((mark) => mark.tool);
}
