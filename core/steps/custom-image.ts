import { isDenied } from '../contracts/eks-errors.ts';
import { errorMessage, errorName } from '../contracts/errors.ts';
import { TEMPLATE_TAG } from '../contracts/mutating-calls.ts';
import { blocked, quoted, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { ImageRule } from '../model/image-rule.ts';
import { chooseImage, madeBefore, parameterFor, tableImage, tagsFor } from '../nodes/custom-image.ts';
import type { WantedImage } from '../nodes/managed-group.ts';
import type { NewLaunchTemplateVersion } from '../ports/ec2.ts';
import type { Cluster, Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate } from '../protocol/mutate-without-update.ts';
import { isImageId, templateOf } from '../scan/preflight/launched-from.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';
import { notSent } from './not-sent.ts';

const STEP = 'create-launch-template-version';

/** Finds the image that the policy names for a group, and whether Liftlock may make a version of its launch template with it; or why not. */
export async function findImage(
  { account, ec2, clock }: Pick<Ports, 'account' | 'ec2' | 'clock'>,
  { scope, target, cluster }: Pick<StepContext, 'scope' | 'target'> & { readonly cluster: Pick<Cluster, 'version'> },
  group: Nodegroup,
  rule: ImageRule,
): Promise<WantedImage | Reason> {
  const { nodegroupName: nodegroup } = group;
  const { template = '', version = '' } = templateOf(group) ?? {};
  const from = await ec2.describeLaunchTemplateVersion(scope, template, version);
  if (from === undefined)
    return reason('CustomImage', `Version ${version} of the launch template ${template} of ${nodegroup} is gone.`);
  const { imageId: current = '' } = from;
  const parameter = parameterFor(rule, target);
  const held = parameter === undefined ? undefined : await readParameter(account, scope, parameter);
  // Whatever else it holds is not said to anybody.
  const named = tableImage(rule, target, scope.region) ?? (isImageId(held ?? '') ? held : undefined);
  const ids = [current, named ?? ''].filter(isImageId);
  const known = ids.length === 0 ? [] : await ec2.describeImages(scope, ids);
  const found =
    rule.tags === undefined
      ? known.filter(({ imageId }) => imageId === named)
      : await ec2.findImages(scope, rule.owners, tagsFor(rule, target));
  const launched = known.find(({ imageId }) => imageId === current);
  const controlPlane = KubeVersion.parse(cluster.version);
  const asked = { nodegroup, target, controlPlane, region: scope.region, named, launched, now: clock.now() };
  const image = chooseImage(rule, found, asked);
  if ('code' in image) return image;
  if (image.imageId === current || (await mayMakeVersions(ec2, scope, template))) return { from, image };
  const { key, value } = TEMPLATE_TAG;
  const said = `Liftlock may make no version of the launch template ${template}, so the node group ${nodegroup} cannot go to ${image.imageId}: the template has no tag ${key}=${value}. Whoever owns it runs: aws ec2 create-tags --resources ${template} --tags Key=${key},Value=${value}.`;
  return reason('CustomImage', said);
}

/** Of one that is not there IAM knows no tag, so that it denies it as one that is not open (checked by the local cloud; IAM, `aws:ResourceTag`). */
async function readParameter(account: Ports['account'], scope: StepContext['scope'], name: string) {
  try {
    return await account.getParameter(scope, name);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

async function mayMakeVersions(ec2: Ports['ec2'], scope: StepContext['scope'], template: string): Promise<boolean> {
  const tags = await ec2.describeLaunchTemplateTags(scope, template);
  return tags?.[TEMPLATE_TAG.key] === TEMPLATE_TAG.value;
}

export type ImagePorts = StepPorts & Pick<Ports, 'account' | 'ec2' | 'templates'>;

/** The number of a version of the launch template: made once, and found again by whoever looks afterwards. */
export async function launchTemplateVersion(
  ports: ImagePorts,
  context: StepContext,
  wanted: NewLaunchTemplateVersion,
): Promise<{ readonly version: string } | { readonly stop: StepResult }> {
  const { ec2, templates } = ports;
  const { asker, clusterKey, scope, target, cluster, upgrade } = context;
  const made = madeBefore(await ec2.listLaunchTemplateVersions(scope, wanted.template, wanted.imageId), wanted);
  if (made !== undefined) return { version: made.version };
  // Of two clusters that share the template and make the same hop at once, the second gets what the first has made.
  const token = sha256Hex(canonicalJson({ upgradeId: upgrade?.id ?? '', ...wanted }));
  const mutation = {
    ...{ asker, clusterKey, scope, target, tags: cluster.tags ?? {}, upgrade, step: STEP, subject: wanted.template },
    call: { name: 'CreateLaunchTemplateVersion' as const, input: wanted },
  };
  const result = await mutateWithoutUpdate(ports, mutation, () =>
    templates.createVersion(scope, wanted, token).then((version) => ({ version }), refusedBy),
  );
  if (result.type !== 'answered') return { stop: await notSent(ports, context, result) };
  return 'refused' in result.answer ? { stop: blocked(result.answer.refused) } : result.answer;
}

/** EC2 did nothing where it said that the request is wrong or forbidden; anything else may have taken effect, and shows at the next look. */
function refusedBy(error: unknown): { readonly refused: Reason } {
  const name = errorName(error);
  if (!/^(UnauthorizedOperation|AccessDenied|Invalid|VersionLimitExceeded|LaunchTemplateVersionLimit)/.test(name))
    throw error;
  return { refused: quoted(name, `EC2 made no version of the launch template: ${errorMessage(error)}`) };
}
