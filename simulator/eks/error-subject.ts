import type { EksErrorName, ErrorSubject, FakeEksError } from './errors.ts';

const clusterAlone = ['clusterName'] as const;
const clusterAndNodegroup = ['clusterName', 'nodegroupName'] as const;
const parts = ['clusterName', 'nodegroupName', 'addonName'] as const;
const partsAndProfile = [...parts, 'fargateProfileName'] as const;

/** The members that say whom an error is about, where its shape has any (the SDK's `models/errors.d.ts`). */
const membersOf: Readonly<Partial<Record<EksErrorName, readonly (keyof ErrorSubject)[]>>> = {
  ClientException: parts,
  InvalidParameterException: partsAndProfile,
  InvalidRequestException: parts,
  InvalidStateException: clusterAlone,
  ResourceInUseException: parts,
  ResourceLimitExceededException: clusterAndNodegroup,
  ResourceNotFoundException: partsAndProfile,
  ServerException: parts,
  ThrottlingException: clusterAlone,
};

/**
 * Puts the cluster and the part of it that the request names into the error, as EKS does: "No update found for ID" comes with
 * clusterName (aws/aws-cli#10252), a refused add-on version with clusterName and addonName (hashicorp/terraform-provider-aws#20559). What
 * the refusal itself has put there stays.
 */
export function nameSubject(error: FakeEksError, input: object): void {
  const { name, clusterName = name, ...rest } = input as Readonly<Record<string, unknown>>;
  const named: Readonly<Record<string, unknown>> = { ...rest, clusterName };
  for (const member of membersOf[error.name as EksErrorName] ?? []) {
    const value = named[member];
    if (typeof value === 'string' && !Object.hasOwn(error, member)) Object.assign(error, { [member]: value });
  }
}
