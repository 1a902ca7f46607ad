import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Aws, Duration, RemovalPolicy, Tags } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FunctionName } from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { FUNCTION_TAG, functionName } from '../names.ts';
import type { VpcSettings } from '../settings/settings.ts';
import type { FunctionSize } from './function-sizes.ts';

interface HubFunctionProps {
  readonly name: FunctionName;
  readonly code: Code;
  readonly size: FunctionSize;
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
  /** Absent = in no VPC. */
  readonly vpc?: VpcSettings;
}

/** One Lambda function with a role of its own, which has just the given statements, its log group and X-Ray. */
export class HubFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, code, size, environment, statements, vpc }: HubFunctionProps) {
    super(scope, id);
    const physicalName = functionName(name);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${physicalName}`,
      retention: RetentionDays.THREE_MONTHS,
      // What happened is in the audit; logs may go with the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      roleName: physicalName,
      description: `Role of Liftlock's function ${name}; accounts of the fleet trust it by its name`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    Tags.of(this.role).add(FUNCTION_TAG, name);
    for (const statement of statements) this.role.addToPolicy(statement);
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: physicalName,
      code,
      role: this.role,
      handler: `${name}.handler`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: size.memoryMegabytes,
      timeout: Duration.seconds(size.timeoutSeconds),
      ...(size.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: size.reservedConcurrency }),
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    if (vpc !== undefined) placeInVpc(this.function, this.role, name, vpc);
    acknowledge(this.function, {
      'Serverless-LambdaDLQ':
        'Step Functions, API Gateway and SQS call it and keep or retry what failed; those that are called by events have a failure destination instead (constructs/asynchronous-calls.ts).',
    });
  }
}

/** Lambda makes and removes network interfaces in the name of the function's role; it asks for them before any has an ARN. */
const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** Puts a function into subnets. Lambda itself may use the role for its interfaces; the function's own code may not. */
function placeInVpc(
  target: LambdaFunction,
  role: Role,
  name: FunctionName,
  { subnetIds, securityGroupIds }: VpcSettings,
): void {
  (target.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...subnetIds],
    securityGroupIds: [...securityGroupIds],
  };
  role.addToPolicy(new PolicyStatement({ sid: 'NetworkInterfaces', actions: INTERFACES, resources: ['*'] }));
  const own = `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:${functionName(name)}`;
  role.addToPolicy(
    new PolicyStatement({
      sid: 'NotForItsCode',
      effect: Effect.DENY,
      actions: INTERFACES,
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': own } },
    }),
  );
}
