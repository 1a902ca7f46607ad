import type { ApiServer } from '../../core/ports/cluster-access.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';

export interface ReadersUnderTest {
  readonly readers: ClusterReaders;
  /** A cluster that has a few nodes. */
  readonly server: ApiServer;
  /** Milliseconds that the port has slept so far. */
  slept(): number;
  close(): Promise<void>;
}

/** What every implementation of the port does. */
export function clusterReadersContract(name: string, make: () => Promise<ReadersUnderTest>): void {
  describe(`readers of clusters: ${name}`, () => {
    let under: ReadersUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under.close());

    test('answers of every status are given as they came', async () => {
      const { reader, close } = under.readers.open(under.server);
      const version = await reader.get({ path: '/version' });
      expect([version.status, JSON.parse(version.text)]).toEqual([200, expect.objectContaining({ major: '1' })]);
      expect((await reader.get({ path: '/apis/nowhere/v1' })).status).toBe(404);
      close();
    });

    test('pages go on where the last one ended', async () => {
      const { reader, close } = under.readers.open(under.server);
      const first = JSON.parse((await reader.get({ path: '/api/v1/nodes?limit=1' })).text);
      const token = encodeURIComponent(first.metadata.continue);
      const second = JSON.parse((await reader.get({ path: `/api/v1/nodes?limit=1&continue=${token}` })).text);
      expect(first.items).toHaveLength(1);
      expect(second.items[0].metadata.name).not.toBe(first.items[0].metadata.name);
      close();
    });

    test("waits by the port's clock", async () => {
      const before = under.slept();
      const { wait, close } = under.readers.open(under.server);
      await wait(3);
      expect(under.slept() - before).toBe(3_000);
      close();
    });

    test('a cluster that is not there is told by the reader, not by opening it', async () => {
      const endpoint = 'https://127.0.0.1:1';
      const { reader, close } = under.readers.open({ ...under.server, name: 'nowhere', endpoint });
      await expect(reader.get({ path: '/version' })).rejects.toMatchObject({ name: 'ClusterUnreachable' });
      close();
    });
  });
}
