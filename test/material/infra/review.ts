import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { testApp } from './test-app.ts';

/**
 * `node review.ts whole|flawed (<folder> <settings as JSON>)…`: synthesizes, and has cdk-nag and CloudFormation's schemas look at it. In a
 * process of its own, since CDK says what was found by its exit code; several in one, since the schemas take ten seconds to be loaded.
 */
const [kind, ...folders] = process.argv.slice(2);
for (let at = 0; at < folders.length; at += 2) {
  const { app, hub } = testApp(folders[at] ?? '', JSON.parse(folders[at + 1] ?? '{}') as object);
  // So that a test can see cdk-nag find something: a report without findings looks like one of rules that never ran.
  if (kind === 'flawed') new CfnQueue(hub, 'QueueWithoutDeadLetters');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  app.synth();
}
