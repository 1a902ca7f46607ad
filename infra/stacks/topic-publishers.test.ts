import { synthesize } from '../../test/material/infra/synthesize.ts';
import { readable, resourcesOf, statementsOf } from '../../test/material/infra/template.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
}
interface Target {
  readonly Arn: string;
  readonly RoleArn?: string;
}

const { hub, state } = synthesize();
const [publisher = ''] = Object.keys(hub.Resources).filter((id) => id.startsWith('RulesPublisher'));

/**
 * EventBridge says of itself to SNS neither its rule nor its account: "You can't use of Condition blocks in Amazon SNS topic policies for EventBridge".
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 */
test('the policy of the topic lets alarms in and no rule: with a condition none is let in, and without one those of every account', () => {
  const statements = resourcesOf(state, 'AWS::SNS::TopicPolicy').flatMap(({ Properties }) => {
    const { PolicyDocument } = readable(Properties) as { PolicyDocument: { Statement: Statement[] } };
    return PolicyDocument.Statement;
  });
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
  expect(allowed).toEqual([expect.objectContaining({ Principal: { Service: 'cloudwatch.amazonaws.com' } })]);
});

test('the rule for people publishes by a role that may publish on the topic and nothing else', () => {
  const targets = resourcesOf(hub, 'AWS::Events::Rule').flatMap(
    ({ Properties }) => (readable(Properties) as { Targets: Target[] }).Targets,
  );
  const toTopic = targets.filter(({ Arn }) => Arn === '<NotificationsTopic>');
  expect(toTopic).toEqual([expect.objectContaining({ RoleArn: '<RulesPublisher>' })]);
  expect(statementsOf(hub, publisher)).toEqual([
    { Action: 'sns:Publish', Effect: 'Allow', Resource: '<NotificationsTopic>' },
  ]);
});

test("the role is taken by EventBridge alone, for rules of Liftlock's own bus", () => {
  expect(readable(hub.Resources[publisher]?.Properties.AssumeRolePolicyDocument)).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          ArnLike: { 'aws:SourceArn': 'arn:<Partition>:events:<Region>:<AccountId>:rule/liftlock/*' },
        },
      },
    ],
  });
});
