import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { fleetConfig, KEY, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { JobEntry } from '../contracts/items/protocol.ts';
import { ClusterAccessError } from '../ports/cluster-access.ts';
import type { HookJobState, HookJobs, OpenHookJobs } from '../ports/hook-jobs.ts';
import { hasEffect, openUndoEntries } from '../protocol/undo.ts';
import { UndoEntries, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { takeJobsBack } from './hook-job.ts';
import { upgradeControlPlane } from './upgrade-control-plane.ts';

const image = 'registry.example/probe:1';
const allowed = { namespace: 'hooks', serviceAccount: 'probe', images: ['registry.example/probe'] };
const policy = policyWith({ name: 'p' });
const hook = {
  ...{ name: 'one', at: 'before' as const, step: 'upgrade-control-plane' as const, blocking: true, timeout: '30m' },
  ask: { job: { image } },
};

/** Jobs of one cluster, and the requests about them; the test sets their state, or an obstacle. */
class Jobs implements HookJobs, OpenHookJobs {
  readonly known = new Map<string, HookJobState>();
  readonly told: string[] = [];
  refuses: { readonly at: string; readonly error: ClusterAccessError } | undefined;
  open = () => this;
  close = () => undefined;
  read = async ({ name }: { name: string }) => this.#told('read', () => this.known.get(name));
  create = async (job: Parameters<OpenHookJobs['create']>[0]) => {
    if (this.refuses?.at === 'create') return this.refuses.error;
    const { namespace, name, key } = job;
    const made: HookJobState = { namespace, name, key, uid: 'u1', status: 'running', message: '' };
    return this.#told('create', () => void this.known.set(name, made));
  };
  delete = async ({ name }: { name: string }) => this.#told('delete', () => void this.known.delete(name));

  change(given: Partial<HookJobState>): void {
    for (const [name, state] of this.known) this.known.set(name, { ...state, ...given });
  }

  #told<Answer>(what: string, answer: () => Answer): Answer {
    this.told.push(what);
    if (this.refuses?.at === what) throw this.refuses.error;
    return answer();
  }
}

/** The step of the control plane, with one Job before it. */
async function asking(fleetHooks: object | 'none' = { jobs: allowed }) {
  const spec = { ...(fleetConfig.document.spec as object), ...(fleetHooks === 'none' ? {} : { hooks: fleetHooks }) };
  const ports = await oneStep(new MemoryTable(), {
    kept: {
      fleet: { ...fleetConfig, document: { ...fleetConfig.document, spec } },
      policy: policyConfig({ ...policy, spec: { ...policy.spec, hooks: [hook] } }),
    },
  });
  const { table } = ports;
  const jobs = new Jobs();
  const look = () => upgradeControlPlane({ ...ports, jobs }, stepInput());
  const stands = async () => (await load(table, Upgrades, KEY, upgrade().id))?.data;
  const open = async () => (await openUndoEntries(table, KEY)).map(({ data }) => data.subject);
  return { ports: { ...ports, jobs }, jobs, look, stands, open };
}
const STATE = 'one/before/upgrade-control-plane';

test('the Job is committed with its undo before it is made, and to ask is no change of the cluster', async () => {
  const { jobs, look, stands, open, ports } = await asking();
  const first = await look();
  expect([first.status, first.reasons[0]?.code, jobs.told]).toEqual(['wait', 'HookWaits', ['read', 'create']]);
  expect(await open()).toEqual([...jobs.known.keys()]);
  expect((await stands())?.mutated).toBe(false);
  jobs.change({ status: 'succeeded', message: 'well' });
  expect((await look()).reasons[0]?.code).toBe('HookPassed');
  expect((await stands())?.hooks?.[STATE]).toMatchObject({ answer: 'go' });
  expect((await ports.table.auditOf(KEY)).findLast(({ event }) => event === 'HookAnswered')?.detail.message).toBe(
    'well',
  );
  // Its answer is kept, so it is deleted, and no undo is needed.
  expect([jobs.told.at(-1), jobs.known.size, await open()]).toEqual(['delete', 0, []]);
  expect(ports.sent).toEqual([]);
});

test.each([
  ['a Fleet without Jobs', 'none' as const, /The Fleet lets hooks run no Jobs/],
  [
    'an image that the Fleet does not list',
    { jobs: { ...allowed, images: ['registry.example/pro'] } },
    /not list the image/,
  ],
])('%s: the API server is not even asked', async (_, hooks, said) => {
  const { jobs, look, stands } = await asking(hooks);
  await look();
  expect((await stands())?.hooks?.[STATE]).toMatchObject({ answer: 'none', message: expect.stringMatching(said) });
  expect(jobs.told).toEqual([]);
});

test("somebody else's Job of the name says nothing, and stays", async () => {
  const { jobs, look, stands } = await asking();
  await look();
  jobs.change({ key: 'of somebody', status: 'succeeded' });
  await look();
  expect((await stands())?.hooks?.[STATE]).toMatchObject({ answer: 'none', message: expect.stringContaining('else') });
  expect(jobs.told).not.toContain('delete');
});

test.each(['read', 'create'])(
  'who is not let in to %s hears which permission is missing, and leaves nothing',
  async (at) => {
    const { jobs, look, stands, open } = await asking();
    jobs.refuses = { at, error: new ClusterAccessError('ClusterForbidden', 'cannot create jobs') };
    await look();
    const { answer, error, message } = (await stands())?.hooks?.[STATE] ?? {};
    expect([answer, error, message]).toEqual([
      'none',
      'ClusterForbidden',
      expect.stringMatching(/cannot create jobs.*Run: liftlock access manifest web --tier hooks/),
    ]);
    expect(await open()).toEqual([]);
  },
);

test.each<[string, Partial<HookJobState> | undefined, string, readonly string[]]>([
  ['is ours', {}, 'undone', ['read', 'delete']],
  ['is not there any more', undefined, 'gone', ['read']],
  ['bears another mark', { key: 'other' }, 'notOurs', ['read']],
  ['bears none', { key: undefined }, 'notOurs', ['read']],
])('a Job that %s is taken back so', async (_, found, how, told) => {
  const { ports, jobs } = await asking();
  const entry: JobEntry = {
    ...{ clusterKey: KEY, effect: 'job', subject: 'j', uid: 'k', upgradeId: '1.36-1.37', namespace: 'hooks' },
    recordedAt: '2026-11-20T12:00:00.000Z',
  };
  await ports.table.transact([put(UndoEntries, entry, 'absent')]);
  const state = { namespace: 'hooks', name: 'j', uid: 'u', key: 'k', status: 'running' as const, message: '' };
  if (found !== undefined) jobs.known.set('j', { ...state, ...found });
  const entries = (await openUndoEntries(ports.table, KEY)).filter(hasEffect('job'));
  await takeJobsBack(ports, await contextOf(ports), entries, { step: 'restore-nodes', subject: 'jobs' });
  expect([(await load(ports.table, UndoEntries, KEY, 'job', 'j'))?.data.closed?.how, jobs.told]).toEqual([how, told]);
});
