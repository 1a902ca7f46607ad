import { errorMessage, errorName } from '../contracts/errors.ts';
import { TEMPLATE_TAG } from '../contracts/mutating-calls.ts';
import { blocked, parked, quoted, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { ImageRule } from '../model/image-rule.ts';
import { chooseImage, madeBefore, newVersionOf, tableImage, tagsFor } from '../nodes/custom-image.ts';
import type { Image, LaunchTemplateVersion } from '../ports/ec2.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate } from '../protocol/mutate-without-update.ts';
import { isImageId, templateOf } from '../scan/preflight/launched-from.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';

const STEP = 'create-launch-template-version';

/** Where a group with an AMI of its own is to go, and from where. */
interface WantedImage {
  readonly from: LaunchTemplateVersion;
  readonly image: Image;
}

/** Finds the image that the policy names for a group, and whether Liftlock may make a version of its launch template with it; or why not. */
export async function findImage(
  { ec2, clock }: Pick<Ports, 'ec2' | 'clock'>,
  { scope, target, cluster }: Pick<StepContext, 'scope' | 'target' | 'cluster'>,
  group: Nodegroup,
  rule: ImageRule,
): Promise<WantedImage | Reason> {
  const { nodegroupName: nodegroup } = group;
  const { template = '', version = '' } = templateOf(group) ?? {};
  const from = await ec2.describeLaunchTemplateVersion(scope, template, version);
  if (from === undefined)
    return reason('CustomImage', `Version ${version} of the launch template ${template} of ${nodegroup} is gone.`);
  const { imageId: current = '' } = from;
  const wanted = tableImage(rule, target, scope.region);
  const ids = [current, wanted ?? ''].filter(isImageId);
  const known = ids.length === 0 ? [] : await ec2.describeImages(scope, ids);
  const found =
    rule.tags === undefined
      ? known.filter(({ imageId }) => imageId === wanted)
      : await ec2.findImages(scope, rule.owners, tagsFor(rule, target));
  const launched = known.find(({ imageId }) => imageId === current);
  const controlPlane = KubeVersion.parse(cluster.version);
  const asked = { nodegroup, target, controlPlane, region: scope.region, launched, now: clock.now() };
  const image = chooseImage(rule, found, asked);
  if ('code' in image) return image;
  if (image.imageId === current || (await mayMakeVersions(ec2, scope, template))) return { from, image };
  const { key, value } = TEMPLATE_TAG;
  const said = `Liftlock may make no version of the launch template ${template}, so the node group ${nodegroup} cannot go to ${image.imageId}: the template has no tag ${key}=${value}.`;
  return reason('CustomImage', said);
}

async function mayMakeVersions(ec2: Ports['ec2'], scope: StepContext['scope'], template: string): Promise<boolean> {
  const tags = await ec2.describeLaunchTemplateTags(scope, template);
  return tags?.[TEMPLATE_TAG.key] === TEMPLATE_TAG.value;
}

export type ImagePorts = StepPorts & Pick<Ports, 'ec2' | 'templates'>;

/** The version of the launch template that has the image: made once, and found again by whoever looks afterwards. */
export async function launchTemplateVersion(
  ports: ImagePorts,
  context: StepContext,
  { from, image }: WantedImage,
): Promise<{ readonly version: string } | { readonly stop: StepResult }> {
  const { ec2, templates } = ports;
  const { asker, clusterKey, scope, target, cluster, upgrade } = context;
  // What an earlier roll has begun with goes on with it.
  if (from.imageId === image.imageId) return { version: from.version };
  const wanted = newVersionOf(from, image.imageId);
  const made = madeBefore(await ec2.listLaunchTemplateVersions(scope, from.template, image.imageId), wanted);
  if (made !== undefined) return { version: made.version };
  // Of two clusters that share the template and make the same hop at once, the second gets what the first has made.
  const token = sha256Hex(canonicalJson({ upgradeId: upgrade?.id ?? '', ...wanted }));
  const mutation = {
    ...{ asker, clusterKey, scope, target, tags: cluster.tags ?? {}, upgrade, step: STEP, subject: from.template },
    call: { name: 'CreateLaunchTemplateVersion' as const, input: wanted },
  };
  const result = await mutateWithoutUpdate(ports, mutation, () =>
    templates.createVersion(scope, wanted, token).then((version) => ({ version }), refusedBy),
  );
  if (result.type === 'wait') return { stop: wait(result.seconds, result.reason) };
  if (result.type === 'forbidden') return { stop: parked(undefined, ...result.reasons) };
  return 'refused' in result.answer ? { stop: blocked(result.answer.refused) } : result.answer;
}

/** EC2 did nothing where it said that the request is wrong or forbidden; anything else may have taken effect, and shows at the next look. */
function refusedBy(error: unknown): { readonly refused: Reason } {
  const name = errorName(error);
  if (!/^(UnauthorizedOperation|AccessDenied|Invalid|VersionLimitExceeded|LaunchTemplateVersionLimit)/.test(name))
    throw error;
  return { refused: quoted(name, `EC2 made no version of the launch template: ${errorMessage(error)}`) };
}
