import { readFileSync } from 'node:fs';
import { type FunctionName, KUBERNETES_FUNCTIONS } from '../../core/contracts/names.ts';
import { synthesize } from '../../test/material/infra/synthesize.ts';
import { listOf, type Statement, statementsOf, type Template } from '../../test/material/infra/template.ts';

/** An installation in which every function may do whatever settings can let it do. */
const { hub, spokeRole } = synthesize({
  organizationId: 'o-a1b2c3d4e5',
  vpc: { subnetIds: ['subnet-0a1b2c3d'], securityGroupIds: ['sg-0a1b2c3d'], gates: true },
  ownerTopics: ['arn:aws:sns:eu-central-1:111111111111:team'],
});
const IN_VPC: readonly FunctionName[] = [...KUBERNETES_FUNCTIONS, 'reconcile-rollouts', 'refresh-readiness'];
/** Lambda itself sends logs and traces, receives from queues, and makes the interfaces. */
const BY_LAMBDA = ['logs', 'xray', 'sqs'];
/** EKS asks for it when a function calls EKS. */
const BY_EKS = 'iam:PassRole';

const roleOf = (template: Template, name: string): string =>
  Object.entries(template.Resources).find(
    ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties.RoleName === name,
  )?.[0] ?? '';
const allowed = (statements: readonly Statement[]) =>
  statements.filter(({ Effect, Sid }) => Effect === 'Allow' && Sid !== 'NetworkInterfaces');

/** Whether a statement of the spoke role holds for the sessions of the function. */
function isFor({ Condition }: Statement, name: FunctionName): boolean {
  const sessions = listOf(Condition?.StringLike?.['aws:userid']);
  return sessions.length === 0 || sessions.includes(`*:liftlock-${name}`);
}

function servicesOf(name: FunctionName): string[] {
  const own = allowed(statementsOf(hub, roleOf(hub, `liftlock-${name}`)));
  const assumes = own.some(({ Action }) => listOf(Action).includes('sts:AssumeRole'));
  const there = assumes ? allowed(statementsOf(spokeRole, 'SpokeRole')).filter((one) => isFor(one, name)) : [];
  const actions = [...own, ...there].flatMap(({ Action }) => listOf(Action)).filter((action) => action !== BY_EKS);
  const services = new Set(actions.map((action) => action.slice(0, action.indexOf(':'))));
  return [...services].filter((service) => !BY_LAMBDA.includes(service)).sort();
}

/** By function the services that the table of docs/install.md says it calls. */
function documented(): Map<FunctionName, string[]> {
  const text = readFileSync(new URL('../../docs/install.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('### In a VPC')).split('\n### ')[0] ?? '';
  const rows = [...section.matchAll(/^\| [^|]+ \| `([a-z0-9]+)` +\| [^|]+ \| ([^|]+) \|$/gm)];
  const calls = rows.map(([, service = '', callers = '']) => {
    const named = IN_VPC.filter((name) => callers.includes(`\`${name}\``));
    return { service, callers: callers.startsWith('all') ? IN_VPC.filter((name) => !named.includes(name)) : named };
  });
  const servicesBy = (name: FunctionName) =>
    calls.flatMap(({ service, callers }) => (callers.includes(name) ? service : []));
  return new Map(IN_VPC.map((name) => [name, servicesBy(name).sort()]));
}

test.each(IN_VPC)('install.md says which services %s has to reach from a VPC', (name) => {
  expect(documented().get(name)).toEqual(servicesOf(name));
});
