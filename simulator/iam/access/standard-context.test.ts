import { HUB, NOW } from '../../../test/material/iam/accounts.ts';
import { roleSessionOf, userOf } from '../../../test/material/iam/principals.ts';
import { keysOf } from '../conditions/request-context.ts';
import { standardContext } from './authorize.ts';

const QUEUE = 'arn:aws:sqs:eu-west-1:222222222222:clusters';
const find = (options: Partial<Parameters<typeof standardContext>[0]>) =>
  keysOf(standardContext({ principal: roleSessionOf(), resource: QUEUE, now: NOW, ...options }));

it('says who asks', () => {
  const key = find({ principal: roleSessionOf(HUB, { Team: 'lock' }), organizationId: 'o-1' });
  // The role's ARN, not the session's.
  expect(key('aws:PrincipalArn')).toEqual([`arn:aws:iam::${HUB}:role/worker`]);
  expect(key('aws:PrincipalAccount')).toEqual([HUB]);
  expect(key('aws:PrincipalType')).toEqual(['AssumedRole']);
  expect(key('aws:userid')).toEqual(['AROAWORKERWORKERWORKE:work']);
  expect(key('aws:principaltag/team')).toEqual(['lock']);
  expect(key('aws:PrincipalTag/other')).toBe('absent');
  expect(key('aws:username')).toBe('absent');
  expect(key('aws:PrincipalOrgID')).toEqual(['o-1']);
  expect(key('aws:ResourceAccount')).toEqual(['222222222222']);
  expect(key('aws:SourceArn')).toBe('absent');
  expect(key('aws:SecureTransport')).toEqual(['true']);
  expect(key('aws:CurrentTime')).toEqual(['2026-03-01T12:00:00.000Z']);
});

it('says it of a user', () => {
  const key = find({ principal: userOf() });
  expect(key('aws:username')).toEqual(['ada']);
  expect(key('aws:PrincipalType')).toEqual(['User']);
  expect(key('aws:TokenIssueTime')).toBe('absent');
  expect(key('aws:PrincipalOrgID')).toBe('absent');
});

it('leaves to a service for whom it acts', () => {
  const key = find({ principal: { kind: 'service', service: 'events.amazonaws.com' } });
  expect(key('aws:PrincipalIsAWSService')).toEqual(['true']);
  expect(key('aws:PrincipalServiceName')).toEqual(['events.amazonaws.com']);
  expect(key('aws:PrincipalArn')).toBe('absent');
  expect(key('aws:SourceArn')).toBe('unsupplied');
  expect(key('aws:SourceAccount')).toBe('unsupplied');
});

it('says nothing of tags of resources, nor of the call', () => {
  expect(find({})('aws:ResourceTag/team')).toBe('unsupplied');
  expect(find({})('aws:RequestedRegion')).toBe('unsupplied');
});
