import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stop } from 'esbuild';
import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import { bundleFunctions } from '../bundling/bundle-functions.ts';

/** The CDK app: `cdk.json` runs this file, with the settings of its context. */
// The CDK chooses its output folder in the same way.
const outdir = process.env.CDK_OUTDIR ?? mkdtempSync(join(tmpdir(), 'cdk.out'));
const bundles = await bundleFunctions(FUNCTION_NAMES, join(outdir, 'functions'));
const folders = new Map(bundles.map(({ name, folder }) => [name, folder]));
// esbuild and the CDK need as much memory as all the rest of a start, so they run one after the other.
await stop();

const { App, Validations } = await import('aws-cdk-lib/core');
const { Code } = await import('aws-cdk-lib/aws-lambda');
const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
const { addLiftlock } = await import('../liftlock-app.ts');
const { parseSettings } = await import('../settings/settings.ts');
const app = new App({ outdir });
const settings = parseSettings(app.node.tryGetContext('liftlock'));
addLiftlock(app, { settings, codeOf: (name) => Code.fromAsset(folders.get(name) ?? name) });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();
