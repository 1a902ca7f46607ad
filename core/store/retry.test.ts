import { decideAndWrite } from './entity.ts';

/** An attempt that is refused this number of times with this name, and the number of attempts. */
function refused(times: number, name: string) {
  const made = { count: 0 };
  const attempt = async () => {
    made.count += 1;
    if (made.count <= times) throw Object.assign(new Error(`refused ${made.count}`), { name });
    return made.count;
  };
  return { made, attempt };
}

test.each(['ConditionFailed', 'TransactionConflict'])('what moved meanwhile (%s) is decided anew', async (name) => {
  const { attempt } = refused(7, name);
  expect(await decideAndWrite(attempt)).toBe(8);
});

test('after eight refusals the last one is told', async () => {
  const { attempt, made } = refused(9, 'ConditionFailed');
  await expect(decideAndWrite(attempt)).rejects.toThrow('refused 8');
  expect(made.count).toBe(8);
});

test('any other error is told at once', async () => {
  const { attempt, made } = refused(1, 'AccessDenied');
  await expect(decideAndWrite(attempt)).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(made.count).toBe(1);
});

test('who may be refused only so often is', async () => {
  const { attempt, made } = refused(5, 'TransactionConflict');
  await expect(decideAndWrite(attempt, 2)).rejects.toThrow('refused 2');
  expect(made.count).toBe(2);
});
