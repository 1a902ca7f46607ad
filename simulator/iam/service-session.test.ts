import { HUB, NOW, REGION } from '../../test/material/iam/accounts.ts';
import { policyOf } from '../../test/material/iam/policies.ts';
import { spokeWorld } from '../../test/material/iam/spoke-world.ts';
import type { RequestContext } from './conditions/request-context.ts';

const SCHEDULES = `arn:aws:iam::${HUB}:role/liftlock-schedules`;
const source: RequestContext = {
  'aws:SourceAccount': HUB,
  'aws:SourceArn': `arn:aws:scheduler:${REGION}:${HUB}:schedule-group/liftlock`,
};

function take(roleArn: string, service: string, context: RequestContext) {
  const iam = spokeWorld();
  iam.directory.addRole({
    arn: SCHEDULES,
    trustPolicy: policyOf({
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': HUB } },
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
    }),
  });
  const ask = () => iam.serviceSession({ roleArn, service, sessionName: 'tick', context, now: NOW, where: 'schedule' });
  return { iam, ask };
}

it('is for the service that the role trusts, on behalf of the account that it names', () => {
  const { iam, ask } = take(SCHEDULES, 'scheduler.amazonaws.com', source);
  const { session, credentials } = ask();
  expect(session.arn).toBe(`arn:aws:sts::${HUB}:assumed-role/liftlock-schedules/tick`);
  expect(iam.sessions.principalOf(credentials, 'sqs', NOW)).toEqual(session);
});

it.each([
  ['another service', SCHEDULES, 'states.amazonaws.com', source],
  ['another account', SCHEDULES, 'scheduler.amazonaws.com', { ...source, 'aws:SourceAccount': '999999999999' }],
  ['a service that does not say for whom', SCHEDULES, 'scheduler.amazonaws.com', {}],
  ['a role that does not exist', `${SCHEDULES}-gone`, 'scheduler.amazonaws.com', source],
])('is not for %s', (_, roleArn, service, context) => {
  const { iam, ask } = take(roleArn, service, context);
  expect(ask).toThrow(`User: ${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);
  expect(iam.denials()).toMatchObject([{ role: service, where: 'schedule' }]);
});

it('reports what a trust policy asks for and the service does not say', () => {
  const { iam, ask } = take(SCHEDULES, 'scheduler.amazonaws.com', {});
  expect(ask).toThrow();
  expect(iam.problems().join()).toContain('condition key aws:SourceAccount is not supplied');
});
