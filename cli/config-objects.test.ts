import { runInProcess } from '../test/material/cli/run-in-process.ts';
import { FLEET_YAML, LOCAL_OPERATOR, servedWorld } from '../test/material/cli/served-world.ts';

const CALENDAR = `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: nights }
spec: { windows: [{ name: nights, schedule: "0 22 * * *", duration: 6h }] }
`;
const CHANNELS = `apiVersion: liftlock/v1alpha1
kind: Channel
metadata: { name: stable }
spec: { target: latest-2 }
---
apiVersion: liftlock/v1alpha1
kind: Channel
metadata: { name: bank }
spec: { target: latest-3, minimumAge: 60d }
`;

test('calendars and channels are applied, listed with what uses them, and shown by describe and explain', async () => {
  const served = await servedWorld();
  const run = async (line: string, stdin = '') => {
    const ran = await runInProcess(line.split(' '), { url: served.url, stdin });
    expect([line, ran.code, ran.err.includes('liftlock:')]).toEqual([line, 0, false]);
    return ran.out;
  };
  try {
    await run('apply -f -', [CALENDAR, CHANNELS].join('---\n'));
    const [, policy = ''] = FLEET_YAML.split(/^---$/m);
    const order = 'order: [cost, { label: tier, values: [test, bank] }, { label: team }]';
    const waves = `${order}\n  waves: [{ name: main, calendar: nights, soak: 2h, mayOverrun: true, requireReady: 24h, rollNodes: whenSkewRequires, onUndecided: pass }]`;
    await run('apply -f -', policy.replace(/target: .*/, 'target: { channel: bank }').replace(/waves:[\s\S]*/, waves));

    const calendars = await run('get calendars');
    expect(calendars).toMatch(/^NAME +TIME-ZONE +WINDOWS +FREEZES +USED-BY +TAGGED +APPLIED\n/);
    expect(calendars).toMatch(/\nnights +UTC +nights +- +standard\/main +0 /);
    const channels = await run('get channels');
    expect(channels).toMatch(/\nrapid +latest +- +built-in +- /);
    expect(channels).toMatch(/\nstable +latest-2 +- +replaced +- /);
    expect(channels).toMatch(/\nbank +latest-3 +60d +applied +standard /);
    expect(await run('get channels bank -o json')).toContain('"minimumAge": "60d"');

    const policyText = await run('describe policy standard');
    expect(policyText).toContain('channel bank');
    expect(policyText).toMatch(/Order: +cost, label tier \(test, bank\), label team\n/);
    expect(policyText).toContain(
      '1. main: 1 at once, 0 may fail, calendar nights, soak 2h, opens once all are ready by looks of the last 24h, nodes follow when skew requires, may overrun its window, passes undecided',
    );
    expect(policyText).toContain('wave main: at worst 1 cluster fails before nothing more starts.');

    const explained = await run('explain cluster web');
    expect(explained).toMatch(/Calendars: +nights\n/);
    expect(explained).toContain('standard is the only policy that selects it');
    expect(explained).toContain('The wave main goes by nights.');
    const missing = await runInProcess(['describe', 'policy', 'nope'], { url: served.url });
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('there is no policy nope')]);
  } finally {
    await served.close();
  }
});

test('waivers are listed with what they cover and until when, what ends first at the top, and say when that is over', async () => {
  const waiver = (name: string, expires: string) => `apiVersion: liftlock/v1alpha1
kind: ScanWaiver
metadata: { name: ${name} }
spec:
  match: { rule: DrainStuck, namespace: "shop-*" }
  reason: the new chart comes in spring
  owner: team-shop
  expires: ${expires}
`;
  const served = await servedWorld();
  const run = async (line: string, stdin = '') =>
    (await runInProcess(line.split(' '), { url: served.url, stdin })).out.trim();
  try {
    await run('apply -f -', [waiver('long', '2026-12-31'), waiver('over', '2026-11-19')].join('---\n'));
    const [headers, ...rows] = (await run('get waivers -o wide')).split('\n');
    expect(headers).toMatch(/^NAME +COVERS +UNTIL +ENDED +OWNER +APPLIED +BY +REASON$/);
    const covers = 'rule=DrainStuck,namespace=shop-\\*';
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^over +${covers} .* yes +team-shop `)),
      expect.stringMatching(new RegExp(`^long +${covers} .* no +team-shop .* the new chart comes in spring$`)),
    ]);
    expect(await run('get waivers -o name')).toBe('waivers/over\nwaivers/long');
    await run('delete waiver over');
    expect(await run('get waivers -o name')).toBe('waivers/long');
  } finally {
    await served.close();
  }
});

test('what nobody needs any more is deleted, and what is in use is not', async () => {
  const served = await servedWorld();
  const run = (line: string, stdin = '') => runInProcess(line.split(' '), { url: served.url, stdin });
  try {
    await run('apply -f -', CALENDAR);
    const { code, out, err } = await run('delete calendar nights --reason unused');
    expect([code, out, err]).toEqual([0, 'calendar/nights deleted\n', '']);
    const again = await run('delete calendar nights');
    expect([again.code, again.err]).toEqual([1, 'liftlock: There is no Calendar nights. None is applied.\n']);
    expect((await run('get calendars -o name')).out).toBe('');
    const policy = await run('delete policy standard --reason renamed');
    expect([policy.code, policy.err]).toEqual([
      0,
      'No policy selects shop, 111111111111.eu-central-1.twin, web, 111111111111.us-east-1.twin any more: no rollout upgrades what no policy selects.\n',
    ]);
    const deleted = `was deleted by ${LOCAL_OPERATOR} at [-0-9T:.]+Z: renamed`;
    const flat = async (line: string) => {
      const { out, err } = await run(line);
      return `${out}${err}`.replace(/\s+/g, ' ');
    };
    const selected = new RegExp(`No UpgradePolicy is applied\\. The policy standard, which selected it, ${deleted}\\.`);
    expect(await flat('explain cluster web')).toMatch(selected);
    for (const line of ['describe policy standard', 'get policies standard'])
      expect(await flat(line)).toMatch(new RegExp(`there is no policy standard any more: it ${deleted} $`));
    expect(await flat('get policies other')).toContain('there is no other among the policies');
    const fleet = await run('delete fleet main --reason unused');
    expect([fleet.code, fleet.err]).toEqual([2, expect.stringContaining('the Fleet is never deleted')]);
    const cluster = await run('delete cluster web');
    expect([cluster.code, cluster.err]).toEqual([
      2,
      expect.stringContaining('there are policies, calendars, channels, waivers'),
    ]);
  } finally {
    await served.close();
  }
});
