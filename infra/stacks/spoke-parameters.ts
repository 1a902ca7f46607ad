import {
  Aws,
  BootstraplessSynthesizer,
  CfnCondition,
  CfnParameter,
  type CfnParameterProps,
  Fn,
  type IStackSynthesizer,
} from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { BUS_NAME, defaultExternalId } from '../names.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * What a StackSet has to say about the hub. Defaults are those of the settings, or the account and Region themselves: then the hub is its own
 * spoke, and `cdk deploy --all` needs no parameter.
 */
const hubAccountParameter = (scope: Construct, { hubAccount = '' }: Settings): string =>
  optionalParameter(scope, 'HubAccountId', {
    description: "The account of Liftlock's hub. Empty = this account.",
    default: hubAccount,
    allowedPattern: '\\d{12}',
    constraintDescription: 'must be an account id of 12 digits, or empty',
    otherwise: Aws.ACCOUNT_ID,
  });

/** ARN of the bus that the hub's account has in its Region. */
export function hubBusParameter(scope: Construct, settings: Settings): string {
  const account = hubAccountParameter(scope, settings);
  const region = optionalParameter(scope, 'HubRegion', {
    description: "The Region of Liftlock's hub. Empty = this Region.",
    default: settings.hubRegion ?? '',
    allowedPattern: '[a-z]{2,4}(-[a-z]+){1,2}-\\d{1,2}',
    constraintDescription: 'must be a Region such as eu-central-1, or empty',
    otherwise: Aws.REGION,
  });
  return `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/${BUS_NAME}`;
}

export interface TrustParameters {
  readonly hubAccount: string;
  readonly externalId: string;
  readonly roleName: string;
  /** The organization's id, or nothing at all where there is none. */
  readonly organizationOrNothing: string;
}

export function trustParameters(scope: Construct, settings: Settings): TrustParameters {
  const hubAccount = hubAccountParameter(scope, settings);
  const externalId = optionalParameter(scope, 'ExternalId', {
    description: 'The external id that the hub sends. Empty = liftlock-<hub account>, the default of both sides.',
    default: settings.externalId ?? '',
    allowedPattern: '[\\w+=,.@:/-]{2,1224}',
    constraintDescription: 'must be 2 to 1224 letters, digits and _+=,.@:/-, or empty',
    otherwise: defaultExternalId(hubAccount),
  });
  const organizationOrNothing = optionalParameter(scope, 'OrganizationId', {
    description: 'The organization that the hub must belong to. Empty = not asked for.',
    default: settings.organizationId ?? '',
    allowedPattern: 'o-[a-z0-9]{10,32}',
    constraintDescription: 'must be the id of an organization, such as o-a1b2c3d4e5, or empty',
    otherwise: Aws.NO_VALUE,
  });
  const roleName = new CfnParameter(scope, 'RoleName', {
    description: "Name of the role, as in the Fleet's spokeRole.name.",
    default: settings.spokeRoleName,
    allowedPattern: '^[\\w+=,.@-]{1,64}$',
    constraintDescription: 'must be the name of an IAM role',
  }).valueAsString;
  return { hubAccount, externalId, roleName, organizationOrNothing };
}

interface OptionalParameterProps extends CfnParameterProps {
  readonly default: string;
  /** What an empty value stands for. */
  readonly otherwise: string;
}

/** A parameter of a template that may be left empty; its value, or what it stands for then. */
function optionalParameter(
  scope: Construct,
  id: string,
  { otherwise, allowedPattern = '.*', ...props }: OptionalParameterProps,
): string {
  const parameter = new CfnParameter(scope, id, { ...props, allowedPattern: `^(${allowedPattern})?$` });
  const isGiven = new CfnCondition(scope, `Has${id}`, {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
  });
  return Fn.conditionIf(isGiven.logicalId, parameter.valueAsString, otherwise).toString();
}

/** For templates that StackSets take as they are: no assets, no bootstrapped account. CDK's own types disagree on an optional member. */
export const assetFree = (): IStackSynthesizer => new BootstraplessSynthesizer() as IStackSynthesizer;
