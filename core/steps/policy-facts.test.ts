import { quietAccount } from '../../test/material/steps/quiet-account.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { RecoveryPoint } from '../ports/account.ts';
import { ClusterAccessError } from '../ports/cluster-access.ts';
import type { ReadAnswer } from '../ports/cluster-reader.ts';
import { readPolicyFacts } from './policy-facts.ts';

const rules = (scan: object, components: readonly object[] = []) => {
  const { spec } = upgradePolicySchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'p' },
    spec: { selector: {}, target: 'latest', waves: [{ name: 'all' }], scan, components },
  });
  return { ...spec.scan, components: spec.components };
};
const server = { endpoint: 'https://x', certificateAuthority: 'x', cluster: 'web' } as never;
const scope = { account: '111111111111', region: 'eu-central-1' };
const context = { name: 'web', cluster: { arn: 'arn:web' }, scope } as never;

interface Given {
  readonly scan: object;
  readonly components?: readonly object[];
  readonly readings?: Readonly<Record<string, GateReading['status']>>;
  readonly answers?: readonly (ReadAnswer | Error)[];
  readonly hasServer?: boolean;
  readonly statuses?: Readonly<Record<string, number>>;
  readonly points?: readonly RecoveryPoint[] | Error;
}

async function read({
  scan,
  components = [],
  readings = {},
  answers = [],
  hasServer = true,
  points = [],
  statuses = {},
}: Given) {
  const asked: string[] = [];
  let closed = 0;
  const ports = {
    account: {
      ...quietAccount,
      listRecoveryPoints: async (...listed: unknown[]) => {
        expect(listed).toEqual([scope, 'nightly', 'arn:web']);
        if (points instanceof Error) throw points;
        return [...points];
      },
    },
    gates: {
      read: async (gate: object) => {
        const name = 'alarm' in gate ? String(gate.alarm) : '';
        return { gate: name, status: readings[name] ?? 'unknown', message: `of ${name}` } as GateReading;
      },
    },
    probe: {
      get: async (url: string) => {
        const status = statuses[url];
        if (status === undefined) throw new Error(`${new URL(url).host} could not be reached: no route`);
        return { status };
      },
    },
    readers: {
      open: () => ({
        reader: {
          get: async ({ path }: { path: string }) => {
            asked.push(path);
            const answer = answers[asked.length - 1];
            if (answer === undefined || answer instanceof Error) throw answer ?? new Error('nothing more is said');
            return answer;
          },
        },
        wait: async () => {},
        close: () => {
          closed += 1;
        },
      }),
    },
  };
  const found = await readPolicyFacts(ports, context, hasServer ? server : undefined, rules(scan, components));
  expect(closed).toBe(components.length > 0 ? components.length : asked.length > 0 ? 1 : 0);
  return {
    ...found.facts,
    coverage: found.coverage.map(({ what, status, detail, count }) => [what, status, detail, count]),
    asked,
  };
}

test('alarms that can be read are judged, and one of which nothing is known is a gap', async () => {
  const { alarms, coverage } = await read({
    scan: { alarms: ['good', 'bad', 'odd'] },
    readings: { good: 'green', bad: 'red' },
  });
  expect(alarms?.map(({ gate, status }) => [gate, status])).toEqual([
    ['good', 'green'],
    ['bad', 'red'],
  ]);
  expect(coverage).toEqual([
    ['alarm good', 'read', '', 1],
    ['alarm bad', 'read', '', 1],
    ['alarm odd', 'error', 'of odd', 0],
  ]);
  expect(await read({ scan: {} })).toEqual({
    alarms: [],
    urls: [],
    backups: [],
    components: [],
    coverage: [],
    asked: [],
  });
});

