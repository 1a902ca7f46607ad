import { FakeEksError, required } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import type { EksOperations } from './eks-operations.ts';

export const tags: EksOperations<'TagResource' | 'UntagResource'> = {
  /** Adds or changes tags of a cluster, node group or add-on, which may have at most 50. It has its own errors. */
  TagResource(context, input) {
    const arn = required(input.resourceArn, 'resourceArn');
    const added = required(input.tags, 'tags');
    const tags = tagsOf(context, arn);
    if (new Set([...Object.keys(tags), ...Object.keys(added)]).size > 50) {
      throw new FakeEksError('BadRequestException', 'A resource can have at most 50 tags');
    }
    Object.assign(tags, added);
    return {};
  },

  /** Removes tags; an unknown key is no error. https://docs.aws.amazon.com/eks/latest/APIReference/API_UntagResource.html */
  UntagResource(context, input) {
    const tags = tagsOf(context, required(input.resourceArn, 'resourceArn'));
    for (const key of required(input.tagKeys, 'tagKeys')) delete tags[key];
    return {};
  },
};

function tagsOf(context: OperationContext, arn: string): Record<string, string> {
  const { account, region } = context.caller;
  for (const cluster of Object.values(context.state.clusters)) {
    if (cluster.account !== account || cluster.region !== region) continue;
    if (cluster.arn === arn) return cluster.tags;
    const part =
      cluster.nodegroups.find((nodegroup) => nodegroup.arn === arn) ??
      cluster.addons.find((addon) => addon.arn === arn);
    if (part !== undefined) return part.tags;
  }
  throw new FakeEksError('NotFoundException', `Resource not found: ${arn}`);
}
