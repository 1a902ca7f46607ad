import type { UpdateNodegroupConfigRequest } from '@aws-sdk/client-eks';
import { FakeEksError } from '../errors.ts';
import type { NodegroupRecord } from '../state/fake-eks-state.ts';

/** Quota of nodes per managed node group (facts: eks.md §11). UpdateNodegroupConfig declares no quota error. */
const nodesPerNodegroup = 450;

/** Refuses sizes and update settings that contradict each other or the settings that stay. */
export function checkSettings({ scalingConfig }: NodegroupRecord, input: UpdateNodegroupConfigRequest): void {
  const { minSize = scalingConfig.minSize, maxSize = scalingConfig.maxSize } = input.scalingConfig ?? {};
  checkScaling({ minSize, maxSize, desiredSize: input.scalingConfig?.desiredSize ?? scalingConfig.desiredSize });
  if (input.updateConfig !== undefined) checkUpdateConfig(input.updateConfig, maxSize);
}

/** Source of the first text: terraform-aws-modules/terraform-aws-eks#3306. */
export function checkScaling({ minSize, maxSize, desiredSize }: NodegroupRecord['scalingConfig']): void {
  if (minSize > desiredSize) refuse(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`);
  if (desiredSize > maxSize) refuse(`Desired capacity ${desiredSize} can't be greater than max size ${maxSize}`);
  if (maxSize > nodesPerNodegroup) refuse(`A node group can have at most ${nodesPerNodegroup} nodes`);
}

/** Only one of the two forms (the API's model), and not more at once than the maximum (hashicorp/terraform-provider-aws#26535). */
export function checkUpdateConfig(
  config: NonNullable<UpdateNodegroupConfigRequest['updateConfig']>,
  maxSize: number,
): void {
  const { maxUnavailable, maxUnavailablePercentage } = config;
  if ((maxUnavailable === undefined) === (maxUnavailablePercentage === undefined)) {
    refuse('Exactly one of maxUnavailable and maxUnavailablePercentage is required');
  }
  if (maxUnavailable !== undefined && maxUnavailable > maxSize) {
    refuse('max-unavailable must be within the range 1 and max size of the node group');
  }
}

function refuse(message: string): never {
  throw new FakeEksError('InvalidParameterException', message);
}
