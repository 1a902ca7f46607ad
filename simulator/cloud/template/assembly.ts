import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A template in CloudFormation's form. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<
      string,
      { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }
    >
  >;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly string[];
  readonly ConstraintDescription?: string;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Condition?: string;
}

/** The output of `cdk synth`: templates by stack, and the files or folders of assets, by their key in templates. */
export interface Assembly {
  readonly folder: string;
  readonly templates: ReadonlyMap<string, Template>;
  readonly assets: ReadonlyMap<string, string>;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

const TEMPLATE = '.template.json';
const ASSETS = '.assets.json';

/** Reads a cloud assembly (`cdk.out`). Fails when the folder has none. */
export function readAssembly(folder: string): Assembly {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const templates = new Map<string, Template>();
  const assets = new Map<string, string>();
  for (const file of files) {
    if (file.endsWith(TEMPLATE)) templates.set(file.slice(0, -TEMPLATE.length), read(file) as Template);
    if (!file.endsWith(ASSETS)) continue;
    for (const { source, destinations } of Object.values((read(file) as AssetManifest).files ?? {})) {
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(folder, source.path));
    }
  }
  if (templates.size === 0) throw new Error(`${folder} holds no synthesized templates. Run npm run synth first.`);
  return { folder, templates, assets };
}
