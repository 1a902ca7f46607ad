import { MemoryTable } from '../../adapters/memory/table.ts';
import { Epochs, FleetControls, Grants } from './entities.ts';
import { batched, knowing, load, put, readAhead } from './entity.ts';

const filled = async (): Promise<MemoryTable> => {
  const table = new MemoryTable();
  await table.transact([put(FleetControls, { stopped: true }, 'absent'), put(Epochs, { number: 3 }, 'absent')]);
  return table;
};

test('what is asked for in one turn is one request, and what is asked for later is another', async () => {
  const table = await filled();
  const reader = batched(table);
  const [epoch, grant, control] = await Promise.all([
    load(reader, Epochs),
    load(reader, Grants, 'k'),
    load(reader, FleetControls),
  ]);
  expect([epoch?.data.number, grant, control?.data.stopped]).toEqual([3, undefined, true]);
  expect(table.reads.get).toBe(1);
  expect((await load(reader, Epochs))?.revision).toBe(1);
  expect(table.reads.get).toBe(2);
});

test('each reading is fresh: nothing is kept from one to the next', async () => {
  const table = await filled();
  const reader = batched(table);
  await load(reader, Epochs);
  await table.transact([put(Epochs, { number: 4 }, 1)]);
  expect((await load(reader, Epochs))?.data.number).toBe(4);
});

test('when the request fails everybody who waits for it hears so, and the next one is sent all the same', async () => {
  const table = await filled();
  const getAll = table.getAll.bind(table);
  let fails = 1;
  const reader = batched({
    getAll: async (keys) => {
      if (fails-- > 0) throw new Error('throttled');
      return getAll(keys);
    },
  });
  const both = await Promise.allSettled([load(reader, Epochs), load(reader, FleetControls)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await load(reader, Epochs))?.data.number).toBe(3);
});

test('what is read ahead is one request and stays as it was read; anything else is read when it is asked for', async () => {
  const table = await filled();
  const reader = await readAhead(table, [Epochs.key(), Grants.key('k')]);
  await table.transact([put(Epochs, { number: 4 }, 1), put(FleetControls, { stopped: false }, 1)]);
  expect((await load(reader, Epochs))?.data.number).toBe(3);
  expect(await load(reader, Grants, 'k')).toBeUndefined();
  expect(table.reads.get).toBe(1);
  expect((await load(reader, FleetControls))?.data.stopped).toBe(false);
  expect(table.reads.get).toBe(2);
});

test('what is known is given as it is, and all the rest is one request', async () => {
  const table = await filled();
  const reader = knowing(table, [Epochs.key(), Grants.key('k')], [undefined, undefined]);
  expect(await reader.getAll([Epochs.key(), Grants.key('k')])).toEqual([undefined, undefined]);
  expect(table.reads.get).toBe(0);
  const keys = [FleetControls.key(), Epochs.key(), Grants.key('l')];
  const [control, ...others] = await reader.getAll(keys);
  expect([control?.data, others]).toEqual([{ stopped: true }, [undefined, undefined]]);
  expect(table.reads.get).toBe(1);
});

test('what is asked for in one turn is one request, also when some ask for several', async () => {
  const table = await filled();
  const reader = batched(table);
  const keys = [Epochs.key(), Grants.key('k')];
  const [several, control] = await Promise.all([reader.getAll(keys), load(reader, FleetControls)]);
  expect(several.map((item) => item?.kind)).toEqual(['Epoch', undefined]);
  expect(control?.data.stopped).toBe(true);
  expect(table.reads.get).toBe(1);
  await reader.getAll(keys);
  await load(reader, Epochs);
  expect(table.reads.get).toBe(3);
});

test('nothing is asked of the table a second time for what one request has answered', async () => {
  const table = await filled();
  let requests = 0;
  const reader = batched({
    getAll: (keys) => {
      requests += 1;
      return table.getAll(keys);
    },
  });
  await Promise.all([load(reader, Epochs), load(reader, FleetControls), load(reader, Grants, 'k')]);
  expect(requests).toBe(1);
});