test('what is seen of a component is read, and one that cannot be seen is a gap', async () => {
  const workload = { kind: 'Deployment', namespace: 'ops', name: 'web' };
  const text = JSON.stringify({ spec: { template: { spec: { containers: [{ image: 'web:1.37.2' }] } } } });
  const { components, coverage } = await read({
    scan: {},
    components: ['a', 'b', 'c'].map((name) => ({ name, workload })),
    answers: [
      { status: 200, text },
      { status: 404, text: '' },
      { status: 403, text: '' },
    ],
  });
  expect(components?.map(({ component, seen }) => [component.name, seen.type])).toEqual([
    ['a', 'runs'],
    ['b', 'absent'],
    ['c', 'unread'],
  ]);
  expect(coverage).toEqual([
    ['component a (Deployment ops/web)', 'read', '', 1],
    ['component b (Deployment ops/web)', 'read', '', 0],
    [
      ...['component c (Deployment ops/web)', 'denied'],
      ...['It answered 403: the role needs get of deployments in the API group apps.', 0],
    ],
  ]);
});

test('a URL is ready when it answers with success, and is named without what may be secret', async () => {
  const [up, down, moved, gone] = ['up', 'down', 'moved', 'gone'].map(
    (path) => `https://x.example.com/${path}?token=t`,
  );
  const statuses = { [up ?? '']: 204, [down ?? '']: 503, [moved ?? '']: 302 };
  const { urls } = await read({ scan: { urls: [up, down, moved, gone] }, statuses });
  expect(urls).toEqual([
    { url: 'x.example.com/up', isReady: true, answer: 'it answered 204' },
    { url: 'x.example.com/down', isReady: false, answer: 'it answered 503' },
    { url: 'x.example.com/moved', isReady: false, answer: 'it answered 302' },
    { url: 'x.example.com/gone', isReady: false, answer: 'x.example.com could not be reached: no route' },
  ]);
});

const velero = { backups: { velero: { within: '24h' } } };
const backup = (completionTimestamp: string | undefined, phase = 'Completed') => ({
  status: { phase, completionTimestamp },
});
const page = (items: readonly object[], next?: string): ReadAnswer => {
  return { status: 200, text: JSON.stringify({ items, metadata: next === undefined ? {} : { continue: next } }) };
};

test('of all backups on all pages the newest that has completed counts', async () => {
  const answers = [
    page([backup('2026-11-20T01:00:00Z'), backup('2026-11-20T09:00:00Z', 'PartiallyFailed')], 'a b'),
    page([backup('2026-11-19T01:00:00Z'), backup(undefined, 'New'), {}]),
  ];
  const { backups, coverage, asked } = await read({ scan: velero, answers });
  expect(backups).toEqual([{ namespace: 'velero', within: '24h', newest: '2026-11-20T01:00:00Z' }]);
  expect(coverage).toEqual([['backups.velero.io in the namespace velero', 'read', '', 2]]);
  expect(asked).toEqual([
    '/apis/velero.io/v1/namespaces/velero/backups?limit=500',
    '/apis/velero.io/v1/namespaces/velero/backups?limit=500&continue=a%20b',
  ]);
  expect((await read({ scan: velero, answers: [page([])] })).backups?.[0]?.newest).toBeNull();
});

test.each<[object, boolean]>([
  [
    { includedNamespaces: ['*'], includedResources: null, labelSelector: null, excludedNamespaces: ['kube-system'] },
    true,
  ],
  [{ labelSelector: {}, orLabelSelectors: [{ matchLabels: {}, matchExpressions: null }] }, true],
  [{ includedNamespaces: ['default'] }, false],
  [{ includedResources: ['configmaps'] }, false],
  [{ includedNamespaceScopedResources: ['secrets'] }, false],
  [{ labelSelector: { matchLabels: { app: 'web' } } }, false],
  [{ orLabelSelectors: [{ matchLabels: { app: 'web' } }] }, false],
])('a backup of Velero with %j is of the whole cluster: %s', async (spec, counts) => {
  const one = { ...backup('2026-11-20T09:00:00Z'), spec };
  const { backups } = await read({ scan: velero, answers: [page([one])] });
  expect(backups?.[0]?.newest).toBe(counts ? '2026-11-20T09:00:00Z' : null);
});

