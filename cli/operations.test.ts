import { Accounts, Clusters, Upgrades } from '../core/store/entities.ts';
import { loadKind, put } from '../core/store/entity.ts';
import { type Ran, type RunOptions, runInProcess } from '../test/material/cli/run-in-process.ts';
import { FLEET_YAML, LOCAL_OPERATOR, servedWorld } from '../test/material/cli/served-world.ts';
import { upgrade } from '../test/material/protocol/one-upgrade.ts';
import { EXIT } from './command/failure.ts';

type World = Awaited<ReturnType<typeof servedWorld>>;

/** Every run prints one JSON document and nothing else on stdout. */
async function json<Document>(world: World, line: string, options: RunOptions = {}): Promise<Document> {
  const ran = await run(world, `${line} -o json`, options);
  expect([line, ran.code, ran.err.includes('liftlock:')]).toEqual([line, 0, false]);
  return JSON.parse(ran.out) as Document;
}
const run = (world: World, line: string, options: RunOptions = {}): Promise<Ran> =>
  runInProcess(line.split(' '), { url: world.url, ...options });

async function withWorld(act: (world: World) => Promise<void>): Promise<void> {
  const world = await servedWorld();
  try {
    await act(world);
  } finally {
    await world.close();
  }
}

interface Rollout {
  readonly id: string;
  readonly status: string;
}

test('a rollout is created, paused by two, resumed and aborted for good, each by a person whom the audit names', async () => {
  await withWorld(async (served) => {
    const { id } = await json<Rollout>(served, 'rollout create standard');
    const busy = await run(served, 'rollout create standard');
    expect([busy.code, busy.err]).toEqual([1, expect.stringContaining('one at a time')]);
    const dry = await run(served, 'rollout create standard --dry-run');
    expect([dry.code, dry.err]).toEqual([
      3,
      `Nothing was created, and nothing would be now. The rollout ${id} of the policy standard is Running: another one is created when it has ended.\n`,
    ]);
    expect((await json<Rollout>(served, `rollout pause ${id} --reason lunch`)).status).toBe('Paused');
    const twice = await run(served, `rollout pause ${id} --reason audit`);
    expect([twice.code, twice.out]).toEqual([
      0,
      `rollout/${id} is Paused, as it was: the pause by ${LOCAL_OPERATOR}: lunch. Yours stands beside that. One resume lifts them all.\n`,
    ]);
    expect((await run(served, `rollout pause ${id} --reason audit`)).out).toMatch(
      /: audit\. One resume lifts them all/,
    );
    expect((await run(served, `rollout resume ${id}`)).out).toBe(
      `rollout/${id} is Running. No more in force: the pause by ${LOCAL_OPERATOR}: lunch; the pause by ${LOCAL_OPERATOR}: audit\n`,
    );
    // A reason with its full stop gets no other one where more follows.
    await run(served, `rollout pause ${id} --reason Lunch.`);
    await run(served, 'fleet stop --reason drill');
    expect((await run(served, `rollout resume ${id}`)).out).toBe(
      `rollout/${id} is Running. No more in force: the pause by ${LOCAL_OPERATOR}: Lunch. Nothing of it goes on meanwhile: The fleet was stopped by ${LOCAL_OPERATOR}: drill.\n`,
    );
    await run(served, 'fleet resume');
    expect((await json<Rollout>(served, `rollout abort ${id} --reason enough`)).status).toBe('Aborted');
    expect((await run(served, `rollout resume ${id}`)).code).toBe(1);
    expect((await run(served, `rollout abort ${id}`)).code).toBe(1);
    const { items } = await json<{ items: { event: string; principal: string }[] }>(served, `audit show rollout/${id}`);
    expect((await json<{ items: unknown[] }>(served, `audit show rollout ${id}`)).items).toEqual(items);
    expect(items.map(({ event, principal }) => `${event} ${principal}`)).toEqual(
      [
        ...['RolloutPlanned', 'RolloutCreated', 'RolloutPaused', 'RolloutPaused'],
        ...['RolloutResumed', 'RolloutPaused', 'RolloutResumed', 'RolloutAborted'],
      ].map((event) => `${event} ${LOCAL_OPERATOR}`),
    );
  });
});

