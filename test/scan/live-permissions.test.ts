import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { VIEWERS, VIEWERS_RBAC } from '../../core/queries/access-manifest.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import { widgetDefinition } from '../material/kubernetes/sample-objects.ts';
import { principal } from '../material/kubernetes/server-under-test.ts';
import { cleanObjects } from './clean-cluster.ts';
import { scanInMemory } from './in-memory-scan.ts';
import { gapsOf, type LiveCluster, startLiveCluster } from './live-cluster.ts';

type Role = StoredObject & { readonly rules: readonly object[] };

const documentsOf = (text: string): StoredObject[] => parseAllDocuments(text).map((document) => document.toJS());
const shipped = documentsOf(readFileSync(new URL('../../examples/rbac/liftlock-scan.yaml', import.meta.url), 'utf8'));
const rolesOf = (documents: readonly StoredObject[]): Role[] =>
  documents.filter((document): document is Role => document.kind === 'ClusterRole');
const [scan, custom, secrets] = rolesOf(shipped);
if (scan === undefined || custom === undefined || secrets === undefined) throw new Error('a ClusterRole is missing');
const others = shipped.filter(({ kind }) => kind !== 'ClusterRole');
const secretsBinding: StoredObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'liftlock-scan-secrets' },
  roleRef: { kind: 'ClusterRole', name: 'liftlock-scan-secrets' },
  subjects: [{ kind: 'Group', name: 'liftlock-scan' }],
};

let live: LiveCluster;
beforeAll(async () => {
  live = await startLiveCluster();
});
afterAll(() => live.close());

/** A group of an access entry, and what its roles and bindings in the cluster give it. */
function bind(group: string, ...documents: readonly StoredObject[]): void {
  const { cluster } = live.under;
  const principalArn = principal.replace(':sts:', ':iam:').replace(/assumed-role\/([^/]+)\/.*/, 'role/$1');
  cluster.kubernetes.access.authentication = 'access-entries';
  cluster.accessEntries = [{ principalArn, type: 'STANDARD', createdAt: 0, kubernetesGroups: [group], policies: [] }];
  cluster.kubernetes.objects = [...cleanObjects, ...documents];
}

const scanned = async (skip: readonly 'helm'[] = []) => {
  const { report } = await scanInMemory(live.under, { skip });
  return [report.verdict, gapsOf(report)];
};
const inSecrets = 'denied helm releases in secrets';

test('the shipped roles suffice; Helm in Secrets is the one thing that is optional', async () => {
  bind('liftlock-scan', scan, custom, ...others);
  expect(await scanned()).toEqual(['incomplete', [inSecrets]]);
  expect(await scanned(['helm'])).toEqual(['pass', []]);
  bind('liftlock-scan', scan, custom, secrets, ...others, secretsBinding);
  expect(await scanned()).toEqual(['pass', []]);
});

test.each(['1.31', '1.37'])('so it is at %s', async (minor) => {
  const other = await startLiveCluster(minor);
  try {
    bind('liftlock-scan', scan, custom, ...others);
    other.under.cluster.kubernetes = { ...other.under.cluster.kubernetes, ...accessOf(live) };
    other.under.cluster.accessEntries = live.under.cluster.accessEntries;
    const { report } = await scanInMemory(other.under, { skip: ['helm'], target: '1.37' });
    expect(gapsOf(report)).toEqual([]);
  } finally {
    await other.close();
  }
});

const accessOf = ({ under }: LiveCluster) => {
  const { access, objects = [] } = under.cluster.kubernetes;
  return { access, objects };
};

test('so it is over HTTPS, and the coverage says what to do', async () => {
  bind('liftlock-scan', scan, custom, ...others);
  const { code, report } = await live.scan();
  expect([code, gapsOf(report)]).toEqual([4, [inSecrets]]);
  expect(report.coverage[0]?.detail).toMatch(/Grant list and get on secrets, or say --skip helm/);
  expect((await live.scan(['--skip', 'helm'])).code).toBe(0);
});

test.each(scan.rules.map((rule, index) => [JSON.stringify(rule), index] as const))(
  'without %s something is denied',
  async (_rule, removed) => {
    const left: Role = { ...scan, rules: scan.rules.filter((_, index) => index !== removed) };
    bind('liftlock-scan', left, custom, ...others);
    const [verdict, gaps] = await scanned();
    expect(verdict).toBe('incomplete');
    expect((gaps as string[]).filter((gap) => gap !== inSecrets)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^denied /)]),
    );
  },
);

test('a custom resource of a group that no role names is denied by its name', async () => {
  bind('liftlock-scan', scan, custom, ...others, widgetDefinition);
  expect(await scanned(['helm'])).toEqual(['incomplete', ['denied widgets.example.com']]);
  const named: Role = { ...custom, rules: [{ apiGroups: ['example.com'], resources: ['*'], verbs: ['list'] }] };
  bind('liftlock-scan', scan, named, ...others, widgetDefinition);
  expect(await scanned(['helm'])).toEqual(['pass', []]);
});

test('what the roles give is reads, and Secrets only by the one that is called so', () => {
  for (const { metadata, rules } of rolesOf(shipped)) {
    for (const rule of rules as { apiGroups?: string[]; resources?: string[]; verbs: string[] }[]) {
      expect(['get', 'list']).toEqual(expect.arrayContaining(rule.verbs));
      const all = rule.apiGroups?.includes('') === true && rule.resources?.includes('*') === true;
      expect([metadata.name, rule.apiGroups?.includes('*') ?? false, all]).toEqual([metadata.name, false, false]);
      if (rule.resources?.includes('secrets')) expect(metadata.name).toBe('liftlock-scan-secrets');
    }
  }
});

test('who may list nothing hears one sentence, which names the role to bind', async () => {
  bind('liftlock-scan', { ...scan, rules: [] }, ...others);
  const { out, report, code } = await live.scan();
  expect([code, gapsOf(report)]).toEqual([4, ['denied everything in the cluster']]);
  expect(report.coverage[0]?.detail).toMatch(
    /^None of these \d\d may be read .*: bind the ClusterRole liftlock-scan of examples\/rbac/,
  );
  expect(out.match(/liftlock-scan of/g)).toHaveLength(1);
  // Whoever may list one thing learns what else is missing, by name.
  const one: Role = { ...scan, rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] }] };
  bind('liftlock-scan', one, ...others);
  expect(((await scanned())[1] as string[]).length).toBeGreaterThan(20);
});

test('the role of the fleet suffices for the same', async () => {
  bind(VIEWERS, ...documentsOf(VIEWERS_RBAC));
  expect(await scanned()).toEqual(['incomplete', [inSecrets]]);
  expect(await scanned(['helm'])).toEqual(['pass', []]);
});

test('AmazonEKSAdminViewPolicy reads all but the metrics', async () => {
  bind('nobody');
  const [entry] = live.under.cluster.accessEntries;
  if (entry === undefined) throw new Error('no access entry');
  const policyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy';
  const policy = { policyArn, accessScope: { type: 'cluster' as const } };
  live.under.cluster.accessEntries = [{ ...entry, kubernetesGroups: [], policies: [policy] }];
  expect(await scanned()).toEqual(['incomplete', ['denied metrics of the API server']]);
});
