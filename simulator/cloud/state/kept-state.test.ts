import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import { CloudTime } from '../cloud-time.ts';
import { Buckets } from '../objects/buckets.ts';
import { Queues } from '../queues/queues.ts';
import { TableStreams } from '../streams/table-streams.ts';
import { KeptState } from './kept-state.ts';
import { isAlive, noteRunning, runningClouds } from './running-clouds.ts';
import { noState, openStateStore } from './state-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-state-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the store', () => {
  it('puts, gets, replaces and deletes, also over an end', () => {
    const store = openStateStore(join(folder, 'made'));
    store.put('a', { deep: ['ü', 1, null] });
    store.put('b', 1);
    store.put('b', 2);
    store.delete('c');
    store.put('d', 1);
    store.delete('d');
    store.close();
    const again = openStateStore(join(folder, 'made'));
    expect([again.get('a'), again.get('b'), again.get('c'), again.get('d')]).toEqual([
      { deep: ['ü', 1, null] },
      2,
      undefined,
      undefined,
    ]);
    again.close();
  });

  it('gives what begins alike, in order, and nothing else', () => {
    const store = openStateStore(folder);
    for (const key of ['b/2', 'b/10', 'b/1', 'b', 'ba', 'a/1', 'c', 'b/ü']) store.put(key, key);
    expect(store.withPrefix('b/').map(([key]) => key)).toEqual(['b/1', 'b/10', 'b/2', 'b/ü']);
    expect(store.withPrefix('x')).toEqual([]);
    store.close();
  });

  it('lets nobody in beside its first opener, and says what to do', () => {
    const store = openStateStore(folder);
    store.put('a', 1);
    expect(() => openStateStore(folder)).toThrow(
      /^The state in .* cannot be opened: .*locked.* Another local cloud uses it: end that one \(liftlock local down\), or name another folder\.$/,
    );
    expect(store.get('a')).toBe(1);
    store.close();
    openStateStore(folder).close();
  });

  // Node's own mkdir with `recursive` never returns from there.
  it('says at once of a folder that cannot be made that it cannot', () => {
    expect(() => openStateStore('/proc/x/y')).toThrow(/^The state in \/proc\/x\/y cannot be opened: .* Name a folder /);
  });

  it('lets another process in no more than its own', () => {
    const store = openStateStore(folder);
    const code = `import { openStateStore } from ${JSON.stringify(new URL('./state-store.ts', import.meta.url).href)};
      try { openStateStore(${JSON.stringify(folder)}); console.log('opened'); } catch (error) { console.log(error.message); }`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(said).toMatch(/Another local cloud uses it/);
    store.close();
  });

  it('says so when the folder holds something else', () => {
    writeFileSync(join(folder, 'state.sqlite'), 'no database at all, but long enough to be read as one'.repeat(100));
    expect(() => openStateStore(folder)).toThrow(/cannot be opened: .* Name a folder that is empty, or/);
    expect(() => openStateStore(join(folder, 'state.sqlite'))).toThrow(/cannot be opened: .* Name a folder that is/);
    const other = join(folder, 'other');
    mkdirSync(join(other, 'state.sqlite'), { recursive: true });
    expect(() => openStateStore(other)).toThrow(/cannot be opened: .* Name a folder that is/);
  });

  it('may keep nothing', () => {
    noState.put('a', 1);
    expect([noState.get('a'), noState.withPrefix('')]).toEqual([undefined, []]);
  });
});

