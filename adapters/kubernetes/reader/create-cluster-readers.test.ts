import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClusterReaders } from './create-cluster-readers.ts';

test('an API server that does not answer is given up when the time of its function says so', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const readers = createClusterReaders({
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
    clock: { now: () => new Date() },
    sleep: async () => {},
    timeoutMilliseconds: 50,
  });
  const { port } = silent.address() as AddressInfo;
  const { reader, close } = readers.open({
    scope: { account: '111111111111', region: 'eu-central-1' },
    ...{ name: 'web', endpoint: `http://127.0.0.1:${port}`, certificateAuthority: '' },
  });
  await expect(reader.get({ path: '/version' })).rejects.toMatchObject({ name: 'ClusterUnreachable' });
  close();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});