test('no upgrade that runs is told from none that ever was, and of one that runs what its step waits for', async () => {
  await withWorld(async (served) => {
    const said = async (line: string) => (await run(served, line)).err;
    expect(await said('get upgrades')).toBe('No upgrade runs or waits, and none ever has.\n');
    const [cluster] = await loadKind(served.world.table, Clusters);
    if (cluster === undefined) throw new Error('nothing was discovered');
    const reasons = [{ code: 'DrainBudget' as const, message: 'Pod shop/api is in the way.' }];
    const steps = { 'drain-nodes/legacy': { status: 'running' as const, startedAt: '2026-11-20T08:00:00Z', reasons } };
    const running = upgrade({ clusterKey: cluster.clusterKey, status: 'Running', steps });
    await served.world.table.transact([put(Upgrades, running, 'absent')]);
    expect((await run(served, 'get upgrades')).out).toMatch(
      /Running.*drain-nodes\/legacy.*Pod shop\/api is in the way/,
    );
    // Under a stop the list says what explain says, in its words.
    await run(served, 'fleet stop --reason fire');
    const stopped = 'The fleet was stopped by .*: fire\\.';
    const parks = 'It runs now, and parks at its next change\\.';
    expect((await run(served, 'get upgrades')).out).toMatch(new RegExp(`Running.*${stopped} ${parks}`));
    const explained = (await run(served, `explain cluster ${cluster.name}`)).out.replace(/\s+/g, ' ');
    expect(explained).toMatch(new RegExp(`FleetStopped ?:? ${stopped}.*${parks}`));
    await run(served, 'fleet resume');
    const ended = upgrade({ clusterKey: cluster.clusterKey, status: 'Succeeded' });
    await served.world.table.transact([put(Upgrades, ended, 'any')]);
    expect(await said('get upgrades')).toBe('No upgrade runs or waits; 1 has ended: liftlock get upgrades --all\n');
    expect((await run(served, 'get upgrades --all')).out).toMatch(/Succeeded/);
    expect(await said('get rollouts')).toBe('No rollouts found.\n');
  });
});

test.each(['act', 'observe'])(
  '--dry-run ends with 3 where nothing would be created now, in mode %s too',
  async (mode) => {
    await withWorld(async (served) => {
      const applied = async (target: string) => {
        const stdin = FLEET_YAML.replace('mode: act', `mode: ${mode}`).replace('target: "1.37"', `target: "${target}"`);
        expect((await run(served, 'apply -f -', { stdin })).code).toBe(0);
        return run(served, 'rollout create standard --dry-run');
      };
      const [nobody, all] = [await applied('1.35'), await applied('1.36')];
      expect([nobody.code, nobody.out, nobody.err]).toEqual([
        3,
        '',
        expect.stringContaining('No cluster of the policy'),
      ]);
      const [code, said] = mode === 'act' ? [0, 'this is what would be planned'] : [3, 'mode "observe"'];
      expect([all.code, all.out, all.err]).toEqual([
        code,
        expect.stringContaining('shop'),
        expect.stringContaining(said),
      ]);
      // A real request fails.
      await applied('1.35');
      expect((await run(served, 'rollout create standard')).code).toBe(1);
    });
  },
);

test('a rollout is not planned while discovery is under way, unless a person says so', async () => {
  await withWorld(async (served) => {
    const { table } = served.world;
    const [known] = await loadKind(table, Accounts);
    if (known === undefined) throw new Error('nothing was discovered');
    const listed = { clusters: 9, names: ['blog', 'shop', 'web'], checkedAt: served.world.clock.now().toISOString() };
    await table.transact([put(Accounts, { ...known, ...listed }, 'any')]);
    for (const dryRun of ['', ' --dry-run']) {
      const refused = await run(served, `rollout create standard${dryRun}`);
      expect([refused.code, refused.out]).toEqual([EXIT.blocked, '']);
      expect(refused.err).toContain('Still to come: blog');
      expect(refused.err).toContain('--incomplete-inventory');
    }
    const planned = await run(served, 'rollout create standard --dry-run --incomplete-inventory');
    expect([planned.code, planned.out]).toEqual([0, expect.stringContaining('PlannedIncomplete')]);
    const { id } = await json<Rollout>(served, 'rollout create standard --incomplete-inventory');
    expect((await run(served, `describe rollout ${id}`)).out).toContain('PlannedIncomplete');
  });
});

