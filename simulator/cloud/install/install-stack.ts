import type { CloudParts } from '../cloud-parts.ts';
import type { ResolvedStack } from '../template/resolve-stack.ts';
import { TemplateProblem } from '../template/template-problem.ts';
import { apiInstallers } from './install-api.ts';
import { dataInstallers } from './install-data.ts';
import { eventInstallers } from './install-events.ts';
import { functionInstallers } from './install-functions.ts';
import { iamInstallers } from './install-iam.ts';
import { machineInstallers } from './install-machines.ts';
import { observabilityInstallers } from './install-observability.ts';
import type { Installers } from './installer.ts';

/** The order of installation: resources that others refer to come first. CloudFormation computes the order; a fixed one by type is enough here. */
const ORDER: readonly Installers[] = [
  iamInstallers,
  observabilityInstallers,
  dataInstallers,
  functionInstallers,
  machineInstallers,
  eventInstallers,
  apiInstallers,
];

/** Installs a stack. Throws `TemplateProblem` for the first resource that cannot be created. */
export async function installStack({ resources }: ResolvedStack, parts: CloudParts): Promise<void> {
  for (const installers of ORDER) {
    for (const [type, install] of Object.entries(installers)) {
      for (const resource of resources.filter((one) => one.type === type)) {
        try {
          await install(resource, parts, resources);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          throw new TemplateProblem(resource.stack, resource.logicalId, `${type} cannot be made: ${why}`);
        }
      }
    }
  }
}
