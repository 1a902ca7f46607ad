import fc from 'fast-check';
import { fleetSchema } from '../config/schema/fleet.ts';
import { capKeys, capLimit, capRefusals, recount } from './caps.ts';

const fleet = (caps: object, fromTags: Record<string, string> = {}) =>
  fleetSchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Fleet',
    metadata: { name: 'f' },
    spec: {
      accounts: ['111111111111'],
      regions: ['eu-central-1'],
      spokeRole: { externalId: 'xx' },
      caps,
      labels: { fromTags },
    },
  }).spec;
const web = { account: '111111111111', region: 'eu-central-1', labels: { team: 'shop' } };

describe('cap keys', () => {
  test.each([
    ['the policy', fleet({ total: 9 }), { caps: { perLabel: { stage: 2 } } }],
    ['the Fleet', fleet({ total: 9, perLabel: { stage: 2 } }), undefined],
  ])(
    'a label that no tag gives, capped by %s, counts everybody as one value, who runs already too',
    (_, spec, policy) => {
      const keys = capKeys(web, spec);
      expect(keys.slice(3)).toEqual([]);
      const once = recount({}, keys, 1);
      expect(capRefusals(once, keys, spec, policy)).toEqual([]);
      const refused = capRefusals(recount(once, keys, 1), keys, spec, policy);
      expect(refused.map(({ message }) => message)).toEqual([
        '2 of at most 2 upgrades run under the cap perLabel of a label that no tag gives.',
      ]);
      const given = { ...spec, labels: { fromTags: { stage: 'stage' } } };
      expect(capLimit('total', given, policy)).toBe(9);
    },
  );

  test('tell labels apart of which one begins like the other, or like its value', () => {
    const spec = fleet({ perLabel: { team: 5, 'team/db': 1 } }, { team: 'team', 'team/db': 'db' });
    const keysOf = (labels: Record<string, string>) => capKeys({ ...web, labels }, spec).slice(3);
    const keys = keysOf({ team: 'a', 'team/db': 'x' });
    expect(keys.map((key) => capLimit(key, spec))).toEqual([5, 1]);
    expect(new Set(keysOf({ team: 'db/x', 'team/db': 'x' })).size).toBe(2);
  });

  test('count every label there is, so that a cap set later finds the counts right', () => {
    expect(capKeys(web, fleet({}, { team: 'team', stage: 'stage' }))).toEqual([
      'total',
      'account/111111111111',
      'region/eu-central-1',
      'label/stage/',
      'label/team/shop',
    ]);
  });

  test('a missing label is one value of its own', () => {
    const spec = fleet({ perLabel: { stage: 1 } }, { stage: 'stage' });
    expect(capRefusals({ 'label/stage/': 1 }, capKeys(web, spec), spec).map((reason) => reason.code)).toEqual([
      'CapReached',
    ]);
  });

  test.each([
    ['total', 5],
    ['account/111111111111', 2],
    ['region/eu-central-1', 3],
    ['label/team/shop', 1],
    ['label/example.com%2Fowner/a/b', 4],
    ['label/stage/dev', undefined],
  ])('%s is limited to %s', (key, limit) => {
    expect(
      capLimit(
        key,
        fleet(
          { total: 5, perAccount: 2, perRegion: 3, perLabel: { team: 1, 'example.com/owner': 4 } },
          { team: 'team', 'example.com/owner': 'owner' },
        ),
      ),
    ).toBe(limit);
  });
});

describe('the keys of a cluster', () => {
  const frozen = () => Object.freeze({ ...web });
  const frozenFleet = () => Object.freeze(fleet({}));

  test('are worked out once where neither it nor the Fleet can change', () => {
    const [cluster, spec] = [frozen(), frozenFleet()];
    expect(capKeys(cluster, spec)).toBe(capKeys(cluster, spec));
  });

  test('are those of the Fleet that is asked about', () => {
    const [cluster, spec] = [frozen(), frozenFleet()];
    expect(capKeys(cluster, spec)).toHaveLength(3);
    expect(capKeys(cluster, fleet({}, { stage: 'stage' }))).toContain('label/stage/');
  });

  test.each([
    ['the cluster', { ...web }, frozenFleet()],
    ['the Fleet', frozen(), fleet({})],
  ])('follow %s where it can still change', (_, cluster, spec) => {
    expect(capKeys(cluster, spec)).not.toBe(capKeys(cluster, spec));
  });
});

test.each([
  ['tightens the Fleet', { perAccount: 5 }, { perAccount: 2 }, 'account/111111111111', 2],
  ['never loosens it', { perAccount: 2 }, { perAccount: 5 }, 'account/111111111111', 2],
  ['limits what the Fleet does not', {}, { perLabel: { team: 1 } }, 'label/team/shop', 1],
  ['leaves alone what it does not name', { total: 4 }, {}, 'total', 4],
])('a policy %s', (_, ofFleet, ofPolicy, key, limit) => {
  const policy = { caps: ofPolicy };
  expect(capLimit(key, fleet(ofFleet), policy)).toBe(limit);
  expect(capRefusals({ [key]: limit }, [key], fleet(ofFleet), policy)).toHaveLength(1);
  expect(capRefusals({ [key]: limit - 1 }, [key], fleet(ofFleet), policy)).toHaveLength(0);
});

test('counting up and down in any order ends where it began, and no count is ever negative', () => {
  const key = fc.constantFrom('total', 'account/1', 'region/a', 'label/team/x');
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(key, { minLength: 1 }), { maxLength: 20 }), (grants) => {
      const up = grants.reduce((counts, keys) => recount(counts, keys, 1), {} as Record<string, number>);
      const down = [...grants].reverse().reduce((counts, keys) => recount(counts, keys, -1), up);
      expect(down).toEqual({});
      expect(recount({}, ['total'], -1)).toEqual({});
    }),
  );
});
