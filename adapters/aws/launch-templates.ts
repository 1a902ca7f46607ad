import { TEMPLATE_TAG } from '../../core/contracts/mutating-calls.ts';
import type { LaunchTemplates } from '../../core/ports/ec2.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { templateParameter } from './ec2-reader.ts';
import { MUTATION_MILLISECONDS } from './request-limits.ts';
import { createSignedCalls, FORM, type SignedCallsOptions } from './signed-calls.ts';
import type { SpokeSessions } from './spoke-role.ts';
import { childOf, known, parseAnswer } from './xml-answer.ts';

export interface LaunchTemplateOptions extends SignedCallsOptions {
  readonly sessions: Omit<SpokeSessions, 'forget'>;
  readonly partition: string;
}

/** Each call has a session of its own, narrowed to templates of its Region that are open to Liftlock, and is tried once. */
export function createLaunchTemplates({ sessions, partition, ...options }: LaunchTemplateOptions): LaunchTemplates {
  return {
    async createVersion(scope, { template, sourceVersion, imageId, description }, clientToken) {
      const signal = AbortSignal.timeout(MUTATION_MILLISECONDS);
      const policy = versionPolicy(partition, scope, template);
      const narrowed = { forAccount: (account: string) => sessions.narrowedTo(account, policy, signal) };
      const call = createSignedCalls({ name: 'ec2', variable: 'EC2' }, { ...options, sessions: narrowed, tries: 1 });
      const form = {
        Action: 'CreateLaunchTemplateVersion',
        [templateParameter(template)]: template,
        SourceVersion: sourceVersion,
        'LaunchTemplateData.ImageId': imageId,
        VersionDescription: description,
        ClientToken: clientToken,
        Version: '2016-11-15',
      };
      const answer = parseAnswer(await call(scope, FORM, new URLSearchParams(form).toString()), form.Action);
      return known(childOf(answer, 'launchTemplateVersion'), 'versionNumber');
    },
  };
}

/** For a template that is given by name, IAM sees no id before EC2 has looked it up; the tag narrows the session there. */
export function versionPolicy(partition: string, { account, region }: Scope, template: string): object {
  const id = template.startsWith('lt-') ? template : '*';
  const { key, value } = TEMPLATE_TAG;
  const own = {
    Effect: 'Allow',
    Action: 'ec2:CreateLaunchTemplateVersion',
    Resource: `arn:${partition}:ec2:${region}:${account}:launch-template/${id}`,
    Condition: { StringEquals: { [`aws:ResourceTag/${key}`]: value } },
  };
  return { Version: '2012-10-17', Statement: [own] };
}
