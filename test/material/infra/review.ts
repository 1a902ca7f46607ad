import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { testApp } from './test-app.ts';

/**
 * `node review.ts <folder> <settings as JSON> [flawed]`: synthesizes, and has cdk-nag and CloudFormation's schemas look at it. In a process of
 * its own, since CDK says what was found by its exit code.
 */
const [folder = '', settings = '{}', flawed] = process.argv.slice(2);
const { app, hub } = testApp(folder, JSON.parse(settings) as object);
// So that a test can see cdk-nag find something: a report without findings looks like one of rules that never ran.
if (flawed !== undefined) new CfnQueue(hub, 'QueueWithoutDeadLetters');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();
