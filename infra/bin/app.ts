import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import { bundleFunctions } from '../bundling/bundle-functions.ts';
import { addLiftlock } from '../liftlock-app.ts';
import { parseSettings } from '../settings/settings.ts';

/** The CDK app: `cdk.json` runs this file, with the settings of its context. */
const app = new App();
const settings = parseSettings(app.node.tryGetContext('liftlock'));
const bundles = await bundleFunctions(FUNCTION_NAMES, join(app.outdir, 'functions'));
const folders = new Map(bundles.map(({ name, folder }) => [name, folder]));

addLiftlock(app, { settings, codeOf: (name) => Code.fromAsset(folders.get(name) ?? name) });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();
