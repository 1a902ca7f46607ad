import { readEnvironment } from './create-handler.ts';

test('all missing variables are named at once, an empty one is missing too', () => {
  const read = () =>
    readEnvironment(['table', 'auditTable', 'bus', 'table'], { LIFTLOCK_TABLE: 'items', LIFTLOCK_BUS: '' });
  expect(read).toThrow(
    expect.objectContaining({
      name: 'MissingEnvironment',
      message: 'Environment variables are missing: LIFTLOCK_AUDIT_TABLE, LIFTLOCK_BUS.',
    }),
  );
});

test('a port reads only what it declared', () => {
  const environment = readEnvironment(['table'], { LIFTLOCK_TABLE: 'items', LIFTLOCK_BUS: 'bus' });
  expect(environment.table).toBe('items');
  expect(() => environment.bus).toThrow(expect.objectContaining({ name: 'MissingEnvironment' }));
});
