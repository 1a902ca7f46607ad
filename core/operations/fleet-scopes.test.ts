import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { FLEET } from '../policy/applied.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { Accounts, Clusters, Configs, Organizations } from '../store/entities.ts';
import { decode, load, loadKind, put, replace } from '../store/entity.ts';
import { applyDocuments } from './apply-documents.ts';

const LOOKED = '2026-11-20T07:00:00.000Z';
const fleet = (spec: object) => ({
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Fleet',
  metadata: { name: 'main' },
  spec: { regions: ['eu-central-1'], spokeRole: { externalId: 'fleet-7' }, ...spec },
});
const LISTED = '111122223333';
const OTHER = '444455556666';
const ofOrganization = (organizationId: string) => ({ accounts: [LISTED], organizationId });

/** A table in which these accounts were looked at in eu-central-1 and in us-east-1, and what applies a Fleet to it. */
async function looked(organizationId?: string) {
  const table = new MemoryTable();
  const states = [LISTED, OTHER].flatMap((account) =>
    ['eu-central-1', 'us-east-1'].map((region) =>
      put(Accounts, { account, region, status: 'Ok', clusters: 1, checkedAt: LOOKED }, 'absent'),
    ),
  );
  await table.transact(states);
  if (organizationId !== undefined) await table.transact([put(Organizations, { organizationId }, 'absent')]);
  const ports = { table, clock: { now: () => new Date('2026-11-20T12:00:00Z') }, events: { publish: async () => {} } };
  const apply = (spec: object) => applyDocuments(ports, [fleet(spec)], 'ann', { dryRun: false });
  /** Where nobody has looked since the Fleet was applied. */
  const unseen = async () => {
    const found = [];
    for (const account of [LISTED, OTHER])
      for (const region of ['eu-central-1', 'us-east-1'])
        if ((await load(table, Accounts, account, region))?.data.checkedAt === NEVER)
          found.push(`${account} ${region}`);
    return found;
  };
  return { table, apply, unseen };
}

/** Marks everything as looked at once more. */
async function lookAgain(table: MemoryTable): Promise<void> {
  const states = (await table.queryPartition('ACCOUNTS')).map((item) => decode(Accounts, item));
  await table.transact(states.map((one) => replace(Accounts, one, { ...one.data, checkedAt: LOOKED })));
}

test.each<[string, object, object, string[]]>([
  ['nothing, where it says the same', { accounts: [LISTED] }, { accounts: [LISTED], caps: { total: 3 } }, []],
  ['the account that it lists now', { accounts: [LISTED] }, { accounts: [LISTED, OTHER] }, [`${OTHER} eu-central-1`]],
  [
    'the Region that it names now, where its accounts are',
    { accounts: [LISTED] },
    { accounts: [LISTED], regions: ['eu-central-1', 'us-east-1'] },
    [`${LISTED} us-east-1`],
  ],
  ['nothing, where an account goes', { accounts: [LISTED, OTHER] }, { accounts: [LISTED] }, []],
  [
    'every account that it does not list, where it names an organization',
    { accounts: [LISTED] },
    ofOrganization('o-aaaaaaaaaa'),
    [`${OTHER} eu-central-1`],
  ],
  ['nothing, where the organization stays', ofOrganization('o-aaaaaaaaaa'), ofOrganization('o-aaaaaaaaaa'), []],
  [
    'every account of the organization before, where it names another',
    ofOrganization('o-aaaaaaaaaa'),
    ofOrganization('o-bbbbbbbbbb'),
    [`${OTHER} eu-central-1`],
  ],
  [
    'nothing, where an account that was listed may be one of the organization',
    { accounts: [LISTED, OTHER], organizationId: 'o-aaaaaaaaaa' },
    ofOrganization('o-aaaaaaaaaa'),
    [],
  ],
  [
    'the account that it lists now, which may not have been one of the organization',
    ofOrganization('o-aaaaaaaaaa'),
    { accounts: [LISTED, OTHER], organizationId: 'o-aaaaaaaaaa' },
    [`${OTHER} eu-central-1`],
  ],
])('what comes into a Fleet is looked at anew: %s', async (_, before, after, expected) => {
  const { table, apply, unseen } = await looked();
  await apply(before);
  await lookAgain(table);
  await apply(after);
  expect(await unseen()).toEqual(expected);
});

test.each<[string, string | undefined, object]>([
  ['goes by the one whose accounts were listed last', 'o-aaaaaaaaaa', { listedOrganization: 'o-aaaaaaaaaa' }],
  ['goes by none where none was listed', undefined, {}],
])('a Fleet that names an organization %s', async (_, organization, expected) => {
  const { table, apply } = await looked(organization);
  await apply(ofOrganization('o-aaaaaaaaaa'));
  const stored = (await load(table, Configs, 'Fleet', FLEET))?.data;
  expect({ listedOrganization: stored?.listedOrganization }).toEqual({ listedOrganization: undefined, ...expected });
});

test('what a new rule of labels names in a fleet that is too large for one answer follows at the next discovery', async () => {
  const table = new MemoryTable();
  let seconds = 0;
  const clock = {
    now() {
      // Each look at the clock takes a second.
      seconds += 1;
      return new Date(NOON.getTime() + seconds * 1_000);
    },
  };
  const ports = { table, clock, events: { publish: async () => {} } };
  const apply = (labels: object) =>
    applyDocuments(ports, [fleet({ accounts: [LISTED], labels })], 'ann', { dryRun: false });
  await apply({ fromTags: {} });
  const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
  for (const name of names)
    await table.transact([put(Clusters, clusterRecord({ name, tags: { stage: 'dev' }, labels: {} }), 'absent')]);
  await apply({ fromTags: { stage: 'stage' } });
  const labels = (await loadKind(table, Clusters)).filter((one) => one.labels.stage === 'dev');
  expect(labels.length).toBeGreaterThan(0);
  expect(labels.length).toBeLessThan(names.length);
});
