import { errorMessage, errorName, LOOK_AT_ACCESS, tellsDenial } from '../contracts/errors.ts';
import { blocked, quoted, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { sentence } from '../model/words.ts';
import type { NewLaunchTemplateVersion } from '../ports/ec2.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate } from '../protocol/mutate.ts';
import { type StepContext, type StepPorts, wantedFor } from './context.ts';
import { notSent } from './not-sent.ts';
import { whenDenied } from './run-step.ts';

const STEP = 'create-launch-template-version';

export type ImagePorts = StepPorts & Pick<Ports, 'account' | 'ec2' | 'templates'>;

/** Creates a version of the launch template. A later look finds its number again. */
export async function launchTemplateVersion(
  ports: ImagePorts,
  context: StepContext,
  wanted: NewLaunchTemplateVersion,
): Promise<{ readonly version: string } | { readonly stop: StepResult }> {
  const { scope, upgrade } = context;
  // When two clusters share the template and make the same hop at once, the second one gets the version that the first has created.
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
  if (!('refused' in result.answer)) return result.answer;
  const { code, message } = result.answer.refused;
  if (!tellsDenial(code)) return { stop: blocked(result.answer.refused) };
  return { stop: whenDenied(ports, context, reason('Denied', `${code}: ${sentence(message)} ${LOOK_AT_ACCESS}`)) };
}

/** EC2 did nothing where it says that the request is wrong or forbidden. Any other error may hide a version, which the next look finds. */
function refusedBy(error: unknown): { readonly refused: Reason } {
  const name = errorName(error);
  if (!/^(UnauthorizedOperation|AccessDenied|Invalid|VersionLimitExceeded|LaunchTemplateVersionLimit)/.test(name))
    throw error;
  return { refused: quoted(name, `EC2 made no version of the launch template: ${errorMessage(error)}`) };
}