test.each<[string, Given['answers'], boolean, string, RegExp]>([
  ['Velero is not there', [{ status: 404, text: '' }], true, 'error', /Velero is not installed there/],
  [
    'it may not be read',
    [{ status: 403, text: '' }],
    true,
    'denied',
    /needs list of backups in the API group velero\.io/,
  ],
  ['nobody is asked who it is', [{ status: 401, text: '' }], true, 'denied', /answered 401/],
  ['the API server fails', [{ status: 500, text: '' }], true, 'error', /answered 500/],
  ['a later page fails', [page([], 'x'), { status: 500, text: '' }], true, 'error', /answered 500/],
  ['nobody answers', [new ClusterAccessError('ClusterUnreachable', 'gone')], true, 'error', /gone/],
  ['the API server is not asked', [], false, 'error', /is not asked/],
])(
  'backups that could not be read are a gap and never young: %s',
  async (_, answers = [], hasServer, status, detail) => {
    const { backups, coverage } = await read({ scan: velero, answers, hasServer });
    expect(backups).toEqual([]);
    expect(coverage).toEqual([['backups.velero.io in the namespace velero', status, expect.stringMatching(detail), 0]]);
  },
);

const aws = { backups: { awsBackup: { vault: 'nightly', within: '24h' } } };
const point = (at: string, more: Partial<RecoveryPoint> = {}): RecoveryPoint => ({
  ...{ status: 'COMPLETED', creationDate: new Date(at) },
  ...more,
});

test('of the recovery points in a vault the newest that is whole counts, whatever order they come in, without an API server', async () => {
  const points = [
    point('2026-11-20T01:00:00Z'),
    point('2026-11-20T02:00:00Z', { status: 'AVAILABLE' }),
    point('2026-11-19T01:00:00Z'),
    point('2026-11-20T03:00:00Z', { status: 'PARTIAL' }),
    point('2026-11-20T04:00:00Z', { status: 'CREATING' }),
    point('2026-11-20T05:00:00Z', { parentRecoveryPointArn: 'arn:whole' }),
  ];
  const { backups, coverage } = await read({ scan: aws, points, hasServer: false });
  expect(backups).toEqual([{ vault: 'nightly', within: '24h', newest: '2026-11-20T02:00:00.000Z' }]);
  expect(coverage).toEqual([['recovery points of AWS Backup in the vault nightly', 'read', '', 6]]);
  expect((await read({ scan: aws })).backups?.[0]?.newest).toBeNull();
});

test.each([
  [
    'AccessDeniedException',
    'denied',
    'backup:ListRecoveryPointsByBackupVault: AccessDeniedException: no AWS Backup says so, too, where eu-central-1 has no such vault.',
  ],
  ['ResourceNotFoundException', 'error', 'backup:ListRecoveryPointsByBackupVault: ResourceNotFoundException: no'],
])('a vault that could not be read is a gap, with the permission that it takes: %s', async (name, status, detail) => {
  const { backups, coverage } = await read({ scan: aws, points: Object.assign(new Error('no'), { name }) });
  expect(backups).toEqual([]);
  expect(coverage).toEqual([['recovery points of AWS Backup in the vault nightly', status, detail, 0]]);
});

test('a throttle of AWS Backup passes by itself, and is no gap', async () => {
  const points = Object.assign(new Error('slower'), { name: 'ThrottlingException' });
  await expect(read({ scan: aws, points })).rejects.toBe(points);
});

test('both kinds of backups may be asked for, and each counts by itself', async () => {
  const scan = { backups: { ...velero.backups, ...aws.backups } };
  const { backups } = await read({ scan, answers: [page([])], points: [point('2026-11-20T01:00:00Z')] });
  expect(backups?.map(({ newest }) => newest)).toEqual([null, '2026-11-20T01:00:00.000Z']);
});

test('what is wrong beside that is not taken for an answer', async () => {
  await expect(read({ scan: velero, answers: [new Error('a fault of its own')] })).rejects.toThrow(
    'a fault of its own',
  );
});
