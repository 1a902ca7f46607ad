import type { Expectation } from './eviction-row.ts';
import { type Answered, serverOf } from './judge-fake.ts';
import { budget, pod, secondsBefore } from './plain-objects.ts';
import { evictionRows } from './rows.ts';

/** What a row can expect of the budget before the eviction, and of the answer. */
function seen(expected: Expectation, budget: Answered, answer: Answered): Partial<Expectation> {
  const { status } = budget.json;
  const condition = status?.conditions?.find(({ type }: { type: string }) => type === 'DisruptionAllowed');
  const [cause] = answer.json.details?.causes ?? [];
  const all: Record<keyof Expectation, unknown> = {
    ...{ expected: status?.expectedPods, desired: status?.desiredHealthy, healthy: status?.currentHealthy },
    ...{ allowed: status?.disruptionsAllowed, reason: condition?.reason, code: answer.status },
    ...{ cause: cause?.message, message: answer.json.message },
    retryAfterSeconds: answer.json.details?.retryAfterSeconds ?? 0,
  };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof Expectation]]));
}

test.each(evictionRows.map((row) => [row.row, row] as const))('%s', async (_, row) => {
  const server = serverOf(row);
  for (const { evict, expect: expected } of [row, ...(row.afterwards ?? [])]) {
    const name = row.objects.find(({ kind }) => kind === 'PodDisruptionBudget')?.metadata.name;
    const budget = await server.ask(
      'GET',
      `/apis/policy/v1/namespaces/${evict.namespace}/poddisruptionbudgets/${name}`,
    );
    const path = `/api/v1/namespaces/${evict.namespace}/pods/${evict.name}`;
    const before = await server.ask('GET', path);
    const answer = await server.evict(evict);
    expect(seen(expected, budget, answer)).toEqual(expected);
    const after = await server.ask('GET', path);
    if (expected.code !== 201 || evict.dryRun === true) expect(after).toEqual(before);
    // Accepted is not gone where finalizers hold the pod.
    else expect(after.status === 404 || after.json.metadata.deletionTimestamp !== undefined).toBe(true);
  }
});

test('a budget forgets the disrupted pods that are gone or going, and those of two minutes ago', async () => {
  const [later, earlier] = [secondsBefore(60), secondsBefore(180)];
  const disruptedPods = { going: later, old: earlier, new: later, gone: later };
  const objects = [
    budget({ minAvailable: 1 }, { status: { disruptedPods } }),
    ...[pod('going', { terminating: true }), pod('old'), pod('new')],
  ];
  const { json } = await serverOf({ objects }).ask('GET', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/api');
  expect(json.status.disruptedPods).toEqual({ new: later });
});

test('an evicted pod with finalizers begins to go, and says why', async () => {
  const held = pod('held');
  const objects = [{ ...held, metadata: { ...held.metadata, finalizers: ['example.com/backup'] } }];
  const server = serverOf({ objects });
  expect(await server.evict({ namespace: 'shop', name: 'held' })).toMatchObject({ status: 201 });
  const { json } = await server.ask('GET', '/api/v1/namespaces/shop/pods/held');
  // When its grace period is over.
  expect(json.metadata.deletionTimestamp).toBe(secondsBefore(-30));
  expect(json.status.conditions).toContainEqual(
    expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }),
  );
});