describe('what outlives a start', () => {
  it('is nothing of one that did not get to its end', () => {
    const first = new KeptState(folder);
    first.world.keepClock(5);
    mkdirSync(first.tables ?? '', { recursive: true });
    writeFileSync(join(first.tables ?? '', 'x'), 'left');
    first.close();
    const second = new KeptState(folder);
    expect([second.isContinued, second.world.clock(), second.life]).toEqual([false, undefined, 0]);
    expect(existsSync(join(folder, 'dynamodb'))).toBe(false);
    second.close();
  });

  it('is nothing of what another one uses', () => {
    const first = new KeptState(folder);
    first.world.keepClock(5);
    expect(() => new KeptState(folder)).toThrow('Another local cloud uses it');
    first.complete('');
    first.close();
    const second = new KeptState(folder);
    expect(second.world.clock()).toEqual(new Date(5));
    second.close();
  });

  it('counts its lives', () => {
    for (const life of [0, 1, 2]) {
      const kept = new KeptState(folder);
      expect([kept.life, kept.isContinued]).toEqual([life, life > 0]);
      kept.complete('');
      kept.close();
    }
  });

  it('has virtual time again, as it was last shown', async () => {
    const kept = new KeptState(folder);
    const time = new CloudTime(new VirtualClock({ start: new Date(1_000) }), (now) => kept.world.keepClock(now));
    time.after(60, async () => {});
    await time.clock.runUntilIdle();
    kept.complete('');
    kept.close();
    const again = new KeptState(folder);
    expect(again.world.clock()).toEqual(new Date(61_000));
    again.close();
  });

  it('has messages again, each as far as it was', () => {
    const options = { url: 'http://x', visibilitySeconds: 30, delaySeconds: 0, retentionSeconds: 600 };
    const start = () => {
      const kept = new KeptState(folder);
      let ids = 0;
      const queues = new Queues(
        () => 0,
        () => `m${++ids}`,
      );
      queues.onChange = (queue) => kept.world.keepQueue(queue);
      const [a, b] = ['a', 'b'].map((arn) => queues.add({ ...options, arn }));
      if (a === undefined || b === undefined) throw new Error('no queues');
      for (const queue of [a, b]) queue.restore(kept.world.messagesOf(queue.options.arn));
      kept.complete('');
      return { kept, a, b };
    };
    const first = start();
    first.a.send('1', 'sender');
    first.a.send('2', 'sender');
    first.b.send('3', 'sender');
    first.a.receive(1);
    first.b.purge();
    first.kept.close();
    const second = start();
    expect(second.b.messages).toEqual([]);
    expect(second.a.messages).toEqual(first.a.messages);
    expect(second.a.receive(10).map(({ body }) => body)).toEqual(['2']);
    second.kept.close();
  });

  it('has objects again with their versions, and what nobody took of a stream', () => {
    const start = () => {
      const kept = new KeptState(folder);
      const buckets = new Buckets();
      kept.world.keepObjects(buckets);
      const stream = new TableStreams().add({ arn: 'arn', table: 't', region: 'r', keys: ['id'] });
      kept.world.keepStream(stream);
      kept.complete('');
      return { kept, buckets, stream };
    };
    const first = start();
    for (const text of ['1', '2'])
      first.buckets.put('b', 'audit/a', { body: Buffer.from(text), contentType: 'text/plain', at: 0 });
    for (const N of ['1', '2']) first.stream.append(undefined, { id: { N } }, 0);
    first.stream.take(1);
    first.kept.close();
    const second = start();
    expect(second.buckets.versionsOf('b', 'audit/a')).toEqual(first.buckets.versionsOf('b', 'audit/a'));
    expect(second.buckets.versionsOf('b', 'audit/a')).toHaveLength(2);
    expect(second.stream.records).toEqual(first.stream.records);
    second.kept.close();
  });

  it('has executions again, with their history', () => {
    const arn = 'arn:execution:a';
    const record = (status: string, events: number) =>
      ({
        stateMachineArn: 'm',
        execution: {
          arn,
          status,
          startDate: '2031-05-06',
          history: Array.from({ length: events }, (_, id) => ({ id })),
        },
      }) as never;
    const kept = new KeptState(folder);
    expect(kept.executions.load()).toBeUndefined();
    kept.executions.keepMachines([{ arn: 'm' }] as never);
    kept.executions.keep(record('RUNNING', 2));
    kept.executions.keep(record('SUCCEEDED', 12));
    kept.executions.keep({ execution: { arn: `${arn}b`, startDate: '2031-05-07', history: [{ id: 99 }] } } as never);
    kept.complete('');
    kept.close();
    const again = new KeptState(folder);
    const loaded = again.executions.load();
    expect(loaded?.machines).toEqual([{ arn: 'm' }]);
    const executions = loaded?.executions.map(({ execution }) => execution);
    expect(executions?.map(({ history }) => history.length)).toEqual([12, 1]);
    expect(executions?.[0]).toMatchObject({
      arn,
      status: 'SUCCEEDED',
      history: (record('x', 12) as { execution: { history: object[] } }).execution.history,
    });
    // A continued run writes behind the existing events, and nothing twice.
    again.executions.keep(record('SUCCEEDED', 13));
    again.close();
    const third = new KeptState(folder);
    expect(third.executions.load()?.executions[0]?.execution.history).toHaveLength(13);
    third.close();
  });
});

describe('notes of running clouds', () => {
  const cloud = (pid: number) => ({
    pid,
    port: 4566,
    kubernetesPort: 4567,
    fleet: 'fleet.yaml',
    hub: { account: '0', region: 'eu-west-1' },
    anchors: 'anchors',
    people: ['liftlock-viewer'],
    accounts: [],
    startedAt: '2031-05-06T07:08:09.000Z',
  });
  const files = () => readdirSync(folder);

  it('show those that run, and go with those that do not', () => {
    expect(runningClouds(folder)).toEqual([]);
    const takeBack = noteRunning(cloud(process.pid), folder);
    // No process has such a number.
    noteRunning(cloud(2 ** 22 + 1), folder);
    expect(files()).toHaveLength(2);
    expect(runningClouds(folder)).toEqual([cloud(process.pid)]);
    expect(files()).toEqual([`${process.pid}.json`]);
    takeBack();
    takeBack();
    expect([runningClouds(folder), files()]).toEqual([[], []]);
  });

  it('are passed over when they are none', () => {
    noteRunning(cloud(process.pid), folder);
    writeFileSync(join(folder, 'odd.json'), '{');
    writeFileSync(join(folder, 'empty.json'), '{}');
    writeFileSync(join(folder, 'null.json'), 'null');
    expect(runningClouds(folder)).toHaveLength(1);
    expect(files()).toHaveLength(1);
  });

  it('know who is alive', () => {
    expect([isAlive(process.pid), isAlive(2 ** 22 + 1)]).toEqual([true, false]);
  });
});
