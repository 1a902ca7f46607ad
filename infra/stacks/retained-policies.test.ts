import { synthesize } from '../../test/material/infra/synthesize.ts';
import { resourcesOf, type Template } from '../../test/material/infra/template.ts';

/** The types of policies that are resources of their own, each with the property that names what it is for. */
const POLICIES = [
  ['AWS::S3::BucketPolicy', 'Bucket'],
  ['AWS::SQS::QueuePolicy', 'Queues'],
  ['AWS::SNS::TopicPolicy', 'Topics'],
] as const;

const { state, hub, spokeRole, spokeForwarder } = synthesize();
const isRetained = ({ DeletionPolicy }: { readonly DeletionPolicy?: string }): boolean => DeletionPolicy === 'Retain';

/** The policies of resources that stay when their stack goes. */
const policiesOfRetained = (template: Template) =>
  POLICIES.flatMap(([type, property]) =>
    resourcesOf(template, type).filter(({ Properties }) =>
      ([Properties[property]].flat() as { readonly Ref?: string }[]).some(({ Ref = '' }) => {
        const target = template.Resources[Ref];
        return target !== undefined && isRetained(target);
      }),
    ),
  );

test.each(Object.entries({ state, hub, spokeRole, spokeForwarder }))(
  'what stays when the stack of %s goes stays under its policy',
  (_, template) => {
    for (const policy of policiesOfRetained(template))
      expect(policy).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  },
);

test('the bucket of the anchors is one that stays and has a policy', () => {
  expect(policiesOfRetained(state).map(({ Type }) => Type)).toEqual(['AWS::S3::BucketPolicy']);
});
