import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Aws, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  definitionOf,
  FUNCTION_NAMES,
  type FunctionName,
  MACHINE_NAMES,
  type MachineName,
} from '../../core/contracts/names.ts';
import { acknowledge } from '../acknowledge.ts';
import { executionArns, machineName } from '../names.ts';

interface HubStateMachineProps {
  readonly name: MachineName;
  readonly functionArn: (name: FunctionName) => string;
  readonly machineArn: (name: MachineName) => string;
}

/** The rule that Step Functions keeps for `.sync` executions. It has this name in every account. */
const MANAGED_RULE = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';

/** One state machine, made from its file. Its role may call exactly the functions and machines that the file names. */
class HubStateMachine extends Construct {
  readonly machine: StateMachine;
  readonly hasChildren: boolean;

  constructor(scope: Construct, id: string, props: HubStateMachineProps) {
    super(scope, id);
    const { name, functionArn, machineArn } = props;
    const placeholders = placeholdersOf(props);
    const named = [...placeholders.values()];
    const functions = named.flatMap((one) => one.function ?? []);
    const children = named.flatMap((one) => one.machine ?? []);
    this.hasChildren = children.length > 0;
    const role = this.#role(functions.map(functionArn), children, machineArn);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: machineName(name),
      definitionBody: DefinitionBody.fromFile(definitionPath(name)),
      definitionSubstitutions: Object.fromEntries([...placeholders].map(([key, { value }]) => [key, value])),
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
        // Inputs and results stay in the execution's history, which has a permission of its own.
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

/** The value of a `${…}` of a definition, and the function or machine whose ARN it is. */
interface Placeholder {
  readonly value: string;
  readonly function?: FunctionName;
  readonly machine?: MachineName;
}

const definitionPath = (machine: MachineName): string =>
  fileURLToPath(new URL(`../../state-machines/${definitionOf(machine)}.asl.json`, import.meta.url));

/** Every placeholder of a machine's file, by its name. Fails on a placeholder that has no value. */
function placeholdersOf(props: HubStateMachineProps): ReadonlyMap<string, Placeholder> {
  const text = readFileSync(definitionPath(props.name), 'utf8');
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  return new Map(names.map((name) => [name, meaningOf(name, props)]));
}

/** `${ScanClusterMachineArn}` is the machine scan-cluster; `${StepFunctionArn}` is the function of the machine's own name. */
function meaningOf(placeholder: string, { name: own, functionArn, machineArn }: HubStateMachineProps): Placeholder {
  if (placeholder === 'Partition') return { value: Aws.PARTITION };
  if (placeholder === 'Machine') return { value: own };
  const [, pascal = '', kind] = /^(\w+?)(Machine|Function)Arn$/.exec(placeholder) ?? [];
  const kebab = pascal.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const name = kebab === 'step' ? own : kebab;
  const machine = MACHINE_NAMES.find((one) => one === name);
  if (kind === 'Machine' && machine !== undefined) return { value: machineArn(machine), machine };
  const called = FUNCTION_NAMES.find((one) => one === name);
  if (kind === 'Function' && called !== undefined) return { value: functionArn(called), function: called };
  throw new Error(`${definitionPath(own)}: nothing fills in \${${placeholder}}.`);
}

/** All state machines. `MACHINE_NAMES` lists those that others start first, because `upgrade-cluster` refers to them. */
export class StateMachines extends Construct {
  readonly #all = new Map<MachineName, HubStateMachine>();

  constructor(scope: Construct, id: string, { functionArn }: Pick<HubStateMachineProps, 'functionArn'>) {
    super(scope, id);
    for (const name of MACHINE_NAMES) {
      const machine = new HubStateMachine(this, name, { name, functionArn, machineArn: (child) => this.arnOf(child) });
      this.#all.set(name, machine);
    }
  }

  arnOf(name: MachineName): string {
    const found = this.#all.get(name);
    if (found === undefined) throw new Error(`${name} must come before the machine that starts it in MACHINE_NAMES.`);
    return found.machine.stateMachineArn;
  }

  /** The roles of the machines that start other machines. */
  get starterRoleArns(): readonly string[] {
    const starters = [...this.#all.values()].filter(({ hasChildren }) => hasChildren);
    return starters.map(({ machine }) => machine.role.roleArn);
  }

  get arns(): readonly string[] {
    return MACHINE_NAMES.map((name) => this.arnOf(name));
  }
}