test('glass that a second person has yet to break is told as closed by describe, of a cluster and of a wave', async () => {
  await withWorld(async (served) => {
    const policy = `${FLEET_YAML}  breakGlass: { fourEyes: true }\n`;
    expect((await run(served, 'apply -f -', { stdin: policy })).code).toBe(0);
    const { id } = await json<Rollout>(served, 'rollout create standard');
    for (const [broken, described] of [
      ['cluster shop', 'cluster shop'],
      [`wave ${id} dev`, `rollout ${id}`],
    ]) {
      await runInProcess(['break-glass', ...(broken ?? '').split(' '), '--reason', 'incident'], { url: served.url });
      expect((await run(served, `describe ${described}`)).out).toMatch(
        /Break-glass: +asked for by .*, 1 of 2 people; not open yet, and at most until .*: incident/,
      );
      const again = ['break-glass', ...(broken ?? '').split(' '), '--reason', 'another', '--for', '9h'];
      expect((await runInProcess(again, { url: served.url })).out).toMatch(
        /until 2026-11-20T09:.* another one has to run the same command\. .* its time and reason stand: incident\. For another .* end it first \(--end\)/,
      );
    }
  });
});

test('the plan that approve prints is one that --plan takes', async () => {
  await withWorld(async (served) => {
    const approval = 'approval: { before: true, approvals: 1, fourEyes: false, expiresAfter: 24h }';
    const stdin = FLEET_YAML.replace('name: dev,', `name: dev, ${approval},`);
    expect((await run(served, 'apply -f -', { stdin })).code).toBe(0);
    const { id } = await json<Rollout>(served, 'rollout create standard');
    const { out } = await run(served, `approve ${id} dev`);
    const plan = /, plan (\w+) of 1 cluster; its first cluster has to start before 2026-\S+Z \(expiresAfter\)$/m.exec(
      out,
    )?.[1];
    expect((await run(served, `describe rollout ${id}`)).out).toContain(`Plan: ${plan},`);
    const again = await run(served, `approve ${id} dev --plan ${plan}`);
    expect([again.code, again.err]).toEqual([0, '']);
  });
});

test('one approval where two are asked for says that another is lacking', async () => {
  await withWorld(async (served) => {
    const stdin = FLEET_YAML.replace('name: dev,', 'name: dev, approval: { approvals: 2 },');
    expect((await run(served, 'apply -f -', { stdin })).code).toBe(0);
    const { id } = await json<Rollout>(served, 'rollout create standard');
    const lacking = `of 1 cluster. The wave dev has 1 of 2 approvals. Another person runs: liftlock approve ${id} dev\n`;
    expect((await run(served, `approve ${id} dev`)).out).toContain(lacking);
  });
});

test('who created a rollout takes back by approve what they have rejected, and approves nothing by that', async () => {
  await withWorld(async (served) => {
    const stdin = FLEET_YAML.replace('name: dev,', 'name: dev, approval: { fourEyes: true },');
    expect((await run(served, 'apply -f -', { stdin })).code).toBe(0);
    const { id } = await json<Rollout>(served, 'rollout create standard');
    expect((await run(served, `approve ${id} dev`)).code).not.toBe(0);
    expect((await run(served, `reject ${id} dev --reason later`)).out).toContain(': Rejected by ');
    const { code, out } = await run(served, `approve ${id} dev`);
    expect([code, out]).toEqual([
      0,
      `wave dev of ${id}: your rejection is taken back. Others have to approve it (fourEyes). The wave dev has 0 of 1 approvals. Another person runs: liftlock approve ${id} dev\n`,
    ]);
    expect((await run(served, `describe rollout ${id}`)).out).not.toContain('Rejected');
    expect((await run(served, `approve ${id} dev`)).code).not.toBe(0);
  });
});

interface Explained {
  readonly state: string;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly when: { readonly condition: string | null };
  readonly hops: readonly string[];
}

