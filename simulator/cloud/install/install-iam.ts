import type { Resource } from '../template/resolve-stack.ts';
import { type Installers, nothing, propertyOf } from './installer.ts';

interface Named {
  readonly name: string;
  readonly document: unknown;
}

/** Installs managed policies first, then roles with all their policies at once. */
export const iamInstallers: Installers = {
  'AWS::IAM::ManagedPolicy': (policy, { directory }, all) => {
    directory.addManagedPolicy(policy.arn, propertyOf(policy, 'PolicyDocument'));
    if (isForPeople(policy, all)) directory.addPerson(policy.arn);
  },
  'AWS::IAM::Role': (role, { directory }, all) => {
    const inline = propertyOf<{ PolicyName: string; PolicyDocument: unknown }[] | undefined>(role, 'Policies') ?? [];
    const boundary = propertyOf<string | undefined>(role, 'PermissionsBoundary');
    const tags = propertyOf<{ Key: string; Value: string }[] | undefined>(role, 'Tags') ?? [];
    const seconds = propertyOf<number | undefined>(role, 'MaxSessionDuration');
    directory.addRole({
      arn: role.arn,
      trustPolicy: propertyOf(role, 'AssumeRolePolicyDocument'),
      policies: [
        ...inline.map(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, document: PolicyDocument })),
        ...attachedTo(role, all, 'AWS::IAM::Policy').map(inlinePolicy),
      ],
      managedPolicies: [
        ...(propertyOf<string[] | undefined>(role, 'ManagedPolicyArns') ?? []),
        ...attachedTo(role, all, 'AWS::IAM::ManagedPolicy').map(({ arn }) => arn),
      ],
      tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
      ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
      ...(seconds === undefined ? {} : { maxSessionSeconds: seconds }),
    });
  },
  'AWS::IAM::Policy': nothing,
};

/** A policy for people: no role of the stack has it or is bounded by it. */
const isForPeople = (policy: Resource, all: readonly Resource[]): boolean =>
  (propertyOf<string[] | undefined>(policy, 'Roles') ?? []).length === 0 &&
  !all.some(
    (role) =>
      role.type === 'AWS::IAM::Role' &&
      (propertyOf<string | undefined>(role, 'PermissionsBoundary') === policy.arn ||
        (propertyOf<string[] | undefined>(role, 'ManagedPolicyArns') ?? []).includes(policy.arn)),
  );

const attachedTo = (role: Resource, all: readonly Resource[], type: string): Resource[] =>
  all.filter((one) => one.type === type && (propertyOf<string[] | undefined>(one, 'Roles') ?? []).includes(role.ref));

const inlinePolicy = (policy: Resource): Named => ({
  name: propertyOf(policy, 'PolicyName'),
  document: propertyOf(policy, 'PolicyDocument'),
});
