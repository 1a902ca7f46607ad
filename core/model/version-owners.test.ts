import { versionOwners } from './version-owners.ts';

test.each<[string, string, string | undefined]>([
  ['managed_by', 'terraform', 'Terraform'],
  ['ManagedBy', 'Terraform Cloud', 'Terraform'],
  ['managed-by', 'opentofu', 'Terraform'],
  ['created_by', 'terraform', 'Terraform'],
  ['CreatedBy', 'Terraform', 'Terraform'],
  ['created-by', 'OpenTofu', 'Terraform'],
  ['provisioner', 'terraform', 'Terraform'],
  ['iac', 'opentofu', 'Terraform'],
  ['terraform:module', 'eks', 'Terraform'],
  ['created_by', 'ann', undefined],
  ['managed_bye', 'terraform', undefined],
  ['services.k8s.aws/controller-version', 'eks-1.5.0', 'ACK'],
  ['crossplane-name', 'web', 'Crossplane'],
])('the tag %s: %s says which tool knows the version', (key, value, tool) => {
  const said = tool === undefined ? [] : [{ tool, evidence: `tag ${key}: ${value}` }];
  expect(versionOwners({ [key]: value })).toEqual(said);
});
