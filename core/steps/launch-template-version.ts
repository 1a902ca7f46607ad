import { errorMessage, errorName } from '../contracts/errors.ts';
import { blocked, quoted, type Reason, type StepResult } from '../contracts/step-result.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { NewLaunchTemplateVersion } from '../ports/ec2.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate } from '../protocol/mutate-without-update.ts';
import { type StepContext, type StepPorts, wantedFor } from './context.ts';
import { notSent } from './not-sent.ts';

const STEP = 'create-launch-template-version';

export type ImagePorts = StepPorts & Pick<Ports, 'account' | 'ec2' | 'templates'>;

/** Makes a version of the launch template, whose number whoever looks afterwards finds again. */
export async function launchTemplateVersion(
  ports: ImagePorts,
  context: StepContext,
  wanted: NewLaunchTemplateVersion,
): Promise<{ readonly version: string } | { readonly stop: StepResult }> {
  const { scope, upgrade } = context;
  // Of two clusters that share the template and make the same hop at once, the second gets what the first has made.
  const token = sha256Hex(canonicalJson({ upgradeId: upgrade?.id ?? '', ...wanted }));
  const mutation = {
    ...{ ...wantedFor(context), step: STEP, subject: wanted.template },
    call: { name: 'CreateLaunchTemplateVersion' as const, input: wanted },
  };
  const result = await mutateWithoutUpdate(
    ports,
    mutation,
    () => ports.templates.createVersion(scope, wanted, token).then((version) => ({ version }), refusedBy),
    (answer) =>
      'refused' in answer
        ? { type: 'refused', error: answer.refused.code, message: answer.refused.message }
        : undefined,
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
