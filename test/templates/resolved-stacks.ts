import { deploymentsOf } from '../../simulator/cloud/deployments.ts';
import { readAssembly, type Template } from '../../simulator/cloud/template/assembly.ts';
import { type Resource, resolveStack } from '../../simulator/cloud/template/resolve-stack.ts';

export const HUB = '000000000000';

/** Every resource of an installation with one account beside the hub's, as CloudFormation would make it there. */
export function resolvedResources(folder: string): Resource[][] {
  const assembly = readAssembly(folder);
  const region = 'eu-central-1';
  const places = { hubAccount: HUB, hubRegion: region, spokeAccounts: ['111111111111'], regions: [region] };
  let imports: ReadonlyMap<string, unknown> = new Map();
  return deploymentsOf(places).map(({ stack, parameters, ...where }) => {
    const template = withoutUnmodelled(assembly.templates.get(stack));
    if (template === undefined) throw new Error(`${folder} has no template of ${stack}.`);
    const place = { ...where, partition: 'aws', origin: 'http://127.0.0.1' };
    const resolved = resolveStack(template, { stack, place, parameters, imports });
    imports = new Map([...imports, ...resolved.exports]);
    return [...resolved.resources];
  });
}

/** Properties that some settings make and the local cloud does not model; they hold no statements. */
const UNMODELLED = ['VpcConfig', 'RedrivePolicy'];

function withoutUnmodelled(template: Template | undefined): Template | undefined {
  if (template === undefined) return undefined;
  const resources = Object.entries(template.Resources).map(([id, { Properties = {}, ...resource }]) => {
    const modelled = Object.entries(Properties).filter(([name]) => !UNMODELLED.includes(name));
    return [id, { ...resource, Properties: Object.fromEntries(modelled) }] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}
