import { synthesize } from '../../../test/material/infra/synthesize.ts';
import { readAssembly, type Template } from './assembly.ts';
import { resolveStack } from './resolve-stack.ts';

const HUB = '111111111111';
const SPOKE = '222222222222';
const { templates } = readAssembly(synthesize({ accounts: [SPOKE] }).folder);

const resolved = (stack: string, parameters: Record<string, string>) => {
  const place = { account: SPOKE, region: 'eu-west-1', partition: 'aws', origin: 'http://127.0.0.1:4566' };
  return resolveStack(templates.get(stack) as Template, { stack, place, parameters, imports: new Map() });
};

describe('the spoke role', () => {
  const roleOf = (parameters: Record<string, string>) =>
    resolved('LiftlockSpokeRole', parameters).resources.find(({ type }) => type === 'AWS::IAM::Role');
  const trustOf = (parameters: Record<string, string>) =>
    JSON.stringify(roleOf(parameters)?.properties.AssumeRolePolicyDocument);

  it('has its name by parameter', () => {
    expect(roleOf({})?.arn).toBe(`arn:aws:iam::${SPOKE}:role/LiftlockSpoke`);
    expect(roleOf({ RoleName: 'Other' })?.arn).toBe(`arn:aws:iam::${SPOKE}:role/Other`);
  });

  it('trusts the hub that is named, or its own account', () => {
    expect(trustOf({ HubAccountId: HUB })).toContain(`arn:aws:iam::${HUB}:root`);
    expect(trustOf({ HubAccountId: HUB })).toContain(`liftlock-${HUB}`);
    expect(trustOf({})).toContain(`arn:aws:iam::${SPOKE}:root`);
  });

  it('asks for the external id and the organization that are named', () => {
    const trust = trustOf({ HubAccountId: HUB, ExternalId: 'secret', OrganizationId: 'o-a1b2c3d4e5' });
    expect(trust).toContain('secret');
    expect(trust).toContain('o-a1b2c3d4e5');
    expect(trustOf({ HubAccountId: HUB })).not.toContain('PrincipalOrgID');
  });

  it.each([{ HubAccountId: '12345' }, { HubAccountId: 'hub' }, { OrganizationId: 'x' }])('refuses %j', (parameters) => {
    expect(() => roleOf(parameters)).toThrow(
      /^LiftlockSpokeRole\/\w+: the parameter's value ".*" is not allowed: must/,
    );
  });
});

it('forwards to the hub that is named, or to its own account and Region', () => {
  const targets = (parameters: Record<string, string>) =>
    resolved('LiftlockSpokeForwarder', parameters)
      .resources.filter(({ type }) => type === 'AWS::Events::Rule')
      .flatMap(({ properties }) => (properties.Targets as { Arn: string }[]).map(({ Arn }) => Arn));
  const hub = `arn:aws:events:us-east-1:${HUB}:event-bus/liftlock`;
  expect(targets({ HubAccountId: HUB, HubRegion: 'us-east-1' })).toEqual([hub, hub]);
  const own = `arn:aws:events:eu-west-1:${SPOKE}:event-bus/liftlock`;
  expect(targets({})).toEqual([own, own]);
});

it('reads no assembly that is none', () => {
  expect(() => readAssembly('/nowhere')).toThrow('/nowhere holds no synthesized templates. Run npm run synth first.');
});
