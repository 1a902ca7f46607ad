import { readFileSync } from 'node:fs';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { App, Validations } from 'aws-cdk-lib/core';
import { addLiftlock } from '../liftlock-app.ts';
import { parseSettings } from '../settings/settings.ts';

/**
 * Synthesizes Liftlock without bundling, for tests: `node write-assembly.ts <folder> <settings as JSON> [nag | nag-flawed]`. In a process of its own, since
 * jest takes several times as long to load CDK into each test file. The context is that of cdk.json.
 */
const [folder = '', settings = '{}', nag] = process.argv.slice(2);
const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};

const app = new App({ outdir: folder, context, stackTraces: false, treeMetadata: false });
const { hub } = addLiftlock(app, {
  settings: parseSettings(settings),
  codeOf: (name) => Code.fromInline(`export const handler = () => '${name}';`),
});
// So that a test can see cdk-nag find something: a report without findings looks like one of rules that never ran.
if (nag === 'nag-flawed') new CfnQueue(hub, 'QueueWithoutDeadLetters');
if (nag !== undefined) {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
app.synth();
