import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  grant,
  intent,
  KEY,
  type Kept,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { failing, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quietEc2 } from '../../test/material/steps/quiet-account.ts';
import type { LaunchTemplateVersion } from '../ports/ec2.ts';
import type { Nodegroup, Scope, Update } from '../ports/eks.ts';
import { Clusters } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { rollNodeGroup } from './roll-node-group.ts';

const GOLDEN = 'ami-0123456789abcdef0';
const policy = policyWith({ name: 'p' });
const images = [{ owners: ['self'], table: { '1.37': { 'eu-central-1': GOLDEN } } }];
const ruled = policyConfig({ ...policy, spec: { ...policy.spec, nodes: { images } } });

interface Given {
  readonly group?: Partial<Nodegroup>;
  /** The image of the version that the group launches from. */
  readonly launched?: string | undefined;
  readonly made?: readonly LaunchTemplateVersion[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly kept?: Kept;
  readonly refuses?: Error;
  /** EC2's answer to a read of the launch template. */
  readonly unread?: Error;
  /** The cluster's present tags in EKS. */
  readonly clusterTags?: Readonly<Record<string, string>>;
  /** The updates that run on the group. */
  readonly updates?: readonly Partial<Update>[];
  /** The age of the execution. */
  readonly minutes?: number;
}

/** The result for the node group `a` with a custom AMI, in a cluster at 1.37. */
async function rolled({ group, made = [], tags = { 'liftlock:versions': 'allowed' }, kept, ...given }: Given = {}) {
  const own = {
    // It has no more than at its last update.
    version: '1.37',
    amiType: 'CUSTOM',
    releaseVersion: 'ami-old',
    launchTemplate: { id: 'lt-1', name: 'ml', version: '3' },
  };
  const eks = {
    cluster: { version: '1.37', ...(given.clusterTags === undefined ? {} : { tags: given.clusterTags }) },
    nodegroups: { a: { ...own, ...group } },
    updates: { 'nodegroup/a': given.updates ?? [] },
  };
  const ports = await oneStep(new MemoryTable(), { eks, kept: { policy: ruled, ...kept } });
  const launched = 'launched' in given ? given.launched : 'ami-old';
  const tokens: string[] = [];
  const asked: (readonly string[])[] = [];
  const ec2 = {
    ...quietEc2,
    describeImages: async (scope: Scope, ids: readonly string[]) => {
      asked.push(ids);
      return quietEc2.describeImages(scope, ids);
    },
    describeLaunchTemplateVersion: async (_: unknown, template: string, version: string) => {
      if (given.unread !== undefined) throw given.unread;
      if (launched === 'gone') return undefined;
      return { template, version, ...(launched === undefined ? {} : { imageId: launched }) };
    },
    listLaunchTemplateVersions: async () => [...made],
    describeLaunchTemplateTags: async () => tags,
  };
  const templates: typeof ports.templates = {
    async createVersion(scope, input, token) {
      tokens.push(token);
      if (given.refuses !== undefined) throw given.refuses;
      return ports.templates.createVersion(scope, input, token);
    },
  };
  const input = stepInput({}, { nodegroup: 'a' });
  const startTime = new Date(Date.parse(input.execution.startTime) - (given.minutes ?? 0) * 60_000).toISOString();
  const aged = { ...input, execution: { ...input.execution, startTime } };
  const result = await rollNodeGroup({ ...ports, ec2, templates } as typeof ports, aged);
  const { status, reasons } = result;
  const told = { status, codes: reasons.map(({ code }) => code), said: reasons[0]?.message };
  const { tags: known } = (await load(ports.table, Clusters, KEY))?.data ?? {};
  return { ...told, sent: ports.sent, tokens, asked, known };
}
const NEW = { call: 'CreateLaunchTemplateVersion', template: 'lt-1', sourceVersion: '3', imageId: GOLDEN };
const roll = (launchTemplate: object) => ({
  ...{ call: 'UpdateNodegroupVersion', clusterName: 'web', nodegroupName: 'a', launchTemplate },
});

const description = `Liftlock: version 3 with ${GOLDEN}`;
const MADE = { template: 'lt-1', version: '8', imageId: GOLDEN, description };

test('a version of the template is made with the image, and the next look rolls the group to it by the id of the template', async () => {
  const { status, codes, sent } = await rolled();
  // EC2 may not know the new version everywhere yet, and EKS would refuse the roll.
  expect([status, codes, sent]).toEqual(['wait', ['NotVisibleYet'], [{ ...NEW, description }]]);
  const next = await rolled({ made: [MADE] });
  expect(next).toMatchObject({
    status: 'wait',
    codes: ['UpdateInProgress'],
    sent: [roll({ id: 'lt-1', version: '8' })],
  });
});

test('a version that is listed nowhere after ten minutes is rolled to all the same, and EKS says what is wrong with it', async () => {
  const { sent } = await rolled({ minutes: 11 });
  expect(sent).toEqual([{ ...NEW, description }, roll({ id: 'lt-1', version: '8' })]);
});

test('a template of which EKS tells the name alone is named', async () => {
  const group = { launchTemplate: { name: 'ml', version: '3' } };
  expect((await rolled({ group })).sent).toMatchObject([{ ...NEW, template: 'ml' }]);
  expect((await rolled({ group, made: [MADE] })).sent).toEqual([roll({ name: 'ml', version: '8' })]);
});

test.each<[string, Partial<Nodegroup>, string, object[]]>([
  ['it is there', { releaseVersion: GOLDEN }, GOLDEN, []],
  ['a roll to another image has failed since', { releaseVersion: GOLDEN }, 'ami-other', [NEW]],
  [
    'a roll has left it degraded',
    { releaseVersion: GOLDEN, status: 'DEGRADED' },
    GOLDEN,
    [roll({ id: 'lt-1', version: '3' })],
  ],
  ['its own roll has failed', {}, GOLDEN, [roll({ id: 'lt-1', version: '3' })]],
])('what is sent for a group where %s', async (_, group, launched, sent) => {
  const result = await rolled({ group, launched });
  expect(result.sent).toMatchObject(sent);
  const code = sent.includes(NEW) ? 'NotVisibleYet' : 'UpdateInProgress';
  expect(result.codes).toEqual(sent.length === 0 ? ['AtTarget'] : [code]);
});

test.each([
  ['ami-old', ['ami-old', GOLDEN]],
  ['resolve:ssm:/golden', [GOLDEN]],
  [undefined, [GOLDEN]],
])('of a group that launches %s EC2 is asked about ids alone', async (launched, asked) => {
  const result = await rolled({ launched });
  expect(result.asked).toEqual([asked]);
  expect(result.sent).toMatchObject([NEW]);
});

test('a template whose version is gone is none to make another of', async () => {
  const result = await rolled({ launched: 'gone' });
  expect(result).toMatchObject({ status: 'blocked', codes: ['CustomImage'], sent: [] });
  expect(result.said).toBe('Version 3 of the launch template lt-1 of a is gone.');
});

test('a version that was made for it before is used', async () => {
  const made = { template: 'lt-1', version: '6', imageId: GOLDEN, description: `Liftlock: version 3 with ${GOLDEN}` };
  expect((await rolled({ made: [made] })).sent).toEqual([roll({ id: 'lt-1', version: '6' })]);
});

test('which image a policy names that nobody can read is not taken for none', async () => {
  const unread = { ...ruled, document: { ...ruled.document, spec: {} } };
  expect(await rolled({ kept: { policy: unread } })).toMatchObject({
    status: 'parked',
    codes: ['PolicyNotConfigured'],
    sent: [],
  });
});

test('what its template launches already needs no version of it', async () => {
  expect((await rolled({ launched: GOLDEN, tags: {} })).sent).toEqual([roll({ id: 'lt-1', version: '3' })]);
});

test.each([
  [{}, 'the template has no tag'],
  [{ 'liftlock:versions': 'denied' }, 'the template has no tag'],
])('no version is made of a template with the tags %j', async (tags, said) => {
  const result = await rolled({ tags });
  expect(result).toMatchObject({ status: 'blocked', codes: ['CustomImage'], sent: [] });
  expect(result.said).toContain(said);
});

const open = intent({
  ...{ step: 'create-launch-template-version', subject: 'lt-1' },
  call: { name: 'CreateLaunchTemplateVersion', input: {} },
});

test('a stop ends it before a version is made, and what may have been sent before is waited for', async () => {
  const stopped = await rolled({ kept: { control: { stopped: true } } });
  expect(stopped).toMatchObject({ status: 'parked', codes: ['FleetStopped'], sent: [], tokens: [] });
  const waits = await rolled({ kept: { intents: [open] } });
  expect(waits).toMatchObject({ status: 'wait', codes: ['OutcomeUnknown'], sent: [], tokens: [] });
});

test('a roll of somebody else is told while nobody knows what became of a call to EC2', async () => {
  const result = await rolled({ kept: { intents: [open] }, updates: [{ id: 'x' }] });
  expect(result).toMatchObject({ status: 'parked', codes: ['ForeignUpdate'], sent: [] });
});

test('what EC2 refuses blocks with its own word; what may have taken effect is no refusal', async () => {
  const refused = await rolled({ refuses: failing('VersionLimitExceeded', 'no') });
  expect(refused).toMatchObject({ status: 'blocked', codes: ['VersionLimitExceeded'], sent: [] });
  expect(refused.said).toBe('EC2 made no version of the launch template: no');
  const cut = failing('ServiceUnavailable');
  await expect(rolled({ refuses: cut })).rejects.toBe(cut);
});

test('a version that EC2 denies for some time parks a hop that was begun, and says what looks for the cause', async () => {
  const refuses = failing('UnauthorizedOperation', 'no');
  const parked = await rolled({ refuses, kept: { upgrades: [upgrade({ mutated: true })] } });
  expect(parked).toMatchObject({ status: 'parked', codes: ['Denied'], sent: [] });
  expect(parked.said).toBe(
    'UnauthorizedOperation: EC2 made no version of the launch template: no. Run: liftlock access check',
  );
  expect(await rolled({ refuses })).toMatchObject({ status: 'blocked', codes: ['Denied'], sent: [] });
});

test('a read that EC2 denies for some time parks a hop that was begun, as a denial of EKS does', async () => {
  const unread = failing('UnauthorizedOperation', 'You are not authorized.');
  const begun = { upgrades: [upgrade({ mutated: true })] };
  expect(await rolled({ unread, kept: begun })).toMatchObject({ status: 'parked', codes: ['Denied'], sent: [] });
  expect(await rolled({ unread })).toMatchObject({ status: 'blocked', codes: ['Denied'], sent: [] });
});

test('where EKS shows other tags than the inventory no version is made, and they are recorded', async () => {
  const clusterTags = { 'liftlock/paused': 'true' };
  const { status, tokens, known } = await rolled({ clusterTags, kept: { cluster: { ...cluster, version: '1.37' } } });
  expect([status, tokens, known]).toEqual(['parked', [], clusterTags]);
});

test('the token is the same for the same wish, and another for another upgrade or template', async () => {
  const results = await Promise.all([
    rolled(),
    rolled(),
    rolled({ group: { launchTemplate: { id: 'lt-2', version: '3' } } }),
    rolled({ kept: { upgrades: [upgrade({ id: 'other' })], grant: grant({ upgradeId: 'other' }) } }),
  ]);
  const [first, again, ...others] = results.flatMap(({ tokens }) => tokens);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(again).toBe(first);
  expect(new Set([first, ...others]).size).toBe(3);
});
