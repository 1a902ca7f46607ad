import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aws, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { FunctionName, MachineName } from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { executionArns, machineName } from '../names.ts';
import { definitionPath, type Placeholder, placeholdersOf } from './definition-file.ts';

export interface HubStateMachineProps {
  readonly name: MachineName;
  readonly functionArn: (name: FunctionName) => string;
  readonly machineArn: (name: MachineName) => string;
}

/** The rule that Step Functions itself keeps for `.sync` executions; every account has one of this name. */
const MANAGED_RULE = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';

/** One state machine from its file, with a role that may call exactly the functions and machines which the file names. */
export class HubStateMachine extends Construct {
  readonly machine: StateMachine;
  readonly hasChildren: boolean;

  constructor(scope: Construct, id: string, { name, functionArn, machineArn }: HubStateMachineProps) {
    super(scope, id);
    const placeholders = placeholdersOf(name);
    const fillIn = (placeholder: Placeholder): string => {
      switch (placeholder.type) {
        case 'partition':
          return Aws.PARTITION;
        case 'machine-name':
          return name;
        case 'function':
          return functionArn(placeholder.name);
        case 'machine':
          return machineArn(placeholder.name);
      }
    };
    const named = [...placeholders.values()];
    const functions = named.flatMap((one) => (one.type === 'function' ? [one.name] : []));
    const children = named.flatMap((one) => (one.type === 'machine' ? [one.name] : []));
    this.hasChildren = children.length > 0;
    const role = this.#role(functions.map(functionArn), children, machineArn);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: machineName(name),
      definitionBody: DefinitionBody.fromFile(definitionPath(name)),
      definitionSubstitutions: Object.fromEntries([...placeholders].map(([key, value]) => [key, fillIn(value)])),
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // The prefix keeps the resource policy of CloudWatch Logs from growing with every machine.
          logGroupName: `/aws/vendedlogs/states/${machineName(name)}`,
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // Inputs and results stay in the execution's history, behind its own permission.
        includeExecutionData: false,
      },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]':
        'Deliveries of vended logs and trace segments of X-Ray have no resources to name; everything else here has.',
      ...Object.fromEntries(
        children.map((child) => [
          `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${machineName(child)}:*]`,
          'Executions are named when they start; it may look at and stop those of this one child machine.',
        ]),
      ),
    });
  }

  #role(functions: string[], children: MachineName[], machineArn: (name: MachineName) => string): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const allow = (sid: string, actions: string[], resources: string[]) =>
      role.addToPolicy(new PolicyStatement({ sid, actions, resources }));
    allow('Functions', ['lambda:InvokeFunction'], [...new Set(functions)]);
    if (children.length === 0) return role;
    allow('Children', ['states:StartExecution'], children.map(machineArn));
    allow('ChildExecutions', ['states:DescribeExecution', 'states:StopExecution'], children.map(executionArns));
    allow(
      'ChildrenEnded',
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      [`arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${MANAGED_RULE}`],
    );
    return role;
  }
}
