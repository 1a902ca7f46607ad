import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault } from './mutation.ts';
import { referredTo } from './referrers.ts';
import { type Found, resourcesOf, withoutHash, wordOf } from './resources.ts';
import { listOf, statementsOf } from './statements.ts';

const WITH_DOCUMENT = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::S3::BucketPolicy'];

/** One statement of who may use a queue, a topic, a bucket, a bus, a table or a function. */
export function resourcePolicyFaults(stack: string, template: Template): Fault[] {
  const documents = resourcesOf(stack, template, ...WITH_DOCUMENT).flatMap((policy) =>
    ofDocument(policy, policy.properties.PolicyDocument, ['Properties', 'PolicyDocument'], []),
  );
  const tables = resourcesOf(stack, template, 'AWS::DynamoDB::Table').flatMap((table) => {
    const policy = table.properties.ResourcePolicy as { PolicyDocument: unknown } | undefined;
    const at = ['Properties', 'ResourcePolicy'];
    return policy === undefined ? [] : ofDocument(table, policy.PolicyDocument, [...at, 'PolicyDocument'], at);
  });
  const single = resourcesOf(stack, template, 'AWS::Events::EventBusPolicy', 'AWS::Lambda::Permission').map(ofResource);
  return [...documents, ...tables, ...single];
}

function ofDocument(found: Found, document: unknown, toDocument: string[], toOwner: string[]): Fault[] {
  const toStatements = [...found.path, ...toDocument];
  return statementsOf(document, [...found.path, ...toOwner], toStatements).map(({ statement, whole }) => {
    const { Sid, Effect = '', Action, Principal } = statement;
    const service = (Principal as { readonly Service?: string } | undefined)?.Service;
    return {
      id: `resource-policy ${found.name} ${Effect} ${Sid === undefined ? listOf(Action).join(',') : withoutHash(Sid)}`,
      kind: 'resource-policy',
      named: Effect === 'Deny' ? [found.logicalId] : [...(service === undefined ? [] : [service]), ...listOf(Action)],
      stack: found.stack,
      dropped: [whole],
    };
  });
}

function ofResource({ stack, name, properties, path, template }: Found): Fault {
  const { Statement, Action, Principal, FunctionName, SourceArn } = properties as {
    readonly Statement?: { readonly Action: string };
    readonly Action?: string;
    readonly Principal?: string;
    readonly FunctionName?: unknown;
    readonly SourceArn?: unknown;
  };
  const action = Statement?.Action ?? Action ?? '';
  // CDK's own names of such permissions repeat the names of everything around them.
  const of = FunctionName === undefined ? name : `${stack}/${wordOf(FunctionName)}`;
  const by = referredTo(SourceArn, template).map(withoutHash);
  return {
    id: ['resource-policy', of, 'Allow', action, ...by].join(' '),
    kind: 'resource-policy',
    named: [...(Principal === undefined ? [] : [Principal]), action],
    stack,
    dropped: [path],
  };
}