test('explain tells the one thing that is in the way, and when that changes', async () => {
  await withWorld(async (served) => {
    const explain = (name: string) => json<Explained>(served, `explain cluster ${name}`);
    const codes = async (name: string) => (await explain(name)).reasons.map(({ code }) => code);
    expect(await explain('web')).toMatchObject({
      state: 'Behind',
      reasons: [{ code: 'ManualTrigger' }],
      when: { condition: 'Somebody runs: liftlock rollout create standard' },
      hops: ['1.36', '1.37'],
    });
    expect(await codes('111111111111.eu-central-1.twin')).toEqual(['Excluded']);
    expect(await codes('arn:aws:eks:us-east-1:111111111111:cluster/twin')).toEqual(['AtTarget', 'Pinned']);
    const { id } = await json<Rollout>(served, 'rollout create standard');
    expect((await explain('shop')).reasons.map(({ code }) => code)).toEqual(['EarlierWave']);
    await run(served, 'fleet stop --reason incident');
    expect(await codes('web')).toContain('FleetStopped');
    await run(served, 'fleet resume');
    await run(served, `rollout pause ${id}`);
    expect(await codes('web')).toContain('RolloutPaused');
    await run(served, `rollout resume ${id}`);
    await served.world.tick();
    expect(await explain('web')).toMatchObject({ state: 'Upgrading' });
  });
});

test('an approved upgrade runs the real machine, and the record says who asked', async () => {
  await withWorld(async (served) => {
    const plan = await json<{ status: string; execution: string }>(served, 'upgrade cluster web --to 1.36 --approve');
    expect(plan.status).toBe('Started');
    await served.world.clock.runUntil(new Date(served.world.clock.now().getTime() + 5 * 60_000));
    const { items } = await json<{ items: { event: string; principal: string; detail: { holder?: string } }[] }>(
      served,
      'audit show cluster/web',
    );
    const asked = items.find(({ event }) => event === 'UpgradeRequested');
    expect(asked?.principal).toBe(LOCAL_OPERATOR);
    expect(items.find(({ event }) => event === 'Granted')?.detail.holder).toBe(plan.execution);
    const again = await run(served, 'upgrade cluster web --to 1.36 --approve');
    expect([again.code, again.out]).toEqual([6, expect.stringContaining('GrantBusy')]);
  });
});

test('applied config is what is in force; what is invalid changes nothing', async () => {
  await withWorld(async (served) => {
    const act = { stdin: FLEET_YAML.replace('mode: act', 'mode: observe') };
    const { items } = await json<{ items: { change: string }[] }>(served, 'apply -f -', act);
    expect(items.map(({ change }) => change)).toEqual(['changed', 'unchanged']);
    const said = 'fleet/test changed (dry run): spec.mode\nupgradepolicy/standard unchanged (dry run)\n';
    expect((await run(served, 'apply -f - --dry-run', { stdin: FLEET_YAML })).out).toBe(said);
    expect(await json(served, 'fleet status')).toMatchObject({ mode: 'observe', appliedBy: LOCAL_OPERATOR });
    const refused = await run(served, 'rollout create standard');
    expect([refused.code, refused.err]).toEqual([6, expect.stringContaining('observe')]);
    const invalid = await run(served, 'apply -f -', { stdin: FLEET_YAML.replace('regions:', 'regoins:') });
    expect([invalid.code, invalid.err]).toEqual([
      2,
      expect.stringMatching(/^<stdin>:7:3: error: .*Did you mean regions\?/m),
    ]);
    const overlap = `${FLEET_YAML.split('---')[1]}`.replace('name: standard', 'name: second');
    const warned = await run(served, 'apply -f -', { stdin: overlap });
    expect([warned.code, warned.err]).toEqual([
      0,
      expect.stringContaining('a cluster with two policies is left alone'),
    ]);
  });
});

test('get clusters, describe and explain say the same word of every cluster, whatever becomes of it', async () => {
  await withWorld(async (served) => {
    const words = async () => {
      const { clusters } = await json<{ clusters: { arn: string; state: string }[] }>(served, 'get clusters');
      for (const { arn, state } of clusters) {
        for (const verb of ['explain', 'describe'])
          expect([arn, verb, (await json<Explained>(served, `${verb} cluster ${arn}`)).state]).toEqual([
            arn,
            verb,
            state,
          ]);
      }
      return new Set(clusters.map(({ state }) => state));
    };
    expect(await words()).toContain('Behind');
    const { id } = await json<Rollout>(served, 'rollout create standard');
    expect(await words()).toContain('Waiting');
    await run(served, `skip cluster shop --reason later`);
    expect(await words()).toContain('Excluded');
    await run(served, `rollout abort ${id} --reason over`);
    await words();
  });
});
