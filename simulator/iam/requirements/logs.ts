import { arnOf, nameOrArn } from './arns.ts';
import { text, textOrAny } from './input-members.ts';
import type { CallFacts, RequirementRows } from './requirement.ts';
import { on } from './row-kinds.ts';

function group(call: CallFacts): string {
  const name = text(call.input, 'logGroupIdentifier') ?? textOrAny(call.input, 'logGroupName');
  return nameOrArn(name, (own) => arnOf('logs', call, `log-group:${own}`)).replace(/:\*$/, '');
}

/** Actions on a group are asked of `…:log-stream:` without a name, so that grants on `<group>:*` cover them and on `<group>` do not. */
const streamsOfGroup = (call: CallFacts) => `${group(call)}:log-stream:`;
const stream = (call: CallFacts) => `${group(call)}:log-stream:${textOrAny(call.input, 'logStreamName')}`;
/** As AWS's denials say: https://github.com/hashicorp/terraform-provider-aws/issues/8804 */
const allGroups = (call: CallFacts) => arnOf('logs', call, 'log-group::log-stream:');

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const logsRows: RequirementRows = {
  CreateLogStream: on(stream),
  DescribeLogGroups: on(allGroups),
  DescribeLogStreams: on(streamsOfGroup),
  FilterLogEvents: on(streamsOfGroup),
  GetLogEvents: on(stream),
  PutLogEvents: on(stream),
};
