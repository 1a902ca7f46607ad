import { readFileSync } from 'node:fs';
import { deliverLogs, sendTraces } from '../../iam/requirements/service-work.ts';
import { alarmDefinition } from '../alarms/alarm-definition.ts';
import type { Alarm } from '../alarms/alarms.ts';
import { plainly } from '../authority.ts';
import type { CloudParts } from '../cloud-parts.ts';
import type { LoggingConfiguration } from '../machines/execution-logs.ts';
import type { ResolvedStack, Resource } from '../template/resolve-stack.ts';
import { TemplateProblem } from '../template/template-problem.ts';
import { dataInstallers } from './install-data.ts';
import { eventInstallers } from './install-events.ts';
import { functionInstallers } from './install-functions.ts';
import { type Installer, type Installers, nothing, propertyOf } from './installer.ts';

const alarm =
  (kind: Alarm['kind']): Installer =>
  (resource, { alarms }) => {
    const description = propertyOf<string | undefined>(resource, 'AlarmDescription');
    const { arn, name, account, region, properties } = resource;
    const told = description === undefined ? {} : { description };
    alarms.add({ arn, name, account, region, kind, ...told, definition: alarmDefinition(properties) });
  };

export const observabilityInstallers: Installers = {
  'AWS::Logs::LogGroup': (group, { logs }) => logs.addGroup(group.arn),
  'AWS::CloudWatch::Alarm': alarm('metric'),
  'AWS::CloudWatch::CompositeAlarm': alarm('composite'),
  'AWS::CloudWatch::Dashboard': nothing,
};

/** The HTTP API: routes to functions through integrations. */
export const apiInstallers: Installers = {
  'AWS::ApiGatewayV2::Api': (gateway, { api }) => {
    if (propertyOf(gateway, 'ProtocolType') !== 'HTTP') throw new Error('only HTTP APIs are understood');
    api(gateway.ref, gateway);
  },
  'AWS::ApiGatewayV2::Integration': (integration, { functions }) => {
    const [type, version] = ['IntegrationType', 'PayloadFormatVersion'].map((name) =>
      propertyOf<string>(integration, name),
    );
    if (type !== 'AWS_PROXY' || version !== '2.0') throw new Error(`integration ${type} ${version} is not understood`);
    functions.get(propertyOf(integration, 'IntegrationUri'));
  },
  'AWS::ApiGatewayV2::Stage': nothing,
  'AWS::ApiGatewayV2::Route': (route, { api }, all) => {
    const target = propertyOf<string>(route, 'Target').replace(/^integrations\//, '');
    const integration = all.find((one) => one.type === 'AWS::ApiGatewayV2::Integration' && one.ref === target);
    if (integration === undefined) throw new Error(`there is no integration ${target}`);
    const [method = '', path = ''] = propertyOf<string>(route, 'RouteKey').split(' ');
    const authorization = propertyOf<string | undefined>(route, 'AuthorizationType') ?? 'NONE';
    if (authorization !== 'AWS_IAM' && authorization !== 'NONE')
      throw new Error(`authorization ${authorization} is not understood`);
    api(propertyOf(route, 'ApiId'), route).add({
      method,
      path,
      iamAuthorized: authorization === 'AWS_IAM',
      functionArn: propertyOf(integration, 'IntegrationUri'),
    });
  },
};

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

interface AssetLocation {
  readonly Bucket: string;
  readonly Key: string;
}

/** A state machine asks X-Ray which of its executions to trace. */
const readSamplingRules = [...plainly('xray:GetSamplingRules', '*'), ...plainly('xray:GetSamplingTargets', '*')];

/** Installs state machines from the definition file of the assembly and the template's substitutions. A state machine of a kept state is updated. */
export const machineInstallers: Installers = {
  'AWS::StepFunctions::StateMachine': (machine, { assembly, machines, executionLogs, useRole }) => {
    const location = propertyOf<AssetLocation | undefined>(machine, 'DefinitionS3Location');
    const file = location && assembly.assets.get(location.Key);
    const text = propertyOf<string | undefined>(machine, 'DefinitionString') ?? (file && readFileSync(file, 'utf8'));
    if (text === undefined) throw new Error(`the assembly holds no definition ${location?.Key ?? ''}`);
    const substitutions = propertyOf<Record<string, string> | undefined>(machine, 'DefinitionSubstitutions') ?? {};
    const definition: unknown = JSON.parse(substitute(text, substitutions));
    const roleArn = propertyOf<string>(machine, 'RoleArn');
    const logged = propertyOf<LoggingConfiguration | undefined>(machine, 'LoggingConfiguration');
    const traced = propertyOf<{ Enabled?: boolean } | undefined>(machine, 'TracingConfiguration');
    useRole(roleArn, 'states.amazonaws.com', machine.arn, [
      ...(logged === undefined || logged.Level === 'OFF' ? [] : deliverLogs()),
      ...(traced?.Enabled ? [...sendTraces(), ...readSamplingRules] : []),
    ]);
    executionLogs.configure(machine.arn, logged ?? {});
    const type = propertyOf<'STANDARD' | 'EXPRESS' | undefined>(machine, 'StateMachineType');
    const known = machines.machines.records().find(({ arn }) => arn === machine.arn);
    if (known === undefined)
      machines.machines.create({
        arn: machine.arn,
        name: machine.name,
        definition,
        roleArn,
        ...(type === undefined ? {} : { type }),
      });
    else if (JSON.stringify(known.definitions.at(-1)) !== JSON.stringify(definition) || known.roleArn !== roleArn)
      machines.machines.update(machine.arn, { definition, roleArn });
  },
};

/** Substitutes like CloudFormation; a placeholder without a value would become an invalid ARN. */
function substitute(text: string, substitutions: Readonly<Record<string, string>>): string {
  const missing = new Set<string>();
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    if (Object.hasOwn(substitutions, name)) return String(substitutions[name]);
    missing.add(name);
    return whole;
  });
  if (missing.size === 0) return filled;
  throw new Error(`its definition has placeholders that nothing substitutes: ${[...missing].join(', ')}`);
}

/** The order of installation: resources that others refer to come first. CloudFormation computes the order; a fixed one by type is enough here. */
const ORDER: readonly Installers[] = [
  iamInstallers,
  observabilityInstallers,
  dataInstallers,
  functionInstallers,
  machineInstallers,
  eventInstallers,
  apiInstallers,
];

/** Installs a stack. Throws `TemplateProblem` for the first resource that cannot be created. */
export async function installStack({ resources }: ResolvedStack, parts: CloudParts): Promise<void> {
  for (const installers of ORDER) {
    for (const [type, install] of Object.entries(installers)) {
      for (const resource of resources.filter((one) => one.type === type)) {
        try {
          await install(resource, parts, resources);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new TemplateProblem(resource.stack, resource.logicalId, `${type} cannot be made: ${why}`);
        }
      }
    }
  }
}
